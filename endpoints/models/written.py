"""Queries that the ORM writes once. For what is polled, writing takes longer than all the rest."""

from collections.abc import Mapping
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Written(Generic[M]):
    """A query for one row of a model, asked again and again with other ids in the places of `stand_ins`.

    It cannot join rows of other models to its own, and its annotations come as the database sends them.
    """

    def __init__(self, rows: QuerySet[M], *stand_ins: UUID) -> None:
        self._model = rows.model
        self._sql, self._params = rows[:1].query.sql_with_params()
        missing = [one for one in stand_ins if one not in self._params]
        assert not missing, f"the query does not ask for {missing}"

    def row(self, values: Mapping[UUID, UUID]) -> M | None:
        """Return the row with these values, by the stand-in of each."""
        asked = [values[one] if isinstance(one, UUID) else one for one in self._params]
        found: M | None = next(iter(self._model._default_manager.raw(self._sql, asked)), None)
        return found
