"""The clients that a search finds, for a person who chooses one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from purchases.models import Client
from purchases.queries.client_ids import Search, find_client_ids
from purchases.queries.search import search_words

SHOWN = 20
# A search that matches more terms finds some of the clients only: the person types more.
MAX_TERMS = 1_000


@dataclass(frozen=True)
class FoundClients:
    clients: list[Client]
    # Whether more clients match than are shown.
    has_more: bool


def find_clients(*, org_id: UUID, q: str, but: UUID | None = None) -> FoundClients:
    """Return the org's clients that match every word, by name, without the client `but`."""
    words = search_words(q)
    if not words:
        return FoundClients([], has_more=False)
    [found] = find_client_ids([Search(org_id, words)], limit=MAX_TERMS, partial=True)
    ids = set(found.client_ids) - {but}
    matching = Client.objects.filter(pk__in=ids, org_id=org_id)
    clients = list(matching.order_by("full_name", "pk")[: SHOWN + 1])
    return FoundClients(clients[:SHOWN], len(clients) > SHOWN or found.terms > MAX_TERMS)
