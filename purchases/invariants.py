"""Check the invariants of every purchase and its ledgers.

Constraints and triggers of the database enforce them. This check finds violations that appear if
the owner of a table disables a trigger or constraint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum, TextField
from django.db.models.functions import Cast, Coalesce

from purchases.models import ExpiryEvent, Purchase, SessionEvent

# Large enough for sequential scans. With batches of 5,000 the check took ten times as long.
BATCH = 500_000
NAMES = 50_000  # PostgreSQL allows 65,535 parameters

# A function from the name of a column to a condition on it.
Within = Callable[[str], Q]
Ledger = type[SessionEvent] | type[ExpiryEvent]
# The purchase, the violation, and the remedy.
Finding = tuple[UUID, str, str]


@dataclass(frozen=True)
class Violation:
    purchase_id: UUID
    client: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.purchase_id}, {self.client}: {self.wrong}. {self.remedy}"


def check(only: UUID | None = None) -> Iterator[tuple[int, list[Violation]]]:
    """Yield the number of purchases and the violations of each batch.

    A batch is a range of ids, so it includes the events of deleted purchases.
    """
    for purchases, within in _one(only) if only else _batches():
        found = [
            *_impossible_counts(within),
            *_counts_that_their_events_do_not_explain(within),
            *_deleted_and_still_counted(within),
            *_requests_with_several_events(within),
            *_events_of_another_request(within),
            *_events_reversed_twice(within),
            *_reversals_of_another_purchase(within),
            *_expiries_that_their_events_do_not_explain(within),
            *_extensions_undone_twice(within),
        ]
        names = _names(list({purchase_id for purchase_id, *_ in found}))
        yield purchases, [Violation(f[0], names.get(f[0], "deleted"), *f[1:]) for f in found]


def _one(purchase_id: UUID) -> Iterator[tuple[int, Within]]:
    yield Purchase.objects.filter(pk=purchase_id).count(), lambda column: Q(**{column: purchase_id})


def _batches() -> Iterator[tuple[int, Within]]:
    """Yield the number of purchases in each range of ids. The ranges cover every id."""
    after: UUID | None = None
    while True:
        later = Purchase.objects.filter(_between("pk", after, None)).order_by("pk")
        # PostgreSQL has no max(uuid) before version 18.
        batch = later[:BATCH].aggregate(size=Count("pk"), last=Max(Cast("pk", TextField())))
        last = UUID(batch["last"]) if batch["size"] == BATCH else None
        yield batch["size"], partial(_between, after=after, last=last)
        if last is None:
            return
        after = last


def _between(column: str, after: UUID | None, last: UUID | None) -> Q:
    bounds = {f"{column}__gt": after, f"{column}__lte": last}
    return Q(**{bound: value for bound, value in bounds.items() if value})


def _names(ids: list[UUID]) -> dict[UUID, str]:
    """Return the client's name by purchase id."""
    names: dict[UUID, str] = {}
    for first in range(0, len(ids), NAMES):
        purchases = Purchase.objects.filter(pk__in=ids[first : first + NAMES])
        names |= dict(purchases.values_list("pk", "client__full_name"))
    return names


def _impossible_counts(within: Within) -> Iterator[Finding]:
    impossible = Q(sessions_used__lt=0) | Q(sessions_used__gt=F("sessions_total"))
    found = Purchase.objects.filter(within("pk"), impossible)
    for pk, used, total in found.values_list("pk", "sessions_used", "sessions_total"):
        bought = "no number was bought" if total is None else f"{total} were bought"
        remedy = "Correct the count, or the total in the admin; until then neither can change."
        yield pk, f"{used} sessions are used and {bought}", remedy


def _counts_that_their_events_do_not_explain(within: Within) -> Iterator[Finding]:
    is_opening = Q(events__kind=SessionEvent.Kind.OPENED)
    found = (
        Purchase.objects.filter(within("pk"))
        .annotate(
            used=Coalesce("sessions_used", 0),
            recorded=Coalesce(Sum("events__delta"), 0),
            openings=Count("events", filter=is_opening),
        )
        .filter(~Q(used=F("recorded")) | Q(openings=0))
    )
    columns = ["pk", "org_id", "sessions_used", "used", "recorded", "openings"]
    for pk, org_id, stored, used, recorded, openings in found.values_list(*columns):
        kind = "corrected" if openings else "opened"
        wrong = f"{used} sessions are used and its events add up to {recorded}"
        if not openings:
            wrong += ", none of which opened it"
        record = _record(org_id, pk, kind, used - recorded, "NULL" if stored is None else stored)
        yield pk, wrong, f"Record what is missing, then correct the count if it is wrong: {record}"


def _deleted_and_still_counted(within: Within) -> Iterator[Finding]:
    """Find deleted purchases whose events do not add up to 0.

    Events of several orgs count together, and the newest event names the last org.
    """
    still_there = Purchase.objects.filter(pk=OuterRef("purchase_id"))
    found = (
        SessionEvent.objects.filter(within("purchase_id"), ~Exists(still_there))
        .values("purchase_id")
        .annotate(recorded=Sum("delta"), orgs=ArrayAgg("org_id", order_by="-pk"))
        .exclude(recorded=0)
    )
    for pk, (org_id, *_), recorded in found.values_list("purchase_id", "orgs", "recorded"):
        wrong = f"the purchase is gone, so 0 are used, and its events add up to {recorded}"
        yield pk, wrong, f"Record the deletion: {_record(org_id, pk, 'deleted', -recorded, 0)}"


