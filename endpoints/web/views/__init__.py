"""The views, one file per part of the console."""
