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


def read_settings() -> None:
    """Read the settings; one that cannot be read ends here, in one line, before anything is started.

    System checks come too late for these: postern.E016 (another database) and postern.E017 (no such value).
    """
    from endpoints.checks import check_database

    try:
        problems = [str(message) for message in check_database(None)]
    except ValueError as error:
        problems = [f"?: (postern.E017) {error}"]
    if problems:
        sys.exit("\n".join(problems))


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
    read_settings()
    if needs_database(sys.argv[1:]):
        hold_database()
    from django.core.management import execute_from_command_line
    from django.db import ProgrammingError
    from psycopg.errors import UndefinedTable

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has seen enough, as in `manage.py show ID | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except ProgrammingError as error:
        if isinstance(error.__cause__, UndefinedTable):
            sys.exit("The database lacks tables of this version: run `manage.py migrate` first.")
        raise


if __name__ == "__main__":
    main()
