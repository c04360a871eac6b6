"""Plan an import: what would be written for each row of a table, and what cannot be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from purchases.imports.columns import Columns
from purchases.imports.dates import Order
from purchases.imports.packs import Counts
from purchases.imports.people import Person


@dataclass(frozen=True)
class Choices:
    """The choices of the owner for a file."""

    columns: Columns
    date_order: Order | None = None
    # The sessions of each pack whose rows say only how many are left, by folded name.
    sessions: Mapping[str, int] = field(default_factory=dict)
    # The name of packs in a file without pack names.
    pack_name: str = "Imported pack"
    country: str = ""
    currency: str = "aud"


@dataclass(frozen=True)
class KnownOffer:
    id: UUID
    sessions: int | None


@dataclass(frozen=True)
class Known:
    """The rows that the studio has. `counts` returns total and used of existing purchases."""

    org_id: UUID
    clients: Iterable[Person] = ()
    external_ids: Mapping[str, UUID] = field(default_factory=dict)
    # By folded name.
    offers: Mapping[str, KnownOffer] = field(default_factory=dict)
    counts: Callable[[list[UUID]], Mapping[UUID, tuple[int | None, int | None]]] = lambda _ids: {}


@dataclass(frozen=True)
class NewOffer:
    id: UUID
    name: str
    sessions: int


@dataclass(frozen=True)
class NewPack:
    """A purchase to add. A date without a time is a day at the studio."""

    id: UUID
    offer_id: UUID
    counts: Counts
    paid_cents: int
    purchased: date | None
    expires: date | None


@dataclass(frozen=True)
class PlannedRow:
    """The rows to write for a row of the file: a new client, a pack, or both."""

    number: int
    client: Person
    adds_client: bool
    notes: str = ""
    external_id: str = ""
    pack: NewPack | None = None


@dataclass(frozen=True)
class Line:
    """A line of the preview: the row's number in the file, the name, and a text."""

    number: int
    name: str
    text: str = ""


@dataclass
class Plan:
    """The rows that an import writes, and the lists of its preview."""

    rows: list[PlannedRow] = field(default_factory=list)
    offers: list[NewOffer] = field(default_factory=list)
    created: list[Line] = field(default_factory=list)
    matched: list[Line] = field(default_factory=list)
    twice: list[Line] = field(default_factory=list)
    packs: list[Line] = field(default_factory=list)
    packs_before: list[Line] = field(default_factory=list)
    no_balance: list[Line] = field(default_factory=list)
    cannot: list[Line] = field(default_factory=list)
    check: list[Line] = field(default_factory=list)
    unpaid: list[Line] = field(default_factory=list)
    card_numbers: int = 0
    # The packs whose rows say only how many sessions are left, with the number that is assumed.
    asked: dict[str, int | None] = field(default_factory=dict)
    must_ask_dates: bool = False

    @property
    def writes(self) -> list[PlannedRow]:
        """Return the rows that write something or store a number of the other program."""
        return [row for row in self.rows if row.adds_client or row.pack or row.external_id]

    @property
    def changes_nothing(self) -> bool:
        return not any(row.adds_client or row.pack for row in self.rows)

    @property
    def hash(self) -> str:
        """Return a digest of everything that would be written."""
        digest = hashlib.sha256()
        for part in [*self.offers, *self.writes]:
            digest.update(repr(part).encode())
        return digest.hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """Return the length of each list."""
        lists = ("created", "matched", "twice", "packs", "packs_before", "no_balance", "cannot")
        return {name: len(getattr(self, name)) for name in (*lists, "check", "unpaid")}
