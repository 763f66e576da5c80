"""System checks of the settings, each with an id; production refuses what is unsafe."""
