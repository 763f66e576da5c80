"""The configuration file of `manage.py apply_config`: its shape, and how it is brought into the database."""
