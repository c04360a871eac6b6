"""A client's purchases, sessions left, and reinstatements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from purchases.models import Client, Purchase, SessionEvent, SessionRequest


@dataclass(frozen=True)
class ReinstatementCount:
    """The number of sessions reinstated for a client and one reason.

    The reason may be missing, or the change may come from another program. No allowance counts
    changes of other programs.
    """

    reason: str
    within_30_days: int
    within_90_days: int
    within_a_year: int


@dataclass(frozen=True)
class ClientSummary:
    """A client's purchases, sessions left, and reinstatements."""

    purchases: list[Purchase]
    sessions_left: int
    reinstatements: list[ReinstatementCount]


def client_summary(client: Client) -> ClientSummary:
    """Return a client's purchases, usable ones first, then the newest; the sessions left on
    usable ones; and the reinstatements that were not undone, the most frequent reason first."""
    newest_first = client.purchases.for_rows().newest_first()
    purchases = sorted(newest_first, key=lambda purchase: purchase.use_refusal is not None)
    usable = [purchase for purchase in purchases if purchase.use_refusal is None]
    left = sum(purchase.sessions_remaining or 0 for purchase in usable)
    return ClientSummary(purchases, left, _reinstatements(client))


def _reinstatements(client: Client) -> list[ReinstatementCount]:
    now = timezone.now()
    events = SessionEvent.objects.filter(
        purchase__client=client,
        kind=SessionEvent.Kind.REINSTATED,
        reversed_by=None,
        occurred_at__gt=now - timedelta(days=365),
    )
    lines = (
        events.annotate(has_request=Q(request__isnull=False))
        .values_list("request__reason", "has_request")
        .annotate(
            month=Count("pk", filter=Q(occurred_at__gt=now - timedelta(days=30))),
            quarter=Count("pk", filter=Q(occurred_at__gt=now - timedelta(days=90))),
            year=Count("pk"),
        )
        .order_by("-year", "request__reason", "-has_request")
    )
    return [
        ReinstatementCount(_in_words(reason, has_request), *counts)
        for reason, has_request, *counts in lines
    ]


def _in_words(reason: str | None, has_request: bool) -> str:
    if reason:
        return str(SessionRequest.Reason(reason).label)
    return gettext("No reason given") if has_request else capfirst(gettext("another program"))
