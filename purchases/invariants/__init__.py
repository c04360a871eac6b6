"""Check the invariants of every purchase, client and offer, and their ledgers.

Constraints and triggers of the database enforce them. This check finds violations that appear if
the owner of a table disables a trigger or constraint.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, TextField
from django.db.models.functions import Cast

from purchases.invariants import clients, counts, expiries, offers, purchases
from purchases.invariants.findings import Finding, Ids
from purchases.models import Client, Offer, Purchase

# Large enough for sequential scans. With batches of 5,000 the check took ten times as long.
BATCH = 500_000
NAMES = 50_000  # PostgreSQL allows 65,535 parameters

CHECKS = [
    counts.impossible_counts,
    counts.counts_that_their_events_do_not_explain,
    counts.deleted_and_still_counted,
    counts.requests_with_several_events,
    counts.events_of_another_request,
    counts.events_reversed_twice,
    counts.reversals_of_another_purchase,
    expiries.expiries_that_their_events_do_not_explain,
    expiries.expiries_that_their_opening_does_not_explain,
    expiries.extensions_undone_twice,
    purchases.purchases_that_their_events_do_not_explain,
    purchases.changes_undone_twice,
]


@dataclass(frozen=True)
class Violation:
    """A purchase, a client or an offer that breaks an invariant."""

    row_id: UUID
    # A purchase is named by its client.
    name: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.row_id}, {self.name}: {self.wrong}. {self.remedy}"


def check(only: UUID | None = None) -> Iterator[tuple[int, list[Violation]]]:
    """Yield the number of purchases and the violations of each batch.

    A batch is a range of ids, so it includes the events of deleted purchases.
    """
    for size, ids in _one(only) if only else _batches():
        found = [finding for find in CHECKS for finding in find(ids)]
        names = _names(list({purchase_id for purchase_id, *_ in found}))
        yield size, _violations(found, names)


def check_clients() -> list[Violation]:
    """Return the clients that their ledger does not explain."""
    found = list(clients.clients_that_their_events_do_not_explain(Ids(None, None)))
    ids = list({client_id for client_id, *_ in found})
    names: dict[UUID, str] = {}
    for first in range(0, len(ids), NAMES):
        named = Client.objects.filter(pk__in=ids[first : first + NAMES])
        names |= dict(named.values_list("pk", "full_name"))
    return _violations(found, names)


def check_offers() -> list[Violation]:
    """Return the offers that their ledger does not explain."""
    found = list(offers.offers_that_their_events_do_not_explain())
    return _violations(found, dict(Offer.objects.values_list("pk", "name")) if found else {})


def _violations(found: list[Finding], names: dict[UUID, str]) -> list[Violation]:
    return [Violation(pk, names.get(pk, "deleted"), *rest) for pk, *rest in found]


def _one(purchase_id: UUID) -> Iterator[tuple[int, Ids]]:
    # The range needs the greatest id below this one. No id is below the nil UUID.
    before = UUID(int=purchase_id.int - 1) if purchase_id.int else None
    yield Purchase.objects.filter(pk=purchase_id).count(), Ids(before, purchase_id)


def _batches() -> Iterator[tuple[int, Ids]]:
    """Yield the number of purchases in each range of ids. The ranges cover every id."""
    after: UUID | None = None
    while True:
        later = Purchase.objects.filter(Ids(after, None).condition("pk")).order_by("pk")
        # PostgreSQL has no max(uuid) before version 18.
        batch = later[:BATCH].aggregate(size=Count("pk"), last=Max(Cast("pk", TextField())))
        last = UUID(batch["last"]) if batch["size"] == BATCH else None
        yield batch["size"], Ids(after, last)
        if last is None:
            return
        after = last


def _names(ids: list[UUID]) -> dict[UUID, str]:
    """Return the client's name by purchase id."""
    names: dict[UUID, str] = {}
    for first in range(0, len(ids), NAMES):
        purchases = Purchase.objects.filter(pk__in=ids[first : first + NAMES])
        names |= dict(purchases.values_list("pk", "client__full_name"))
    return names
