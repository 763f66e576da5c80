"""Typed tables over the store that remember what changed since the last flush."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from endpoints.sandbox.world.store import StateError, Store


class Stored(Protocol):
    """A dataclass of JSON values with a text id."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    id: str


T = TypeVar("T", bound=Stored)


class Journal:
    """What changed and is not written yet. `touched` is reset by the caller to see one step's changes."""

    def __init__(self) -> None:
        self.puts: dict[tuple[str, str], Stored] = {}
        self.removals: set[tuple[str, str]] = set()
        self.touched = False

    def put(self, kind: str, item: Stored) -> None:
        """Note that an object is new or changed."""
        self.puts[kind, item.id] = item
        self.removals.discard((kind, item.id))
        self.touched = True

    def remove(self, kind: str, key: str) -> None:
        """Note that an object is gone."""
        self.puts.pop((kind, key), None)
        self.removals.add((kind, key))
        self.touched = True

    def flush(self, store: Store, calls: list[tuple[int, dict[str, Any]]]) -> None:
        """Write everything noted, and the given log rows, in one transaction."""
        if self.puts or self.removals or calls:
            puts = [(kind, key, asdict(item)) for (kind, key), item in self.puts.items()]
            store.write(puts, self.removals, calls)
        self.puts.clear()
        self.removals.clear()


class Table(Generic[T]):
    """All objects of one kind, by id."""

    def __init__(self, kind: str, cls: type[T], journal: Journal) -> None:
        self._kind, self._cls, self._journal = kind, cls, journal
        self._items: dict[str, T] = {}

    def load(self, store: Store) -> None:
        """Fill the table from the store. Raises StateError for what another version of the sandbox wrote."""
        for body in store.load(self._kind):
            try:
                item = self._cls(**body)
            except TypeError as error:
                text = f"The state file cannot be used: its {self._kind}s are of another version ({error})."
                raise StateError(text) from error
            self._items[item.id] = item

    def get(self, key: str) -> T | None:
        """Return the object with this id, or None."""
        return self._items.get(key)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: T) -> T:
        """Store a new or changed object, and return it."""
        self._items[item.id] = item
        self._journal.put(self._kind, item)
        return item

    def remove(self, key: str) -> None:
        """Take an object out; unknown ids are no error."""
        if self._items.pop(key, None) is not None:
            self._journal.remove(self._kind, key)
