"""The purchases of the clients whom a search finds, by statements in files.

The ORM takes longer to build these queries than PostgreSQL takes to answer them. It is used for
lists that are read less often: later pages, and single states.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from purchases.database import SQL_DIR, UuidArray, fetch_all, read_statement
from purchases.models import Purchase
from purchases.queries.purchase import PURCHASE_ROW

SELECT_LISTED_CLIENTS = read_statement(SQL_DIR / "select_listed_clients.sql")
SELECT_PURCHASES = read_statement(SQL_DIR / "select_purchases_of_clients.sql")


class ListedRow(NamedTuple):
    """The newest purchase of a client, the text of its time, and the number of purchases."""

    sort_key: str
    purchase_id: UUID
    client_id: UUID
    purchases: int


def listed_clients(
    org_id: UUID, client_ids: UuidArray | list[UUID], *, limit: int
) -> list[ListedRow]:
    """Return the clients who bought something, in the order of their newest purchase."""
    params = {"org_id": org_id, "client_ids": client_ids, "limit": limit}
    return fetch_all(SELECT_LISTED_CLIENTS, params, ListedRow)


def purchases_of_clients(
    org_id: UUID, client_ids: list[UUID], *, most: int, now: datetime
) -> list[Purchase]:
    """Return at most `most` purchases of each client, each with client and offer. They are ordered
    by usability, and then the newest first."""
    if not client_ids:
        return []
    params = {"org_id": org_id, "client_ids": client_ids, "most": most, "now": now}
    purchases = []
    for purchase, client, offer in PURCHASE_ROW.all(SELECT_PURCHASES, params):
        purchase.client, purchase.offer = client, offer
        purchases.append(purchase)
    return purchases
