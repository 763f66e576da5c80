"""API keys: what may be asked of them, their pages, and their commands."""
