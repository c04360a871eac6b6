"""Load clients with the packs that can be reinstated. Read only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import BooleanField, Case, F, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext, ngettext

from purchases import clock
from purchases.dates import DateFormatter
from purchases.models import Client, Purchase, Refusal, SessionEvent

MAX_PACKS = 4
# A reinstatement this recent may be for the same class.
JUST_NOW = timedelta(hours=24)


@dataclass
class Pack:
    """A purchase that can be reinstated."""

    purchase: Purchase
    last_visit: SessionEvent | None
    recent_reinstatement: SessionEvent | None  # within the last 24 hours
    is_ticked: bool = False


@dataclass
class Candidate:
    """A client with the packs that can be reinstated, the likeliest first."""

    client: Client
    packs: list[Pack]
    refusal_text: str
    pasted: list[str] = field(default_factory=list)

    @property
    def choice(self) -> str:
        """Return why the first pack comes first."""
        return _choice(self.packs) if self.packs else ""

    @property
    def pasted_otherwise(self) -> str:
        """Return the pasted text if it is not the client's name or e-mail alone."""
        shown = {self.client.full_name.casefold(), (self.client.email or "").casefold()}
        return next((text for text in self.pasted if text.casefold() not in shown), "")

    @property
    def repeated(self) -> str:
        """Return how often the client was pasted, if more than once."""
        times = len(self.pasted)
        if times < 2:
            return ""
        text = ngettext("pasted %(n)s time, listed once", "pasted %(n)s times, listed once", times)
        return text % {"n": times}

    @property
    def recent_reinstatement(self) -> SessionEvent | None:
        return next(
            (pack.recent_reinstatement for pack in self.packs if pack.recent_reinstatement), None
        )


def candidates_for(org_id: UUID, client_ids: set[UUID]) -> dict[UUID, Candidate]:
    """Return candidates by client id.

    Packs that have not expired come first. Within each group, the pack of the latest use comes
    first, then the newest.
    """
    clients = Client.objects.filter(org_id=org_id).in_bulk(client_ids)
    purchases = defaultdict(list)
    last_uses: dict[UUID, int | None] = {}
    for purchase in _packs(org_id, client_ids):
        purchase.client = clients[purchase.client_id]
        purchases[purchase.client_id].append(purchase)
        if purchase.reinstate_refusal is None:
            last_uses[purchase.pk] = vars(purchase)["last_use"]
    visits = SessionEvent.objects.in_bulk(filter(None, last_uses.values()))
    recent_reinstatements = {
        event.purchase_id: event
        for event in SessionEvent.objects.filter(
            purchase_id__in=last_uses,
            kind=SessionEvent.Kind.REINSTATED,
            reversed_by=None,
            occurred_at__gt=clock.now() - JUST_NOW,
        )
        .select_related("request__actor")
        .order_by("pk")
    }
    people = {}
    for client_id, client in clients.items():
        purchases_of_client = purchases[client_id]
        packs = [
            Pack(each, visits.get(last_uses[each.pk] or 0), recent_reinstatements.get(each.pk))
            for each in purchases_of_client
            if each.pk in last_uses
        ]
        people[client_id] = Candidate(client, packs, _refusal_text(purchases_of_client))
    return people


def _packs(org_id: UUID, client_ids: set[UUID]) -> list[Purchase]:
    last_use = (
        SessionEvent.objects.filter(purchase_id=OuterRef("pk"))
        .open_uses()
        .order_by("-pk")
        .values("pk")[:1]
    )
    may_give = Q(sessions_used__gt=0, payment_status=Purchase.PaymentStatus.SUCCEEDED) & (
        Q(sessions_total=None) | Q(sessions_remaining__gte=0)
    )
    is_good = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    return list(
        Purchase.objects.of_org(org_id)
        .filter(client_id__in=client_ids)
        .select_related("offer")
        .annotate(
            last_use=Subquery(last_use),
            may_give=_as_boolean(may_give),
            is_good=_as_boolean(is_good),
        )
        .annotate(
            rank=Window(
                RowNumber(),
                partition_by="client_id",
                order_by=[
                    F("may_give").desc(),
                    F("is_good").desc(),
                    F("last_use").desc(nulls_last=True),
                    F("purchased_at").desc(),
                    F("id").desc(),
                ],
            )
        )
        .filter(rank__lte=MAX_PACKS)
        .order_by("client_id", "rank")
    )


def _as_boolean(condition: Q) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _choice(packs: list[Pack]) -> str:
    """Return why the first of the packs comes first."""
    first, *others = packs
    if not others:
        return gettext("The only pack to give a session back to")
    if sum(not pack.purchase.has_expired for pack in packs) == 1:
        return gettext("The only pack that has not expired")
    visit, bought = first.last_visit, first.purchase.purchased_at
    visits = [pack.last_visit.pk for pack in others if pack.last_visit]
    if visit:
        # A pack that was used later has expired.
        if any(other > visit.pk for other in visits):
            return gettext("Not expired, used last on %(day)s") % {"day": _day(visit.occurred_at)}
        return gettext("Used last on %(day)s") % {"day": _day(visit.occurred_at)}
    if visits or any(pack.purchase.purchased_at > bought for pack in others):
        return gettext("Not expired, bought last on %(day)s") % {"day": _day(bought)}
    return gettext("Bought last on %(day)s") % {"day": _day(bought)}


def _day(timestamp: datetime) -> str:
    return DateFormatter().day(timestamp)


def _refusal_text(purchases: list[Purchase]) -> str:
    """Return the reason why no pack of a client can be reinstated."""
    reasons = [each.reinstate_refusal for each in purchases if each.sessions_total is not None]
    if not reasons:
        return gettext("This client has no pack.")
    unusual = [reason.label for reason in reasons if reason not in (None, Refusal.NOTHING_USED)]
    return unusual[0] if unusual else gettext("No session of this client's packs is used.")