def _requests_with_several_events(within: Within) -> Iterator[Finding]:
    found = (
        SessionEvent.objects.filter(within("purchase_id"), request__isnull=False)
        .values("purchase_id", "request_id")
        .annotate(times=Count("pk"), events=ArrayAgg("pk", order_by="pk"))
        .filter(times__gt=1)
    )
    for pk, request_id, times, events in found.values_list(
        "purchase_id", "request_id", "times", "events"
    ):
        wrong = f"the request {request_id} has {times} events and may have 1: {_list(events)}"
        yield pk, wrong, _restore("a_request_has_one_event")


def _events_of_another_request(within: Within) -> Iterator[Finding]:
    found = SessionEvent.objects.filter(within("purchase_id"), request__isnull=False).exclude(
        request__purchase_id=F("purchase_id")
    )
    for event in found.select_related("request"):
        assert event.request is not None
        asked = f"its request {event.request_id} is for the purchase {event.request.purchase_id}"
        yield (
            event.purchase_id,
            f"event {event.pk} is here, and {asked}",
            _restore("enforce_request"),
        )


def _events_reversed_twice(within: Within) -> Iterator[Finding]:
    yield from _reversed_twice(SessionEvent, within, "an_event_is_reversed_once")


def _reversed_twice(ledger: Ledger, within: Within, guard: str) -> Iterator[Finding]:
    found = (
        ledger._default_manager.filter(within("purchase_id"), reverses__isnull=False)
        .values("purchase_id", "reverses_id")
        .annotate(times=Count("pk"), events=ArrayAgg("pk", order_by="pk"))
        .filter(times__gt=1)
    )
    for pk, reverses_id, times, events in found.values_list(
        "purchase_id", "reverses_id", "times", "events"
    ):
        wrong = f"event {reverses_id} is reversed {times} times and may be once: {_list(events)}"
        yield pk, wrong, _restore(guard)


def _reversals_of_another_purchase(within: Within) -> Iterator[Finding]:
    found = SessionEvent.objects.filter(within("purchase_id"), reverses__isnull=False).exclude(
        reverses__purchase_id=F("purchase_id")
    )
    for event in found.select_related("reverses"):
        assert event.reverses is not None
        wrong = (
            f"event {event.pk} takes back event {event.reverses_id}, "
            f"which is of the purchase {event.reverses.purchase_id}"
        )
        yield event.purchase_id, wrong, _restore("an_event_reverses_one_of_its_own_purchase")


def _expiries_that_their_events_do_not_explain(within: Within) -> Iterator[Finding]:
    existing = Purchase.objects.filter(pk=OuterRef("purchase_id"))
    later = ExpiryEvent.objects.filter(purchase_id=OuterRef("purchase_id"), pk__gt=OuterRef("pk"))
    last = ExpiryEvent.objects.filter(within("purchase_id"), ~Exists(later), Exists(existing))
    current = F("purchase__expires_at")
    found = last.filter(
        Q(expires_at__lt=current)
        | Q(expires_at__gt=current)
        | Q(expires_at=None, purchase__expires_at__isnull=False)
        | Q(expires_at__isnull=False, purchase__expires_at=None)
    )
    for pk, expires_at, recorded in found.values_list(
        "purchase_id", "purchase__expires_at", "expires_at"
    ):
        wrong = f"it expires {_timestamp(expires_at)} and its last event has {_timestamp(recorded)}"
        record = (
            "INSERT INTO public.expiry_events"  # noqa: S608
            " (org_id, purchase_id, kind, expires_before, expires_at, db_role)"
            " SELECT org_id, id, 'corrected', (SELECT expires_at FROM public.expiry_events"
            " WHERE purchase_id = purchase.id ORDER BY id DESC LIMIT 1), expires_at, current_user"
            f" FROM public.client_purchases AS purchase WHERE id = '{pk}';"
        )
        yield pk, wrong, f"Record what is missing, then correct the expiry if it is wrong: {record}"


def _extensions_undone_twice(within: Within) -> Iterator[Finding]:
    yield from _reversed_twice(ExpiryEvent, within, "an_extension_is_undone_once")


def _timestamp(expires_at: datetime | None) -> str:
    return "never" if expires_at is None else f"{expires_at:%Y-%m-%d %H:%M:%S%z}"


def _list(events: list[int]) -> str:
    return "events " + " and ".join(map(str, events))


def _record(org_id: UUID, pk: UUID, kind: str, delta: int, used: object) -> str:
    """Return an INSERT of the missing event, which only the owner of the table may run."""
    columns = "org_id, purchase_id, kind, delta, sessions_used, db_role"
    values = f"'{org_id}', '{pk}', '{kind}', {delta}, {used}, current_user"
    return f"INSERT INTO public.session_events ({columns}) VALUES ({values});"  # noqa: S608


def _restore(guard: str) -> str:
    return f"Correct what was counted too much, and restore {guard}."
