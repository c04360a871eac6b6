"""The packs to which a use can be moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from purchases import clock
from purchases.models import Purchase, PurchaseEvent, SessionEvent


@dataclass(frozen=True)
class ChoicesOfMove:
    """The use that is moved, and the packs that can take it."""

    # None if the use is older than the ledger.
    use: SessionEvent | None
    # A chosen use that was reversed cannot be moved.
    is_reversed: bool
    packs: list[Purchase]


def other_packs(purchase: Purchase) -> list[Purchase]:
    """Return the other packs of the client that are paid and have a session left. Whether one can
    take a use depends on its expiry too (`Purchase.can_take_use`)."""
    packs = Purchase.objects.of_org(purchase.org_id).filter(
        client_id=purchase.client_id,
        payment_status=Purchase.PaymentStatus.SUCCEEDED,
        sessions_used__lt=F("sessions_total"),
    )
    return list(packs.exclude(pk=purchase.pk).for_rows().newest_first())


def choices_of_move(purchase: Purchase, event_id: int | None) -> ChoicesOfMove:
    """Return the choices for the use with this event, or for the newest use. A use before a
    transfer is that of the former client, and cannot be moved."""
    uses = purchase.events.open_uses().order_by("-pk")
    transfers = purchase.purchase_events.filter(
        kind=PurchaseEvent.Kind.TRANSFERRED, reversed_by=None
    )
    last_transfer = transfers.order_by("-pk").values_list("occurred_at", flat=True).first()
    if last_transfer:
        uses = uses.filter(occurred_at__gt=last_transfer)
    use = uses.filter(pk=event_id).first() if event_id else uses.first()
    is_reversed = bool(event_id) and use is None
    used_at: datetime = use.occurred_at if use else clock.now()
    is_former = use is None and last_transfer is not None
    can_move = bool(purchase.sessions_used) and not is_reversed and not is_former
    packs = other_packs(purchase) if can_move else []
    return ChoicesOfMove(use, is_reversed, [pack for pack in packs if pack.can_take_use(used_at)])
