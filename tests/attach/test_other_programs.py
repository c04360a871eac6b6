"""The phone app, the back end and manual SQL work as before, and the ledger records them."""

import json
import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.attach.foreign_database import ForeignDatabase

ORG = "00000000-0000-4000-8000-000000000001"
OFFER = ORG
CLIENT = "00000000-0000-4000-9000-000000000002"
PURCHASE = "00000000-0000-4000-a000-000000000014"
NEW = "00000000-0000-4000-c000-00000000000{}"

# (role, statement, number of affected rows), in this order. The role authenticated has the token of
# a signed-in client.
WORK = [
    ("service_role", "INSERT INTO orgs (name, slug) VALUES ('Eastside', 'eastside')", 1),
    (
        "service_role",
        f"INSERT INTO clients (id, org_id, full_name, tier) VALUES"
        f" ('{NEW.format(1)}', '{ORG}', 'Mei Lin', 'gold')",
        1,
    ),
    (
        "service_role",
        f"INSERT INTO client_purchases (id, org_id, client_id, offer_id, amount_paid_cents,"
        f" sessions_total, stripe_id) VALUES"
        f" ('{NEW.format(2)}', '{ORG}', '{NEW.format(1)}', '{OFFER}', 20000, 10, 'pi_1')",
        1,
    ),
    (
        "service_role",
        f"INSERT INTO client_purchases (id, org_id, client_id, offer_id, amount_paid_cents,"
        f" sessions_total, sessions_used) VALUES"
        f" ('{NEW.format(2)}', '{ORG}', '{NEW.format(1)}', '{OFFER}', 20000, 10, 0)"
        f" ON CONFLICT (id) DO UPDATE SET sessions_used = 4",
        1,
    ),
    (
        "service_role",
        f"UPDATE client_purchases SET payment_status = 'succeeded' WHERE id = '{NEW.format(2)}'",
        1,
    ),
    (
        "service_role",
        "INSERT INTO bookings (purchase_id, client_id)"
        f" VALUES ('{NEW.format(2)}', '{NEW.format(1)}')",
        1,
    ),
    ("authenticated", f"UPDATE clients SET phone = '+61 400 000 111' WHERE id = '{CLIENT}'", 1),
    ("authenticated", f"UPDATE clients SET phone = '1' WHERE id <> '{CLIENT}'", 0),
    (
        "authenticated",
        f"UPDATE client_purchases SET sessions_used = sessions_used + 1 WHERE id = '{PURCHASE}'",
        1,
    ),
    ("anon", "SELECT FROM orgs", 3),
    ("postgres", f"UPDATE client_purchases SET sessions_used = NULL WHERE id = '{PURCHASE}'", 1),
    ("postgres", f"UPDATE clients SET id = '{NEW.format(3)}' WHERE id = '{NEW.format(4)}'", 0),
    ("service_role", f"DELETE FROM client_purchases WHERE id = '{PURCHASE}'", 1),
    ("service_role", f"DELETE FROM clients WHERE id = '{NEW.format(1)}'", 1),
]


def work(foreign: ForeignDatabase) -> list[int]:
    """Execute WORK and return the number of rows of each statement."""
    user = foreign.value("SELECT user_id::text FROM clients WHERE id = %s", CLIENT)
    row_counts = []
    with foreign.connect() as database:
        for role, statement, _ in WORK:
            claims = json.dumps({"sub": user, "role": role}) if role == "authenticated" else ""
            database.execute("SELECT set_config('request.jwt.claims', %s, false)", [claims])
            database.execute(f"SET ROLE {role}".encode())
            row_counts.append(database.execute(statement.encode()).rowcount)
            database.execute("RESET ROLE")
    return row_counts


def ledger(foreign: ForeignDatabase, purchase: str) -> list[tuple[Any, ...]]:
    user = foreign.value("SELECT user_id::text FROM clients WHERE id = %s", CLIENT)
    return foreign.rows(
        "SELECT kind, delta, sessions_used, replace(db_role, %s, 'the client')"
        " FROM session_events WHERE purchase_id = %s ORDER BY id",
        user,
        purchase,
    )


def test_statements_of_other_programs_work_and_are_recorded(
    another_foreign: Callable[..., ForeignDatabase],
) -> None:
    before, after = another_foreign(), another_foreign()
    after.attach()

    assert work(before) == work(after) == [rows for *_, rows in WORK]
    assert after.fingerprint().keys() == before.fingerprint().keys()
    assert ledger(after, NEW.format(2)) == [
        ("opened", 0, 0, "service_role"),
        ("corrected", 4, 4, "service_role"),
        ("deleted", -4, 0, "service_role"),
    ]
    assert ledger(after, PURCHASE) == [
        ("opened", 3, 3, "postgres"),
        ("corrected", 1, 4, "authenticated for the client"),
        ("corrected", -4, None, "postgres"),
        ("deleted", 0, 0, "service_role"),
    ]


