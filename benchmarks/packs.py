"""The packs of the benchmark. Each has enough used sessions for any number of reinstatements.

The id of a pack follows from its number, so that every load generator can compute it.
"""

from __future__ import annotations

from functools import cache
from hashlib import md5
from uuid import UUID

from benchmarks.postgres import Database

COUNT = 10_000  # number 0 is the pack of the tests with one pack
TOTAL = 1_000_000
USED = 900_000

# The purchases are spread over years and over the clients of the org.
INSERT_PACKS = """
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
IS_PACK = "id = ANY (ARRAY(SELECT md5(pack::text)::uuid FROM generate_series(0, %s - 1) AS pack))"


def make(desk: Database) -> None:
    desk.execute(INSERT_PACKS, TOTAL, USED, COUNT)
    desk.execute("VACUUM (ANALYZE) client_purchases")
    query = f"SELECT count(*) FROM client_purchases WHERE {IS_PACK}"
    [(count,)] = desk.execute(query, COUNT)
    assert count == COUNT, f"{count} packs of {COUNT}"


@cache
def pack_id(number: int) -> UUID:
    return UUID(md5(str(number).encode()).hexdigest())


def reinstated_sessions(desk: Database) -> int:
    """Return the number of sessions reinstated since `make`."""
    query = f"SELECT sum(%s - sessions_used)::bigint FROM client_purchases WHERE {IS_PACK}"
    return int(desk.execute(query, USED, COUNT)[0][0])


def reinstated_events(desk: Database) -> int:
    [(events,)] = desk.execute("SELECT count(*) FROM session_events WHERE kind = 'reinstated'")
    return int(events)


def user_id(desk: Database, username: str) -> int:
    [(pk,)] = desk.execute("SELECT id FROM studio_user WHERE username = %s", username)
    return int(pk)
