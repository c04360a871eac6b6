"""Shared by the checks of the three ledgers: a range of ids, findings, and their remedies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from purchases.models import ExpiryEvent, PurchaseEvent, SessionEvent

Ledger = type[SessionEvent] | type[ExpiryEvent] | type[PurchaseEvent]
# The purchase, the violation, and the remedy.
Finding = tuple[UUID, str, str]


@dataclass(frozen=True)
class Ids:
    """A range of purchase ids: above `after` and up to `last`. None means no bound."""

    after: UUID | None
    last: UUID | None

    def condition(self, column: str) -> Q:
        """Return the condition that the column is in the range."""
        bounds = {f"{column}__gt": self.after, f"{column}__lte": self.last}
        return Q(**{bound: value for bound, value in bounds.items() if value})


def reversed_twice(ledger: Ledger, ids: Ids, guard: str) -> Iterator[Finding]:
    found = (
        ledger._default_manager.filter(ids.condition("purchase_id"), reverses__isnull=False)
        .values("purchase_id", "reverses_id")
        .annotate(times=Count("pk"), events=ArrayAgg("pk", order_by="pk"))
        .filter(times__gt=1)
    )
    for pk, reverses_id, times, events in found.values_list(
        "purchase_id", "reverses_id", "times", "events"
    ):
        wrong = f"event {reverses_id} is reversed {times} times and may be once: {list_of(events)}"
        yield pk, wrong, restore(guard)


def list_of(events: list[int]) -> str:
    return "events " + " and ".join(map(str, events))


def restore(guard: str) -> str:
    return f"Correct what was counted too much, and restore {guard}."