def test_clients_of_other_programs_are_found_by_search(attached_foreign: ForeignDatabase) -> None:
    with attached_foreign.connect() as database:
        database.execute("SET ROLE service_role")
        database.execute(
            "INSERT INTO clients (org_id, full_name) VALUES (%s, 'Perpetua Voss')", [ORG]
        )
    query = "SELECT count(*) FROM client_search_terms WHERE term = 'perpetua pv'"
    assert attached_foreign.value(query) == 1


def test_only_the_back_end_may_call_the_functions(
    attached_foreign: ForeignDatabase,
) -> None:
    call = f"SELECT release_session('{PURCHASE}')"
    with attached_foreign.connect() as database:
        database.execute("SET ROLE service_role")
        assert database.execute(call.encode()).fetchone() == (2,)
        for role in ("anon", "authenticated"):
            database.execute(f"SET ROLE {role}".encode())
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(call.encode())


def test_buttons_of_an_app_work_on_with_its_check_function(
    another_foreign: Callable[..., ForeignDatabase],
) -> None:
    """The client of the pack is not allowed, and a person who works at the studio is."""
    foreign = another_foreign()
    foreign.rows("CREATE TABLE workers (user_id uuid, org_id uuid)")
    foreign.rows("INSERT INTO workers VALUES (%s, %s)", NEW.format(5), ORG)
    foreign.rows(
        "CREATE FUNCTION public.works_at(org_id uuid) RETURNS boolean LANGUAGE sql STABLE"
        " SECURITY DEFINER SET search_path = '' AS 'SELECT EXISTS (SELECT FROM public.workers AS w"
        " WHERE w.org_id = $1 AND w.user_id = auth.uid())'"
    )
    named = {"FUNCTION_ROLES": "service_role,authenticated=public.works_at"}
    attached = foreign.manage("attach", **named)
    assert attached.returncode == 0, attached.stdout + attached.stderr
    assert "its own buttons stop working" not in attached.stdout

    client = foreign.value("SELECT user_id::text FROM clients WHERE id = %s", CLIENT)
    call = f"SELECT release_session('{PURCHASE}')"
    with foreign.connect() as database:
        database.execute("SET ROLE authenticated")
        for person in (client, ""):
            claims = json.dumps({"sub": person}) if person else ""
            database.execute("SELECT set_config('request.jwt.claims', %s, false)", [claims])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute(call.encode())
        claims = json.dumps({"sub": NEW.format(5)})
        database.execute("SELECT set_config('request.jwt.claims', %s, false)", [claims])
        assert database.execute(call.encode()).fetchone() == (2,)
    assert ledger(foreign, PURCHASE)[-1][:3] == ("reinstated", -1, 2)


def test_a_weak_function_of_our_owner_works_for_other_programs(
    another_foreign: Callable[..., ForeignDatabase],
) -> None:
    """CREATE OR REPLACE keeps studio_ledger as the owner, and this body reads every column."""
    foreign = another_foreign()
    foreign.attach()
    foreign.rows(
        "CREATE OR REPLACE FUNCTION public.use_session(p_purchase_id uuid) RETURNS boolean"
        " LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$"
        " DECLARE v public.client_purchases; BEGIN"
        " SELECT * INTO v FROM client_purchases WHERE id = p_purchase_id FOR UPDATE;"
        " IF v.sessions_used >= v.sessions_total THEN RETURN false; END IF;"
        " UPDATE client_purchases SET sessions_used = sessions_used + 1 WHERE id = p_purchase_id;"
        " RETURN true; END $$"
    )
    with foreign.connect() as database:
        database.execute("SET ROLE service_role")
        assert database.execute(f"SELECT use_session('{PURCHASE}')".encode()).fetchone() == (True,)
    assert ledger(foreign, PURCHASE)[-1][0] == "corrected"

    repaired = foreign.manage("repair")
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert foreign.rows(f"SELECT use_session('{PURCHASE}')") == [(True,)]
    assert ledger(foreign, PURCHASE)[-1][0] == "used"


def test_trigger_that_depends_on_its_callers_rights_is_reported_with_a_repair(
    another_foreign: Callable[..., ForeignDatabase],
) -> None:
    foreign = another_foreign()
    foreign.rows("CREATE TABLE trail (purchase_id uuid)")
    foreign.rows(
        "CREATE FUNCTION leave_trail() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN INSERT INTO trail VALUES (NEW.id); RETURN NEW; END'"
    )
    foreign.rows(
        "CREATE TRIGGER trail AFTER UPDATE ON client_purchases"
        " FOR EACH ROW EXECUTE FUNCTION leave_trail()"
    )

    output = foreign.attach()
    call = f"SELECT release_session('{PURCHASE}')"
    with pytest.raises(psycopg.errors.UndefinedTable):
        foreign.rows(call)
    (warning,) = re.findall(r"the trigger trail on client_purchases runs (.*)", output)
    assert "in release_session and use_session studio_ledger" in warning
    foreign.rows(warning.partition("its own rights: ")[2])
    assert foreign.rows(call) == [(2,)]
    assert foreign.value("SELECT count(*) FROM trail") == 1
    assert "the trigger trail on" not in foreign.attach()
