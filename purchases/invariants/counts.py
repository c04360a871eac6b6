"""Check the used count of each purchase against session_events."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from purchases.invariants.findings import Finding, Ids, list_of, restore, reversed_twice
from purchases.models import Purchase, SessionEvent


def impossible_counts(ids: Ids) -> Iterator[Finding]:
    impossible = Q(sessions_used__lt=0) | Q(sessions_used__gt=F("sessions_total"))
    found = Purchase.objects.filter(ids.condition("pk"), impossible)
    for pk, used, total in found.values_list("pk", "sessions_used", "sessions_total"):
        bought = "no number was bought" if total is None else f"{total} were bought"
        remedy = "Correct the used or the bought sessions on its page; no other count is accepted."
        yield pk, f"{used} sessions are used and {bought}", remedy


def counts_that_their_events_do_not_explain(ids: Ids) -> Iterator[Finding]:
    is_opening = Q(events__kind=SessionEvent.Kind.OPENED)
    found = (
        Purchase.objects.filter(ids.condition("pk"))
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


def deleted_and_still_counted(ids: Ids) -> Iterator[Finding]:
    """Find deleted purchases whose events do not add up to 0.

    Events of several orgs count together, and the newest event names the last org.
    """
    still_there = Purchase.objects.filter(pk=OuterRef("purchase_id"))
    found = (
        SessionEvent.objects.filter(ids.condition("purchase_id"), ~Exists(still_there))
        .values("purchase_id")
        .annotate(recorded=Sum("delta"), orgs=ArrayAgg("org_id", order_by="-pk"))
        .exclude(recorded=0)
    )
    for pk, (org_id, *_), recorded in found.values_list("purchase_id", "orgs", "recorded"):
        wrong = f"the purchase is gone, so 0 are used, and its events add up to {recorded}"
        yield pk, wrong, f"Record the deletion: {_record(org_id, pk, 'deleted', -recorded, 0)}"


def requests_with_several_events(ids: Ids) -> Iterator[Finding]:
    found = (
        SessionEvent.objects.filter(ids.condition("purchase_id"), request__isnull=False)
        .values("purchase_id", "request_id")
        .annotate(times=Count("pk"), events=ArrayAgg("pk", order_by="pk"))
        .filter(times__gt=1)
    )
    for pk, request_id, times, events in found.values_list(
        "purchase_id", "request_id", "times", "events"
    ):
        wrong = f"the request {request_id} has {times} events and may have 1: {list_of(events)}"
        yield pk, wrong, restore("a_request_has_one_event")


def events_of_another_request(ids: Ids) -> Iterator[Finding]:
    # A move is for two purchases.
    is_for_it = Q(request__purchase_id=F("purchase_id")) | Q(
        request__to_purchase_id=F("purchase_id")
    )
    events = SessionEvent.objects.filter(ids.condition("purchase_id"), request__isnull=False)
    found = events.exclude(is_for_it)
    for event in found.select_related("request"):
        assert event.request is not None
        asked = f"its request {event.request_id} is for the purchase {event.request.purchase_id}"
        yield (
            event.purchase_id,
            f"event {event.pk} is here, and {asked}",
            restore("enforce_request"),
        )


def events_reversed_twice(ids: Ids) -> Iterator[Finding]:
    yield from reversed_twice(SessionEvent, ids, "an_event_is_reversed_once")


def reversals_of_another_purchase(ids: Ids) -> Iterator[Finding]:
    found = SessionEvent.objects.filter(
        ids.condition("purchase_id"), reverses__isnull=False
    ).exclude(reverses__purchase_id=F("purchase_id"))
    for event in found.select_related("reverses"):
        assert event.reverses is not None
        wrong = (
            f"event {event.pk} takes back event {event.reverses_id}, "
            f"which is of the purchase {event.reverses.purchase_id}"
        )
        yield event.purchase_id, wrong, restore("an_event_reverses_one_of_its_own_purchase")


def _record(org_id: UUID, pk: UUID, kind: str, delta: int, used: object) -> str:
    """Return an INSERT of the missing event, which only the owner of the table may run."""
    columns = "org_id, purchase_id, kind, delta, sessions_used, db_role"
    values = f"'{org_id}', '{pk}', '{kind}', {delta}, {used}, current_user"
    return f"INSERT INTO public.session_events ({columns}) VALUES ({values});"  # noqa: S608
