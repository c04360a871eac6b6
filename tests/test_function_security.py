"""Security of release_session and use_session.

They run with the rights of their owner, only granted roles may call them, and their search_path is
fixed.
"""

from typing import Any

import pytest
from django.db import ProgrammingError

from purchases.models import Org, Purchase
from tests.database import acting_as, make_role, rows, value
from tests.factories import make_purchase

# (function, its result, the count after it) for a pack with 3 of 10 used.
BOTH = pytest.mark.parametrize(
    ("function", "answer", "used"), [("release_session", 2, 2), ("use_session", True, 4)]
)
PER_FUNCTION = pytest.mark.parametrize("function", ["release_session", "use_session"])


def catalog(function: str, column: str) -> Any:
    query = f"SELECT {column} FROM pg_proc WHERE oid = %s::regproc"
    return value(query, f"public.{function}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("function", "signature"),
    [
        ("release_session", "(p_purchase_id uuid) returns integer"),
        ("use_session", "(p_purchase_id uuid) returns boolean"),
    ],
)
def test_the_signature_never_changes(function: str, signature: str) -> None:
    arguments = catalog(function, "pg_get_function_arguments(oid)")
    result = catalog(function, "pg_get_function_result(oid)")

    assert f"({arguments}) returns {result}" == signature


@pytest.mark.django_db
@PER_FUNCTION
def test_it_is_security_definer_with_a_fixed_search_path(function: str) -> None:
    assert catalog(function, "prosecdef") is True
    assert [
        setting for setting in catalog(function, "proconfig") if setting.startswith("search_path=")
    ] == ["search_path=pg_catalog, pg_temp"]


@pytest.mark.django_db
@PER_FUNCTION
def test_public_cannot_execute_it(function: str) -> None:
    grantees = rows(
        "SELECT grantee FROM pg_proc, aclexplode(proacl) WHERE pg_proc.oid = %s::regproc",
        f"public.{function}",
    )

    assert grantees, "without an entry, PUBLIC may execute it by default"
    assert (0,) not in grantees, "0 is PUBLIC"
    assert catalog(function, "has_function_privilege('public', oid, 'EXECUTE')") is False


@pytest.mark.django_db
@PER_FUNCTION
def test_a_role_without_execute_is_refused(northside: Org, function: str) -> None:
    purchase = make_purchase(org=northside, used=3)

    with (
        pytest.raises(ProgrammingError, match=f"permission denied for function {function}"),
        acting_as(make_role()),
    ):
        value(f"SELECT public.{function}(%s)", purchase.pk)
    purchase.refresh_from_db()
    assert purchase.sessions_used == 3


@BOTH
def test_a_role_with_execute_needs_no_right_on_the_table(
    northside: Org, function: str, answer: object, used: int
) -> None:
    purchase = make_purchase(org=northside, total=10, used=3)
    role = make_role(f"EXECUTE ON FUNCTION public.{function}(uuid)")

    with acting_as(role):
        assert value(f"SELECT public.{function}(p_purchase_id => %s)", purchase.pk) == answer
    purchase.refresh_from_db()
    assert purchase.sessions_used == used


@PER_FUNCTION
@pytest.mark.parametrize(
    "statement",
    ["SELECT sessions_used FROM client_purchases", "UPDATE client_purchases SET sessions_used = 0"],
)
def test_a_role_with_execute_can_neither_read_nor_change_the_table(
    northside: Org, function: str, statement: str
) -> None:
    role = make_role(f"EXECUTE ON FUNCTION public.{function}(uuid)")

    with (
        pytest.raises(ProgrammingError, match="permission denied for table client_purchases"),
        acting_as(role),
    ):
        rows(statement)


def changes_a_temporary_table(org: Org, function: str, caller_path: str) -> bool:
    """Tell whether a call changes the caller's temporary table instead of the real table.

    Both tables have a pack with the same id.
    """
    purchase = make_purchase(org=org, total=10, used=3)
    with acting_as(make_role(f"EXECUTE ON FUNCTION public.{function}(uuid)")):
        rows(f"SET LOCAL search_path TO {caller_path}")
        rows(
            "CREATE TEMPORARY TABLE client_purchases AS SELECT %s::uuid AS id, 7 AS sessions_used,"
            " 10 AS sessions_total, NULL::timestamptz AS expires_at",
            purchase.pk,
        )
        rows("GRANT ALL ON pg_temp.client_purchases TO PUBLIC")
        rows(f"SELECT public.{function}(%s)", purchase.pk)
    decoy = value("SELECT sessions_used FROM pg_temp.client_purchases")
    real = value("SELECT sessions_used FROM public.client_purchases")
    # Restore the search path, because a fixture reads the ledger after each test.
    rows("DROP TABLE pg_temp.client_purchases")
    rows("SET LOCAL search_path TO DEFAULT")
    assert (decoy == 7) != (real == 3), "exactly one of the two tables was changed"
    return bool(decoy != 7)


CALLER_PATHS = pytest.mark.parametrize("caller_path", ["public", "pg_temp, public", "''"])


@PER_FUNCTION
@CALLER_PATHS
def test_a_temporary_table_of_the_same_name_is_not_changed(
    northside: Org, function: str, caller_path: str
) -> None:
    assert not changes_a_temporary_table(northside, function, caller_path)


@CALLER_PATHS
@pytest.mark.parametrize("function_path", ["''", "public"])
def test_the_check_finds_a_function_without_a_safe_search_path(
    northside: Org, caller_path: str, function_path: str
) -> None:
    """The negative control: a search_path without pg_temp puts temporary tables first."""
    rows(
        f"""
        CREATE FUNCTION public.unqualified(p_purchase_id uuid) RETURNS void
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = {function_path}
        AS $$
        BEGIN
            UPDATE client_purchases SET sessions_used = sessions_used - 1 WHERE id = p_purchase_id;
        END
        $$
        """
    )

    assert changes_a_temporary_table(northside, "unqualified", caller_path)


@BOTH
def test_it_changes_the_count_of_one_purchase_and_no_other_column(
    northside: Org, function: str, answer: object, used: int
) -> None:
    purchase = make_purchase(org=northside, total=10, used=3, payment_method="card")
    make_purchase(org=northside, client=purchase.client, offer=purchase.offer, total=10, used=3)
    expected = {row["id"]: row for row in Purchase.objects.values()}
    expected[purchase.pk] |= {"sessions_used": used, "sessions_remaining": 10 - used}

    assert value(f"SELECT public.{function}(%s)", purchase.pk) == answer
    assert {row["id"]: row for row in Purchase.objects.values()} == expected
