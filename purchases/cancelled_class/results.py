"""How far a list has come, and what came of each line. It only reads."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext

from purchases.models import (
    CancelledClass,
    CancelledClassLine,
    Purchase,
    Refusal,
    SessionEvent,
    SessionRequest,
)
from purchases.models.cancelled_class import is_done, is_left

A_WEEK = timedelta(days=7)
SHOWN = 10


@dataclass(frozen=True)
class Progress:
    total: int
    done: int
    left: int

    @property
    def answered(self) -> int:
        return self.total - self.left

    @property
    def not_done(self) -> int:
        return self.answered - self.done


def progress(lists: list[CancelledClass]) -> dict[UUID, Progress]:
    """How far each of the lists has come, by its id."""
    lines = (
        CancelledClassLine.objects.filter(cancelled_class__in=lists)
        .values_list("cancelled_class")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(is_done())),
            left=Count("pk", filter=is_left()),
        )
    )
    return {list_id: Progress(*counts) for list_id, *counts in lines}


def latest(org_id: UUID) -> list[tuple[CancelledClass, Progress]]:
    """The org's lists of the last week, the newest first, each with how far it has come."""
    lists = list(
        CancelledClass.objects.filter(org_id=org_id, created_at__gt=timezone.now() - A_WEEK)
        .select_related("actor")
        .order_by("-created_at")[:SHOWN]
    )
    come = progress(lists)
    return [(each, come[each.pk]) for each in lists]


@dataclass(frozen=True)
class Result:
    """What came of one line of the list: an event, or words why not, or neither yet."""

    purchase: Purchase | None
    event: SessionEvent | None
    why_not: str

    @property
    def left_then(self) -> int | None:
        """The sessions that were left after the one that was given back."""
        total = self.purchase.sessions_total if self.purchase else None
        used = self.event.sessions_used if self.event else None
        return None if total is None or used is None else total - used

    @property
    def is_left(self) -> bool:
        return not self.event and not self.why_not


def results(written: CancelledClass) -> list[Result]:
    """The lines with their results, by name: what was refused, what is left, what is done."""
    lines = list(written.lines.all())
    purchases = (
        Purchase.objects.of_org(written.org_id)
        .select_related("client", "offer")
        .in_bulk([line.purchase_id for line in lines])
    )
    requests = SessionRequest.objects.select_related("event__reversed_by").in_bulk(
        [line.request_id for line in lines]
    )
    found = [
        _result(purchases.get(line.purchase_id), requests.get(line.request_id)) for line in lines
    ]
    return sorted(found, key=_place)


def _result(purchase: Purchase | None, request: SessionRequest | None) -> Result:
    event = getattr(request, "event", None)
    why_not = ""
    if request and not event:
        why_not = str(Refusal(request.refusal or Refusal.NOTHING_USED).label)
    elif not purchase and not event:
        why_not = gettext("This purchase was deleted after the list was sent.")
    return Result(purchase, event, why_not)


def _place(result: Result) -> tuple[bool, bool, str]:
    name = result.purchase.client.full_name.casefold() if result.purchase else ""
    return result.event is not None, result.is_left, name
