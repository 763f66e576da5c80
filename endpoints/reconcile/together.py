"""Writing many rows of a table at once, each with values of its own, by one statement."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_together(rows: Iterable[Model], columns: Collection[str] | None = None) -> None:
    """Write these columns of locked rows as they are in memory; without `columns` all, as `save` does."""
    known = list(rows)
    if not known:
        return
    meta = type(known[0])._meta
    quote = connection.ops.quote_name
    fields = [meta.pk, *_written(type(known[0]), columns)]
    key, *names = [quote(field.column) for field in fields]
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    changes = ", ".join(f"{name} = given.{name}" for name in names)
    sql = (
        f"UPDATE {quote(meta.db_table)} changed SET {changes}"  # noqa: S608 - names of tables and columns
        f" FROM unnest({arrays}) AS given({', '.join([key, *names])}) WHERE changed.{key} = given.{key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [_values(field, known) for field in fields])


def _written(model: type[Model], columns: Collection[str] | None) -> list[Any]:
    if columns is not None:
        return [model._meta.get_field(name) for name in columns]
    return [one for one in model._meta.concrete_fields if not (one.primary_key or one.generated)]


def _values(field: "Field[Any, Any]", rows: list[Model]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]
