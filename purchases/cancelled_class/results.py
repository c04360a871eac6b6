"""The progress of a list, and the result of each line. Read only."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Prefetch, Q
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
    """Return the progress of each list by its id."""
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


def recent_lists(org_id: UUID) -> list[tuple[CancelledClass, Progress]]:
    """Return the org's lists of the last week with their progress, the newest first."""
    lists = list(
        CancelledClass.objects.filter(org_id=org_id, created_at__gt=timezone.now() - A_WEEK)
        .select_related("actor")
        .order_by("-created_at")[:SHOWN]
    )
    progress_by_id = progress(lists)
    return [(class_list, progress_by_id[class_list.pk]) for class_list in lists]


@dataclass(frozen=True)
class Result:
    """The result of a line of the list: an event, a refusal text, or neither before processing."""

    purchase: Purchase | None
    event: SessionEvent | None
    refusal_text: str

    @property
    def left_after(self) -> int | None:
        """Return the sessions left after the reinstatement."""
        total = self.purchase.sessions_total if self.purchase else None
        used = self.event.sessions_used if self.event else None
        return None if total is None or used is None else total - used

    @property
    def is_left(self) -> bool:
        return not self.event and not self.refusal_text


def results(class_list: CancelledClass) -> list[Result]:
    """Return the results of all lines by name: refused ones first, then unprocessed, then done."""
    lines = list(class_list.lines.all())
    purchases = (
        Purchase.objects.of_org(class_list.org_id)
        .select_related("client", "offer")
        .in_bulk([line.purchase_id for line in lines])
    )
    events = SessionEvent.objects.select_related("reversed_by")
    requests = SessionRequest.objects.prefetch_related(Prefetch("events", events)).in_bulk(
        [line.request_id for line in lines]
    )
    line_results = [
        _result(purchases.get(line.purchase_id), requests.get(line.request_id)) for line in lines
    ]
    return sorted(line_results, key=_place)


def _result(purchase: Purchase | None, request: SessionRequest | None) -> Result:
    event = request.event if request else None
    refusal_text = ""
    if request and not event:
        refusal_text = str(Refusal(request.refusal or Refusal.NOTHING_USED).label)
    elif not purchase and not event:
        refusal_text = gettext("This purchase was deleted after the list was sent.")
    return Result(purchase, event, refusal_text)


def _place(result: Result) -> tuple[bool, bool, str]:
    name = result.purchase.client.full_name.casefold() if result.purchase else ""
    return result.event is not None, result.is_left, name
