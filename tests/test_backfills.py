"""The migrations fill the search terms and the ledger for rows that are older than they are."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests.database import PATIENCE, another_connection, migrate, rows, value

CLIENTS = [
    ("Ana Ruiz", "eva@example.com", "0412 345 678"),
    ("Зоя O’Brien-Smith", "zoe.smith@example.com", None),
    ("", None, "234"),
    ("-", None, None),
]
INSERT_CLIENT = """
    INSERT INTO clients (org_id, full_name, email, phone) SELECT id, %s, %s, %s FROM orgs
"""


@pytest.mark.django_db(transaction=True)
def test_clients_older_than_the_search_are_found() -> None:
    try:
        migrate("purchases", "0002")
        rows("INSERT INTO orgs (name, slug) VALUES ('Northside', 'northside')")
        for client in CLIENTS:
            rows(INSERT_CLIENT, *client)
    finally:
        migrate()
    older = rows("SELECT id FROM clients")
    for client in CLIENTS:
        rows(INSERT_CLIENT, *client)
    terms = "SELECT term FROM client_search_terms WHERE client_id = ANY (%s) ORDER BY term"
    ids = [client_id for (client_id,) in older]
    newer = rows("SELECT id FROM clients WHERE id <> ALL (%s)", ids)
    assert ("ruiz aer",) in rows(terms, ids) == rows(terms, [client_id for (client_id,) in newer])


TERMS = "SELECT client_id, term FROM client_search_terms ORDER BY client_id, term"
TERMS_MADE_ANEW = """
    SELECT id, term FROM clients, search_terms(full_name, email, phone) AS term ORDER BY id, term
"""
WAITS = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid <> %s AND wait_event_type = 'Lock')"


def migrate_in_a_thread() -> None:
    try:
        migrate()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "change"),
    [
        ("0002", "INSERT INTO clients (org_id, full_name) SELECT id, 'Bo Lee' FROM orgs"),
        ("0015", "UPDATE clients SET full_name = 'Eva Sol'"),
    ],
    ids=["before the triggers", "during the backfill"],
)
def test_a_client_that_is_written_during_a_migration_gets_its_terms_once(
    before: str, change: str
) -> None:
    try:
        migrate("purchases", "0002")
        rows("INSERT INTO orgs (name, slug) VALUES ('Northside', 'northside')")
        for client in CLIENTS:
            rows(INSERT_CLIENT, *client)
        migrate("purchases", before)
        with another_connection() as program, ThreadPoolExecutor(1) as pool:
            program.execute("BEGIN")
            program.execute(change)
            migrated = pool.submit(migrate_in_a_thread)
            while not value(WAITS, program.info.backend_pid):
                assert not migrated.done(), "it did not wait for the other program"
            program.execute("COMMIT")
            migrated.result(PATIENCE)
    finally:
        migrate()
    assert rows(TERMS) == rows(TERMS_MADE_ANEW) != []


NIL = "00000000-0000-0000-0000-000000000000"
INSERT_NIL = [
    f"INSERT INTO orgs (id, name, slug) VALUES ('{NIL}', 'Northside', 'northside')",
    f"INSERT INTO clients (id, org_id, full_name) VALUES ('{NIL}', '{NIL}', 'Ana Ruiz')",
    "INSERT INTO offers (id, org_id, name, offer_type, price_cents)"
    f" VALUES ('{NIL}', '{NIL}', 'Pack', 'session_pack', 0)",
    "INSERT INTO client_purchases (id, org_id, client_id, offer_id, amount_paid_cents,"
    f" sessions_total, sessions_used) VALUES ('{NIL}', '{NIL}', '{NIL}', '{NIL}', 0, 10, 3)",
]


@pytest.mark.django_db(transaction=True)
def test_the_backfills_include_the_nil_uuid() -> None:
    try:
        migrate("purchases", "0002")
        for statement in INSERT_NIL:
            rows(statement)
    finally:
        migrate()

    assert rows("SELECT purchase_id::text, kind, delta FROM session_events") == [(NIL, "opened", 3)]
    assert rows("SELECT client_id::text, term FROM client_search_terms ORDER BY term") == [
        (NIL, "ana ar"),
        (NIL, "ruiz ar"),
    ]
