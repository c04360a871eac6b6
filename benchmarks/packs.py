"""The packs that are pressed: so many sessions are used of each that none runs out, and their ids
follow from their numbers, so that every load generator can name them."""

from __future__ import annotations

from functools import cache
from hashlib import md5
from uuid import UUID

from benchmarks.postgres import Database

COUNT = 10_000  # number 0 is the one that all press at once
TOTAL = 1_000_000
USED = 900_000

# Bought over the years, by clients of the studio.
MAKE = """
    INSERT INTO client_purchases (id, org_id, client_id, offer_id, amount_paid_cents,
        sessions_total, sessions_used, payment_status, purchased_at)
    SELECT md5(pack::text)::uuid, client.org_id, client.id, offer.id, 100, %s, %s,
        'succeeded', now() - pack * interval '4 hours'
    FROM generate_series(0, %s - 1) AS pack,
        LATERAL (
            SELECT id, org_id FROM clients
            WHERE id <= overlay(md5(pack::text || 'client') PLACING 'f' FROM 1)::uuid
            ORDER BY id DESC LIMIT 1
        ) AS client,
        LATERAL (SELECT id FROM offers WHERE org_id = client.org_id LIMIT 1) AS offer
"""
OURS = "id = ANY (ARRAY(SELECT md5(pack::text)::uuid FROM generate_series(0, %s - 1) AS pack))"


def make(desk: Database) -> None:
    desk.ask(MAKE, TOTAL, USED, COUNT)
    desk.ask("VACUUM (ANALYZE) client_purchases")
    query = f"SELECT count(*) FROM client_purchases WHERE {OURS}"
    [(made,)] = desk.ask(query, COUNT)
    assert made == COUNT, f"{made} packs of {COUNT}"


@cache
def pack_id(number: int) -> UUID:
    return UUID(md5(str(number).encode()).hexdigest())


def given_back(desk: Database) -> int:
    """How many sessions the packs have fewer than in the beginning."""
    query = f"SELECT sum(%s - sessions_used)::bigint FROM client_purchases WHERE {OURS}"
    return int(desk.ask(query, USED, COUNT)[0][0])


def reinstated_events(desk: Database) -> int:
    [(events,)] = desk.ask("SELECT count(*) FROM session_events WHERE kind = 'reinstated'")
    return int(events)


def user_id(desk: Database, username: str) -> int:
    [(found,)] = desk.ask("SELECT id FROM studio_user WHERE username = %s", username)
    return int(found)
