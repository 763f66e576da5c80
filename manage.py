#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it holds the embedded PostgreSQL while a command runs."""

import os
import sys

# Commands that never look at a database; everything else finds it running.
WITHOUT_DATABASE = {"help", "version", "collectstatic", "compilemessages", "diffsettings", "makemessages"}


def needs_database(arguments: list[str]) -> bool:
    """Tell whether a command line (without the program's name) may ask the database."""
    command = arguments[0] if arguments else "help"
    return not (command.startswith("-") or command in WITHOUT_DATABASE or {"-h", "--help"} & set(arguments))


def hold_database() -> None:
    """Hold the embedded PostgreSQL for the life of this process if the settings mean that one.

    Exits with 1 and one line when it cannot run.
    """
    from django.conf import settings

    from endpoints import embedded

    if settings.DATABASE_URL:
        return
    try:
        embedded.hold(settings.VAR_DIR)
    except embedded.EmbeddedError as error:
        sys.exit(str(error))


def main() -> None:
    """Run the command of `sys.argv`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "endpoints.settings")
    if needs_database(sys.argv[1:]):
        hold_database()
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError
    from psycopg.errors import UndefinedTable

    try:
        execute_from_command_line(sys.argv)
    except ProgrammingError as error:
        if isinstance(error.__cause__, UndefinedTable):
            sys.exit("The database lacks tables of this version: run `manage.py migrate` first.")
        raise


if __name__ == "__main__":
    main()
