"""A model of the ledger in plain Python, to compare the database with.

It uses neither SQL nor Django, so that it cannot repeat their mistakes. A pack's history is the
list of its events. A place in that list stands for an event's id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

COUNTS_AS_USE = ("used", "undone")


@dataclass
class Event:
    kind: str
    delta: int
    sessions_used: int | None
    request_id: UUID | None = None
    # Places in the history of the same pack.
    reverses: int | None = None
    reversed_by: int | None = None

    @property
    def written(self) -> tuple[object, ...]:
        return self.kind, self.delta, self.sessions_used, self.request_id, self.reverses


@dataclass
class Pack:
    total: int | None
    used: int | None
    expired: bool = False
    exists: bool = True
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._write("opened", self.used or 0)

    def use(self, request_id: UUID | None = None) -> int:
        """Return the sessions used afterwards, or -1 if nothing changes. All methods do so."""
        if self.used is None or self.total is None or self.used >= self.total or self.expired:
            return -1
        return self._count("used", self.used + 1, request_id)

    def reinstate(self, request_id: UUID | None = None, chosen: int | None = None) -> int:
        if not self.used:
            return -1
        newest = self.newest(COUNTS_AS_USE)
        if chosen is not None:
            if not self.is_open(chosen, COUNTS_AS_USE):
                return -1
            newest = chosen
        return self._count("reinstated", self.used - 1, request_id, newest)

    def undo(self, chosen: int, request_id: UUID | None = None) -> int:
        full = self.total is not None and self.used is not None and self.used >= self.total
        if self.used is None or full or not self.is_open(chosen, ("reinstated",)):
            return -1
        return self._count("undone", self.used + 1, request_id, chosen)

    def correct(self, used: int | None) -> None:
        """Set the count, as another program would. An equal count writes no event."""
        if used != self.used:
            delta, self.used = (used or 0) - (self.used or 0), used
            self._write("corrected", delta)

    def delete(self) -> None:
        delta, self.used, self.exists = -(self.used or 0), 0, False
        self._write("deleted", delta)

    def insert_again(self, used: int | None) -> None:
        self.used, self.exists, self.expired = used, True, False
        self._write("opened", used or 0)

    def is_open(self, place: int, kinds: tuple[str, ...]) -> bool:
        """Return True if the event at `place` has one of the kinds and is not reversed."""
        if place >= len(self.events):
            return False
        return self.events[place].kind in kinds and self.events[place].reversed_by is None

    def newest(self, kinds: tuple[str, ...]) -> int | None:
        places = range(len(self.events))
        return max((place for place in places if self.is_open(place, kinds)), default=None)

    @property
    def written(self) -> list[tuple[object, ...]]:
        return [event.written for event in self.events]

    def _count(
        self, kind: str, used: int, request_id: UUID | None, reverses: int | None = None
    ) -> int:
        delta, self.used = used - (self.used or 0), used
        self._write(kind, delta, request_id, reverses)
        return used

    def _write(
        self, kind: str, delta: int, request_id: UUID | None = None, reverses: int | None = None
    ) -> None:
        if reverses is not None:
            self.events[reverses].reversed_by = len(self.events)
        self.events.append(Event(kind, delta, self.used, request_id, reverses))
