#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it holds the embedded PostgreSQL while a command runs."""

import os
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent
# Commands that never look at a database; everything else finds it running.
WITHOUT_DATABASE = {"help", "version", "collectstatic", "compilemessages", "diffsettings", "makemessages"}


def needs_embedded(arguments: list[str]) -> bool:
    """Tell whether a command line (without the program's name) works on the embedded PostgreSQL."""
    if os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"):
        return False
    command = arguments[0] if arguments else "help"
    return not (command.startswith("-") or command in WITHOUT_DATABASE or {"-h", "--help"} & set(arguments))


def main() -> None:
    """Run the command of `sys.argv`. Exits with 1 and one line when the embedded PostgreSQL cannot run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "endpoints.settings")
    if needs_embedded(sys.argv[1:]):
        from endpoints import embedded

        try:
            embedded.hold(Path(os.environ.get("VAR_DIR") or CHECKOUT / "var"))
        except embedded.EmbeddedError as error:
            sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
