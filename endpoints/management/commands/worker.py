"""`manage.py worker`: all background work of this host."""

import sys
from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from endpoints.models import Installation
from endpoints.worker import cluster, schedules
from endpoints.worker.supervisor import Supervisor


class Command(BaseCommand):
    """Runs the worker until it is told to stop."""

    help = "Runs all background work of this host: django-q2's cluster, the pulse and the watchdog."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--cluster-of PID` is how the worker starts its own child."""
        parser.add_argument("--cluster-of", type=int, default=0, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse on unapplied migrations; else run. Raises CommandError."""
        if options["cluster_of"]:
            cluster.run(options["cluster_of"])
            return
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("There are unapplied migrations. Run `manage.py migrate` first.")
        if Installation.get().has_moved:
            self.stderr.write(
                "This database was moved or copied: AWS is only read until `manage.py confirm_move`."
            )
        schedules.install()
        connection.close()
        self.stdout.write("Worker started.")
        Supervisor([sys.argv[0], "worker"]).run()
