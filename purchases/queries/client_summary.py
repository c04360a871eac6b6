"""A client's purchases, sessions left, reinstatements and transfers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.utils.text import capfirst
from django.utils.translation import gettext

from purchases import clock
from purchases.models import Client, Purchase, PurchaseEvent, SessionEvent, SessionRequest
from purchases.queries.transfers import TransfersOfClient, transfers_of_client


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
    """A client's purchases, sessions left, reinstatements and transfers."""

    purchases: list[Purchase]
    sessions_left: int
    reinstatements: list[ReinstatementCount]
    transfers: list[PurchaseEvent]
    # The records that were merged into the client.
    records: list[Client]


def client_summary(client: Client) -> ClientSummary:
    """Return a client's purchases, usable ones first, then the newest; the sessions left on
    usable ones; the reinstatements that were not undone, the most frequent reason first; and the
    transfers from and to the client, newest first."""
    newest_first = client.purchases.for_rows().newest_first()
    purchases = sorted(newest_first, key=lambda purchase: purchase.use_refusal is not None)
    usable = [purchase for purchase in purchases if purchase.use_refusal is None]
    left = sum(purchase.sessions_remaining or 0 for purchase in usable)
    records = list(Client.objects.filter(merged_into__kept_client=client).order_by("full_name"))
    transfers = transfers_of_client(client, records, purchases)
    reinstatements = _reinstatements(transfers)
    return ClientSummary(purchases, left, reinstatements, transfers.newest_first, records)


def _reinstatements(transfers: TransfersOfClient) -> list[ReinstatementCount]:
    """Count the reinstatements of the purchases while the client had them."""
    now = clock.now()
    events = SessionEvent.objects.filter(
        purchase_id__in=transfers.purchase_ids,
        purchase__org_id=transfers.client.org_id,
        kind=SessionEvent.Kind.REINSTATED,
        reversed_by=None,
        occurred_at__gt=now - timedelta(days=365),
    )
    ages: defaultdict[tuple[str | None, bool], list[timedelta]] = defaultdict(list)
    columns = "purchase_id", "occurred_at", "request__reason", "request_id"
    for purchase_id, occurred_at, reason, request_id in events.values_list(*columns):
        if transfers.had(purchase_id, occurred_at):
            ages[reason, request_id is not None].append(now - occurred_at)

    def order(key: tuple[str | None, bool]) -> tuple[int, bool, str, bool]:
        """Put the most frequent first, and those without a reason last."""
        reason, has_request = key
        return -len(ages[key]), not reason, reason or "", not has_request

    return [
        ReinstatementCount(
            _in_words(*key),
            within_30_days=sum(age < timedelta(days=30) for age in ages[key]),
            within_90_days=sum(age < timedelta(days=90) for age in ages[key]),
            within_a_year=len(ages[key]),
        )
        for key in sorted(ages, key=order)
    ]


def _in_words(reason: str | None, has_request: bool) -> str:
    if reason:
        return str(SessionRequest.Reason(reason).label)
    return gettext("No reason given") if has_request else capfirst(gettext("another program"))
