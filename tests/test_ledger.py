"""The ledger (audit trail): a trigger records every change of a count, by any program."""

import json

import pytest
from django.db import connection, transaction
from psycopg import sql

from purchases.models import Org, Purchase
from tests.database import acting_as, make_role, rows, value
from tests.factories import make_purchase
from tests.ledger import changes, lines, newest

ANY_ROLE = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON client_purchases"


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


def insert_like(pack: Purchase, used: str = "sessions_used") -> str:
    """Return an INSERT for another purchase of the same client."""
    return (
        "INSERT INTO client_purchases (org_id, client_id, offer_id, amount_paid_cents,"
        f" sessions_total, sessions_used) SELECT org_id, client_id, offer_id, 1, 10, {used}"
        f" FROM client_purchases WHERE id = '{pack.pk}' RETURNING id"
    )


# --- The role -------------------------------------------------------------------------------------


def test_a_plain_update_is_a_correction_by_its_login(pack: Purchase) -> None:
    rows("UPDATE client_purchases SET sessions_used = sessions_used + 2")

    assert lines(pack) == [("opened", 3, 3), ("corrected", 2, 5)]
    assert newest(pack).db_role == value("SELECT session_user")
    assert newest(pack).org_id == pack.org_id
    assert (newest(pack).request, newest(pack).reverses) == (None, None)


def test_after_set_role_the_event_names_that_role(pack: Purchase) -> None:
    role = make_role(ANY_ROLE)
    with acting_as(role):
        rows("UPDATE client_purchases SET sessions_used = 9")

    assert changes(pack) == [("corrected", 6, 9)]
    assert newest(pack).db_role == role


def test_the_subject_of_a_jwt_is_added_to_the_role(pack: Purchase) -> None:
    role = make_role(ANY_ROLE)
    claims = json.dumps({"sub": "5f3c", "role": "authenticated"})
    with acting_as(role):
        rows("SELECT set_config('request.jwt.claims', %s, true)", claims)
        rows("UPDATE client_purchases SET sessions_used = 9")

    assert newest(pack).db_role == f"{role} for 5f3c"


@pytest.mark.parametrize(
    "claims",
    [
        "",
        "no JSON",
        "null",
        "7",
        '"text"',
        "[1]",
        "{}",
        '{"sub": null}',
        '{"sub": "\\u0000"}',
        '{"sub": 1e999999}',
        "[" * 50_000,
    ],
)
def test_invalid_jwt_claims_are_ignored(pack: Purchase, claims: str) -> None:
    rows("SELECT set_config('request.jwt.claims', %s, true)", claims)
    rows("UPDATE client_purchases SET sessions_used = 9")

    assert changes(pack) == [("corrected", 6, 9)]
    assert newest(pack).db_role == value("SELECT session_user")


@pytest.mark.parametrize("function", ["release_session", "use_session"])
def test_a_function_call_records_the_role_of_the_caller(pack: Purchase, function: str) -> None:
    role = make_role(f"EXECUTE ON FUNCTION public.{function}(uuid)")
    with acting_as(role):
        value(f"SELECT public.{function}(%s)", pack.pk)

    expected = ("used", 1, 4) if function == "use_session" else ("reinstated", -1, 2)
    assert changes(pack) == [expected]
    assert newest(pack).db_role == role


# --- The statements -------------------------------------------------------------------------------


@pytest.mark.parametrize("used", ["3", "0", "NULL", "DEFAULT"])
def test_an_insert_records_an_opened_event(pack: Purchase, used: str) -> None:
    new = Purchase(pk=value(insert_like(pack, "0" if used == "DEFAULT" else used)))

    count = None if used == "NULL" else int(used) if used.isdigit() else 0
    assert lines(new) == [("opened", count or 0, count)]


def test_a_delete_records_an_event_and_keeps_the_ledger(pack: Purchase) -> None:
    rows("DELETE FROM client_purchases")

    assert lines(pack) == [("opened", 3, 3), ("deleted", -3, 0)]


def test_a_truncate_records_an_event_for_each_purchase(pack: Purchase) -> None:
    other = make_purchase(org=pack.org, used=5)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows("TRUNCATE client_purchases")

    assert changes(pack) == [("deleted", -3, 0)]
    assert changes(other) == [("deleted", -5, 0)]


