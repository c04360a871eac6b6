"""Find clients by whole names, e-mails and phone numbers, or by beginnings of names. Read only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from purchases.cancelled_class.phones import is_same_number, readings
from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.models import Client
from purchases.queries import search_words
from purchases.queries.client_ids import FoundClients, Search, find_client_ids
from purchases.queries.search import IsAnyOf, uuid_array

# Up to this many clients of a name are shown as a choice.
SEVERAL = 5
MAX_FOUND = 20
# Up to this many matching terms of a search are read.
LOOKED_AT = 500
# Up to this many matching terms: compare the client's whole name with the pasted name.
COMPARED = 50

SELECT_NAMED_CLIENTS = read_statement(SQL_DIR / "select_named_clients.sql")


class NamedClient(NamedTuple):
    """A client found for a name. `is_whole` is set for the whole name or e-mail."""

    place: int
    client_id: UUID
    is_whole: bool


@dataclass
class Named:
    """The clients found for a name, whole names first. `more` is set if there may be further
    ones."""

    clients: list[NamedClient] = field(default_factory=list)
    more: bool = False

    @property
    def client_ids(self) -> list[UUID]:
        return [client.client_id for client in self.clients]

    @property
    def whole(self) -> list[UUID]:
        return [client.client_id for client in self.clients if client.is_whole]


def find_whole(org_id: UUID, names: Iterable[str]) -> dict[str, Named]:
    """Return the clients of each name or e-mail of which every word is a whole word of the
    client."""
    return _find(org_id, names, whole=True)


def find_beginnings(org_id: UUID, names: Iterable[str]) -> dict[str, Named]:
    """Return the clients of each name of which every word begins a word of the client."""
    return _find(org_id, names, whole=False)


def _find(org_id: UUID, names: Iterable[str], *, whole: bool) -> dict[str, Named]:
    """Return at most SEVERAL + 1 clients of each beginning, and COMPARED + 1 of each whole name. A
    name without words matches nobody."""
    found = {name: Named() for name in names}
    words = {name: words for name in found if (words := search_words(name))}
    if not words:
        return found
    searches = [Search(org_id, list(each)) for each in words.values()]
    results = find_client_ids(searches, limit=COMPARED, whole_words=whole, partial=True)
    pairs = _pairs(results)
    if not pairs:
        return found
    in_order = list(words)
    params = {
        "names": in_order,
        "places": [place for place, _ in pairs],
        "client_ids": [client_id for _, client_id in pairs],
        "compare": whole,
        "limit": (COMPARED if whole else SEVERAL) + 1,
    }
    for client in fetch_all(SELECT_NAMED_CLIENTS, params, NamedClient):
        found[in_order[client.place - 1]].clients.append(client)
    for name, result in zip(in_order, results, strict=True):
        found[name].more = result.terms > COMPARED
    return found


def find_phones(org_id: UUID, phones: Iterable[str]) -> dict[str, list[UUID]]:
    """Return the clients of each phone number. The whole numbers are compared."""
    found: dict[str, list[UUID]] = {phone: [] for phone in phones}
    if not found:
        return found
    in_order = list(found)
    # Each end of a client's number is a search term, also the number without its country code.
    national = [min((n.national for n in readings(phone)), key=len) for phone in in_order]
    searches = [Search(org_id, [digits or "0"]) for digits in national]
    pairs = _pairs(find_client_ids(searches, limit=COMPARED, whole_words=True, partial=True))
    clients = Client.objects.in_bulk({client_id for _, client_id in pairs})
    for place, client_id in pairs:
        phone = in_order[place - 1]
        client = clients.get(client_id)
        if client and is_same_number(phone, client.phone or ""):
            found[phone].append(client_id)
    return found


def _pairs(results: list[FoundClients]) -> list[tuple[int, UUID]]:
    """Return the position of each search, from 1, with each of its clients."""
    return [
        (n, client_id) for n, result in enumerate(results, 1) for client_id in result.client_ids
    ]


def find_searched(org_id: UUID, q: str) -> list[UUID]:
    """Return the clients of the desk's search in order of name, at most MAX_FOUND + 1. If very many
    match, only those of the first terms are returned."""
    words = search_words(q)
    if not words:
        return []
    [found] = find_client_ids([Search(org_id, words)], limit=LOOKED_AT, partial=True)
    clients = Client.objects.filter(IsAnyOf(F("pk"), uuid_array(found.array)))
    return list(clients.order_by("full_name", "pk").values_list("pk", flat=True)[: MAX_FOUND + 1])
