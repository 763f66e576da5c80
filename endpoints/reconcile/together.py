"""Writing many rows of a table at once: what is the same for several takes one statement."""

from collections.abc import Collection, Iterable

from django.db.models import Model


def update_together(rows: Iterable[Model], columns: Collection[str]) -> None:
    """Write these columns of locked rows as they are in memory, with a statement for each set of values."""
    alike: dict[str, list[Model]] = {}
    for row in rows:
        alike.setdefault(repr([getattr(row, name) for name in columns]), []).append(row)
    for group in alike.values():
        values = {name: getattr(group[0], name) for name in columns}
        manager = type(group[0])._default_manager
        manager.filter(pk__in=[row.pk for row in group]).update(**values)
