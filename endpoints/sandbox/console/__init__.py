"""The owner console: HTML under `/_console/` in which one plays the customer, and fate."""
