"""The SQL functions that change an expiry check the request, and only granted roles call them."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from purchases.models import Org, Purchase
from studio.models import User
from tests.database import acting_as, make_role, rows, value
from tests.expiry.extensions import (
    DAY_ENDS,
    EXTEND_BY_A_WEEK,
    end_of_the_day,
    expiry_lines,
    expiry_of,
    extended_by,
)
from tests.factories import make_purchase


@pytest.mark.parametrize("call", [EXTEND_BY_A_WEEK, "correct_expiry(%s, NULL)"])
def test_request_for_another_change_is_refused(
    mia: User, northside: Org, pack: Purchase, call: str
) -> None:
    """Knowing a request's id is not enough to act in the name of its actor."""
    event = extended_by(mia, make_purchase(org=northside, expires_at=pack.expires_at))
    rows("SELECT set_config('studio.request_id', %s, true)", str(event.request_id))

    with pytest.raises(IntegrityError, match="is not for this change"), transaction.atomic():
        rows(f"SELECT public.{call}", pack.pk)
    assert expiry_of(pack) == pack.expires_at


@pytest.mark.parametrize(
    "call",
    [
        f"extend_expiry(%s, NULL, 0, {DAY_ENDS})",
        f"extend_expiry(%s, NULL, -3, {DAY_ENDS})",
        f"extend_expiry(%s, NULL, NULL, {DAY_ENDS})",
        "extend_expiry(%s, '-infinity', NULL, NULL)",
        "extend_expiry(%s, NULL, 7, NULL)",
        "extend_expiry(%s, NULL, 7, '{}')",
    ],
)
def test_extend_expiry_never_shortens(pack: Purchase, call: str) -> None:
    last_second = "SELECT date_trunc('day', expires_at + interval '1 day') - interval '1 second'"
    rows(f"UPDATE client_purchases SET expires_at = ({last_second})")
    before = expiry_of(pack)

    assert value(f"SELECT public.{call}", pack.pk) is None
    assert expiry_of(pack) == before


@pytest.mark.parametrize(
    ("first", "last"),
    [(6, 300), (5, 11), (-9, 4), (-9, 10), (400, 410)],
    ids=["begin too late", "one day missing", "stop before", "stop within", "all later"],
)
def test_extend_expiry_changes_nothing_without_the_ends_of_the_days(
    pack: Purchase, first: int, last: int
) -> None:
    """The pack expires in five days, so the ends of days 4 to 12 are needed."""
    ends = [end_of_the_day(day) for day in range(first, last + 1)]

    assert value("SELECT public.extend_expiry(%s, NULL, 7, %s)", pack.pk, ends) is None
    assert expiry_of(pack) == pack.expires_at


def test_the_days_4_to_12_are_enough(pack: Purchase) -> None:
    """The negative control."""
    ends = [end_of_the_day(day) for day in range(4, 13)]

    new = value("SELECT public.extend_expiry(%s, NULL, 7, %s)", pack.pk, ends)
    assert new == expiry_of(pack) == end_of_the_day(12)


def test_undo_extension_refuses_an_event_of_another_purchase(
    mia: User, northside: Org, pack: Purchase
) -> None:
    event = extended_by(mia, make_purchase(org=northside, expires_at=pack.expires_at))

    assert value("SELECT public.undo_extension(%s, %s)", pack.pk, event.pk) is False


@pytest.mark.parametrize(
    "function", ["extend_expiry", "undo_extension", "correct_expiry", "record_expiry_event"]
)
def test_functions_are_security_definer_with_pinned_search_path_and_no_public_grant(
    db: None, function: str
) -> None:
    query = """
        SELECT prosecdef, 'search_path=pg_catalog, pg_temp' = ANY (proconfig),
            has_function_privilege('public', oid, 'EXECUTE')
        FROM pg_proc WHERE oid = %s::regproc
    """
    assert rows(query, f"public.{function}") == [(True, True, False)]


@pytest.mark.parametrize(
    "call",
    [EXTEND_BY_A_WEEK, "undo_extension(%s, 1)", "correct_expiry(%s, NULL)"],
)
def test_role_without_grant_is_refused(pack: Purchase, call: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for function"),
        acting_as(make_role()),
    ):
        rows(f"SELECT public.{call}", pack.pk)


def test_temporary_tables_do_not_shadow_the_real_ones(pack: Purchase) -> None:
    decoys = ["client_purchases", "expiry_events", "session_requests"]
    for table in decoys:
        rows(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL)")
    rows("SET LOCAL search_path = pg_temp, public")
    try:
        value(f"SELECT public.{EXTEND_BY_A_WEEK}", pack.pk)
        assert value("SELECT count(*) FROM pg_temp.expiry_events") == 0
    finally:
        rows("SET LOCAL search_path TO DEFAULT")
        rows(f"DROP TABLE {', '.join(f'pg_temp.{table}' for table in decoys)}")
    assert len(expiry_lines(pack)) == 1