def test_a_copy_records_an_opened_event_for_each_purchase(pack: Purchase) -> None:
    columns = sql.SQL("org_id, client_id, offer_id, amount_paid_cents, sessions_used")
    ids = [str(key) for key in (pack.org_id, pack.client_id, pack.offer_id)]
    copy = sql.SQL("COPY client_purchases ({}) FROM STDIN").format(columns)
    with connection.cursor() as cursor, cursor.copy(copy) as feed:
        feed.write("\t".join([*ids, "1", "4\n"]) + "\t".join([*ids, "1", "\\N\n"]))

    copied = Purchase.objects.exclude(pk=pack.pk)
    assert sorted((lines(purchase) for purchase in copied), key=str) == [
        [("opened", 0, None)],
        [("opened", 4, 4)],
    ]


def test_a_merge_is_recorded_for_each_row(pack: Purchase) -> None:
    other = make_purchase(org=pack.org, used=5)
    rows(
        "MERGE INTO client_purchases AS purchase"
        f" USING (VALUES ('{pack.pk}'::uuid, 8), ('{other.pk}', 0)) AS counted (id, used)"
        " ON purchase.id = counted.id"
        " WHEN MATCHED AND counted.used = 0 THEN DELETE"
        " WHEN MATCHED THEN UPDATE SET sessions_used = counted.used"
    )

    assert changes(pack) == [("corrected", 5, 8)]
    assert changes(other) == [("deleted", -5, 0)]


def test_an_upsert_is_recorded(pack: Purchase) -> None:
    upsert = (
        insert_like(pack)
        .replace("(org_id,", "(id, org_id,")
        .replace("SELECT org_id,", "SELECT id, org_id,")
    )
    rows(upsert.replace("RETURNING", "ON CONFLICT (id) DO UPDATE SET sessions_used = 9 RETURNING"))

    assert lines(pack) == [("opened", 3, 3), ("corrected", 6, 9)]


def test_a_changed_id_is_recorded_as_delete_and_insert(pack: Purchase) -> None:
    new = Purchase(pk=value("UPDATE client_purchases SET id = gen_random_uuid() RETURNING id"))

    assert lines(pack) == [("opened", 3, 3), ("deleted", -3, 0)]
    assert lines(new) == [("opened", 3, 3)]


def test_a_count_of_null_is_recorded_as_0(pack: Purchase) -> None:
    rows("UPDATE client_purchases SET sessions_used = NULL")
    rows("UPDATE client_purchases SET sessions_used = 4")

    assert changes(pack) == [("corrected", -3, None), ("corrected", 4, 4)]


def test_a_change_by_another_programs_trigger_is_recorded(pack: Purchase) -> None:
    rows(
        "CREATE FUNCTION double_it() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.sessions_used := 2 * OLD.sessions_used; RETURN NEW; END'"
    )
    rows(
        "CREATE TRIGGER another_programs BEFORE UPDATE ON client_purchases"
        " FOR EACH ROW EXECUTE FUNCTION double_it()"
    )
    rows("UPDATE client_purchases SET payment_method = 'card'")

    assert changes(pack) == [("corrected", 3, 6)]


def test_a_change_with_session_replication_role_replica_is_recorded(pack: Purchase) -> None:
    rows("SET LOCAL session_replication_role = replica")
    rows("UPDATE client_purchases SET sessions_used = 9")

    assert changes(pack) == [("corrected", 6, 9)]


@pytest.mark.parametrize(
    "change",
    [
        "payment_method = 'cash'",
        "sessions_total = 12",
        "expires_at = now()",
        "sessions_used = sessions_used",
    ],
)
def test_an_update_of_other_columns_is_not_recorded(pack: Purchase, change: str) -> None:
    rows(f"UPDATE client_purchases SET {change}")

    assert changes(pack) == []


def test_a_rolled_back_change_is_not_recorded(pack: Purchase) -> None:
    with transaction.atomic():
        rows("UPDATE client_purchases SET sessions_used = 9")
        transaction.set_rollback(True)

    assert changes(pack) == []
