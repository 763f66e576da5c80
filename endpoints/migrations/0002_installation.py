"""The one installation row, pinned to the PostgreSQL server and database it is made in."""

import uuid

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the row once; its id is what every tag in AWS carries."""
    installation = apps.get_model("endpoints", "Installation")
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier::text, (SELECT oid FROM pg_database WHERE datname = current_database())"
            " FROM pg_control_system()"
        )
        identifier, oid = cursor.fetchone()
    installation.objects.get_or_create(
        singleton=True,
        defaults={"id": uuid.uuid4(), "pg_system_identifier": identifier, "pg_database_oid": int(oid)},
    )


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("endpoints", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
