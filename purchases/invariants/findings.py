"""Shared by the checks of the ledgers: a range of ids, findings, and their remedies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
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


class UnexplainedRow(NamedTuple):
    """A row of select_unexplained_purchases.sql, and of the files for clients and offers."""

    record_id: UUID
    # None if no event opened the record.
    event_id: int | None
    finding: str
    differing: list[str] | None


@dataclass(frozen=True)
class MissingEvent:
    """The statements that insert the missing event of a record with this id."""

    created: Callable[[UUID], str]
    changed: Callable[[UUID], str]
    deleted: Callable[[UUID], str]


def records_without_explanation(
    noun: str, rows: Iterable[UnexplainedRow], insert: MissingEvent
) -> Iterator[Finding]:
    """Yield what the events of purchases, clients or offers do not explain."""
    for pk, event_id, finding, differing in rows:
        event = f"{noun} event {event_id}"
        match finding:
            case "gap":
                wrong = f"{event} does not continue the event before it"
                remedy = f"Restore record_{noun}_event, and keep this line for the record."
            case "unopened":
                wrong = f"no {noun} event opened it"
                remedy = f"Record what it has now: {insert.created(pk)}"
            case "gone":
                wrong = f"the {noun} is gone, and {event} is not its deletion"
                remedy = f"Record the deletion: {insert.deleted(pk)}"
            case "returned":
                wrong = f"{event} deleted the {noun}, and it exists"
                remedy = f"Record what it has now: {insert.created(pk)}"
            case _:
                wrong = f"its {differ(differing)} from {event}"
                remedy = f"Record what is missing, then correct the {noun} if it is wrong: "
                remedy += insert.changed(pk)
        yield pk, wrong, remedy


def list_of(events: list[int]) -> str:
    return "events " + " and ".join(map(str, events))


def restore(guard: str) -> str:
    return f"Correct what was counted too much, and restore {guard}."


def differ(columns: list[str] | None) -> str:
    """Return the columns with a verb, as in "name and price_cents differ"."""
    columns = columns or []
    return f"{' and '.join(columns)} differ{'s' * (len(columns) == 1)}"
