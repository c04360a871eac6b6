"""The query of one purchase with its client and offer, which every action uses."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from purchases.database import SQL_DIR, read_statement
from purchases.models.catalogue import Client, Offer
from purchases.models.purchase import Purchase
from purchases.models.row_mapper import RowMapper

PURCHASE_ROW = RowMapper(purchase=Purchase, client=Client, offer=Offer)
SELECT_PURCHASE = read_statement(SQL_DIR / "select_purchase.sql")


def get_purchase(purchase_id: UUID, *, org_id: UUID) -> Purchase | None:
    """Return the purchase, or None if the org has no such purchase."""
    row = PURCHASE_ROW.first(SELECT_PURCHASE, {"purchase_id": purchase_id, "org_id": org_id})
    if row is None:
        return None
    purchase, client, offer = row
    purchase.client, purchase.offer = client, offer
    return cast("Purchase", purchase)
