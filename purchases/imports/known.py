"""Read what the studio has already, to match the rows of a file. Read only."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from purchases.imports.folding import fold
from purchases.imports.people import Person
from purchases.imports.plan import Known, KnownOffer
from purchases.models import Client, Import, ImportRow, Offer, Purchase


def known_of(org_id: UUID) -> Known:
    """Return the clients and offers of the org, and the numbers that earlier files gave clients."""
    clients = Client.objects.filter(org_id=org_id).order_by("pk")
    return Known(
        org_id,
        [
            Person(pk, name, email or "", phone or "")
            for pk, name, email, phone in clients.values_list("pk", "full_name", "email", "phone")
        ],
        _external_ids(org_id),
        offers_of(org_id),
        lambda ids: _counts(org_id, ids),
    )


def _external_ids(org_id: UUID) -> dict[str, UUID]:
    """Return the client of each number of another program. The last import decides."""
    rows = ImportRow.objects.filter(
        org_id=org_id, external_id__isnull=False, import_of__state=Import.State.DONE
    )
    in_order = rows.order_by("import_of__started_at", "import_of_id", "position")
    pairs = in_order.values_list("external_id", "client_id")
    return {external_id: client_id for external_id, client_id in pairs if external_id}


def offers_of(org_id: UUID) -> dict[str, KnownOffer]:
    """Return the offers by folded name, one a name: one on sale, or else the oldest."""
    offers = Offer.objects.filter(org_id=org_id).order_by("is_active", "-created_at", "-pk")
    return {
        fold(offer.name): KnownOffer(
            offer.pk,
            offer.sessions_included and offer.sessions_included + (offer.bonus_sessions or 0),
        )
        for offer in offers
    }


def _counts(org_id: UUID, ids: list[UUID]) -> Mapping[UUID, tuple[int | None, int | None]]:
    purchases = Purchase.objects.filter(org_id=org_id, pk__in=ids)
    return {
        pk: (total, used)
        for pk, total, used in purchases.values_list("pk", "sessions_total", "sessions_used")
    }
