"""The transfers of purchases between clients, and who had a purchase at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from purchases.models import Client, Purchase, PurchaseEvent, SessionEvent


def transfer_events() -> QuerySet[PurchaseEvent]:
    """Return the transfers and their undos, in order.

    A change of client by another program does not count, because it merges two clients.
    """
    kinds = [PurchaseEvent.Kind.TRANSFERRED, PurchaseEvent.Kind.UNDONE]
    # Written as two comparisons, which imply the condition of the partial index.
    changed = Q(client_before__lt=F("client")) | Q(client_before__gt=F("client"))
    return PurchaseEvent.objects.filter(changed, kind__in=kinds).order_by("pk")


@dataclass(frozen=True)
class TransfersOfClient:
    """The transfers of the purchases that a client has or had."""

    client: Client
    # The ids of the client and of the records that were merged into it.
    client_ids: set[UUID]
    # The ids of all purchases that the client has or gave away.
    purchase_ids: set[UUID]
    by_purchase: dict[UUID, list[PurchaseEvent]]

    @property
    def newest_first(self) -> list[PurchaseEvent]:
        """The transfers from or to the client. Each has `used_then`, the used sessions at the
        time."""
        own = [
            event
            for events in self.by_purchase.values()
            for event in events
            if self.client_ids & {event.client_id, event.client_before_id}
        ]
        return sorted(own, key=lambda event: event.pk, reverse=True)

    def had(self, purchase_id: UUID, at: datetime) -> bool:
        """Return whether the client had the purchase at a time."""
        events = self.by_purchase.get(purchase_id, [])
        later = next((event for event in events if event.occurred_at > at), None)
        if later is not None:
            return later.client_before_id in self.client_ids
        return not events or events[-1].client_id in self.client_ids


def transfers_of_client(
    client: Client, records: Iterable[Client], purchases: Iterable[Purchase]
) -> TransfersOfClient:
    """Return the transfers of these purchases of a client, and of those that the client gave
    away. The records were merged into the client."""
    client_ids = {client.pk, *(record.pk for record in records)}
    away = transfer_events().filter(client_before__in=client_ids)
    purchase_ids = {purchase.pk for purchase in purchases} | {event.purchase_id for event in away}
    used = SessionEvent.objects.filter(
        purchase_id=OuterRef("purchase_id"), occurred_at__lte=OuterRef("occurred_at")
    ).order_by("-pk")
    events = (
        transfer_events()
        .filter(purchase_id__in=purchase_ids, purchase__org_id=client.org_id)
        .select_related("client", "client_before", "purchase__offer", "request__actor")
        .annotate(used_then=Subquery(used.values("sessions_used")[:1]))
    )
    by_purchase: defaultdict[UUID, list[PurchaseEvent]] = defaultdict(list)
    for event in events:
        by_purchase[event.purchase_id].append(event)
    return TransfersOfClient(client, client_ids, purchase_ids, by_purchase)
