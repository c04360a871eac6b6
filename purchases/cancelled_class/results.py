"""The progress of a list, and the result of each line. Read only."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext

from purchases import clock
from purchases.member import Member
from purchases.models import (
    CancelledClass,
    CancelledClassLine,
    ExpiryEvent,
    Purchase,
    Refusal,
    SessionEvent,
    SessionRequest,
)
from purchases.models.cancelled_class import is_done, is_left, is_undone

A_WEEK = timedelta(days=7)
SHOWN = 10


@dataclass(frozen=True)
class Progress:
    total: int
    done: int
    left: int
    undone: int

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
            undone=Count("pk", filter=Q(is_undone())),
        )
    )
    return {list_id: Progress(*counts) for list_id, *counts in lines}


def recent_lists(org_id: UUID) -> list[tuple[CancelledClass, Progress]]:
    """Return the org's lists of the last week with their progress, the newest first."""
    lists = list(
        CancelledClass.objects.filter(org_id=org_id, created_at__gt=clock.now() - A_WEEK)
        .select_related("actor")
        .order_by("-created_at")[:SHOWN]
    )
    progress_by_id = progress(lists)
    return [(class_list, progress_by_id[class_list.pk]) for class_list in lists]


@dataclass(frozen=True)
class Result:
    """The result of a line of the list: an event, a refusal text, or neither before processing.

    `expiry_event` is the last one of the purchase. `undo_request` is the member's request to undo
    the line with the list. `extend_request` is the list's request to extend the purchase since.
    """

    member: Member
    line: CancelledClassLine
    purchase: Purchase | None
    expiry_event: ExpiryEvent | None
    request: SessionRequest | None
    undo_request: SessionRequest | None
    extend_request: SessionRequest | None

    @property
    def event(self) -> SessionEvent | None:
        return getattr(self.request, "event", None)

    @property
    def refusal_text(self) -> str:
        if self.purchase or self.request:
            return _refusal_text(self.request, Refusal.NOTHING_USED)
        return gettext("This purchase was deleted after the list was sent.")

    @property
    def used_after(self) -> int | None:
        """Return the sessions used after the reinstatement, or after it was undone."""
        last = getattr(self.event, "reversed_by", self.event)
        return last.sessions_used if last else None

    @property
    def left_after(self) -> int | None:
        total = self.purchase.sessions_total if self.purchase else None
        return None if total is None or self.used_after is None else total - self.used_after

    @property
    def is_left(self) -> bool:
        return not self.event and not self.refusal_text

    @property
    def is_given_back(self) -> bool:
        """Return whether a session was reinstated and this was not undone."""
        return self.event is not None and not hasattr(self.event, "reversed_by")

    @property
    def undo_refusal_text(self) -> str:
        return _refusal_text(self.undo_request, Refusal.UNDONE) if self.is_given_back else ""

    @property
    def undo_refusal(self) -> Refusal | None:
        """Return why the member can't undo the reinstatement, or None."""
        if not self.event or not self.member.may("undo"):
            return Refusal.NOT_YOURS
        return self.event.undo_refusal(
            user_id=self.member.user_id, however_late=self.member.may("undo_any")
        )

    @property
    def is_to_undo(self) -> bool:
        return bool(self.purchase) and self.is_given_back and not self.undo_request

    @property
    def extension(self) -> ExpiryEvent | None:
        """Return the extension after the reinstatement, if it is the last change of the expiry."""
        last, event = self.expiry_event, self.event
        if not last or not event or last.kind != ExpiryEvent.Kind.EXTENDED:
            return None
        return last if last.occurred_at > event.occurred_at else None

    @property
    def can_undo_extension(self) -> bool:
        if not self.extension or not self.member.may("undo"):
            return False
        however_late = self.member.may("undo_any")
        return not self.extension.undo_refusal(
            user_id=self.member.user_id, however_late=however_late
        )

    @property
    def extend_refusal_text(self) -> str:
        return _refusal_text(self.extend_request, Refusal.JUST_CHANGED)

    @property
    def is_to_extend(self) -> bool:
        """Return whether the session is back in an expired pack that can be extended."""
        if not self.purchase or not self.is_given_back or self.extend_request:
            return False
        return self.purchase.has_expired and self.purchase.can_be_extended

    @property
    def extend_request_id(self) -> UUID:
        return self.line.extend_request_id(self.expiry_event)


def results(class_list: CancelledClass, member: Member) -> list[Result]:
    """Return the results of all lines by name: refused ones first, then unprocessed, then done."""
    lines = list(class_list.lines.all())
    purchase_ids = [line.purchase_id for line in lines]
    purchases = (
        Purchase.objects.of_org(class_list.org_id)
        .select_related("client", "offer")
        .in_bulk(purchase_ids)
    )
    expiry_events = _last_expiry_events(purchase_ids)
    ids = {}
    for line in lines:
        extend_id = line.extend_request_id(expiry_events.get(line.purchase_id))
        ids[line] = [line.request_id, line.undo_request_id(member.user_id), extend_id]
    events = SessionEvent.objects.select_related("reversed_by")
    requests = (
        SessionRequest.objects.select_related("expiry_event")
        .prefetch_related(Prefetch("events", events))
        .in_bulk([request_id for ids_of_line in ids.values() for request_id in ids_of_line])
    )
    line_results = [
        Result(
            member,
            line,
            purchases.get(line.purchase_id),
            expiry_events.get(line.purchase_id),
            *map(requests.get, ids_of_line),
        )
        for line, ids_of_line in ids.items()
    ]
    for result in line_results:
        if result.purchase:
            # Whether they can be undone depends on the purchase.
            if result.event:
                result.event.purchase = result.purchase
            if result.extension:
                result.extension.purchase = result.purchase
    return sorted(line_results, key=_place)


def _last_expiry_events(purchase_ids: list[UUID]) -> dict[UUID, ExpiryEvent]:
    events = ExpiryEvent.objects.filter(purchase_id__in=purchase_ids).select_related("request")
    last = events.order_by("purchase_id", "-pk").distinct("purchase_id")
    return {event.purchase_id: event for event in last}


def _refusal_text(request: SessionRequest | None, otherwise: Refusal) -> str:
    """Return why a request changed nothing, or an empty text if it changed something."""
    if not request or request.event or hasattr(request, "expiry_event"):
        return ""
    return str(Refusal(request.refusal or otherwise).label)


def _place(result: Result) -> tuple[bool, bool, str]:
    name = result.purchase.client.full_name.casefold() if result.purchase else ""
    return result.event is not None, result.is_left, name
