"""Every change of an expiry is an event, whatever program made it, and stays."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from purchases.models import ExpiryEvent, Org, Purchase
from studio.models import User
from tests.database import acting_as, make_role, rows, value
from tests.extensions import expiry_lines, expiry_of, extended_by, extension_undone_by
from tests.factories import make_purchase
from tests.ledger import fresh, reinstated_by, unguarded, used_by

DAY = timedelta(days=1)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() + 5 * DAY)


def raw(pack: Purchase) -> list[tuple[str, str]]:
    """As PostgreSQL says it: Python has no infinity."""
    return rows(
        "SELECT coalesce(expires_before::text, 'never'), coalesce(expires_at::text, 'never')"
        " FROM expiry_events WHERE purchase_id = %s ORDER BY id",
        pack.pk,
    )


# --- By whatever program --------------------------------------------------------------------------


def test_a_plain_update_is_a_correction_by_its_login(pack: Purchase) -> None:
    role = make_role("SELECT, UPDATE ON client_purchases")
    with acting_as(role):
        rows("UPDATE client_purchases SET expires_at = NULL")

    (event,) = ExpiryEvent.objects.all()
    assert (event.kind, event.expires_before, event.expires_at) == (
        "corrected",
        pack.expires_at,
        None,
    )
    assert (event.made_by, event.org_id, event.request_id) == (role, pack.org_id, None)


def test_the_subject_of_a_token_is_named(pack: Purchase) -> None:
    rows("SELECT set_config('request.jwt.claims', '{\"sub\": \"5f3c\"}', true)")
    rows("UPDATE client_purchases SET expires_at = NULL")

    assert ExpiryEvent.objects.get().made_by.endswith(" for 5f3c")


@pytest.mark.parametrize(
    "change",
    [
        "SET payment_status = 'refunded'",
        "SET expires_at = expires_at",
        "SET sessions_used = 4",
        "SET org_id = org_id, expires_at = expires_at",
    ],
)
def test_what_leaves_the_expiry_as_it_is_writes_nothing(pack: Purchase, change: str) -> None:
    rows(f"UPDATE client_purchases {change}")

    assert expiry_lines(pack) == []


def test_what_the_desk_does_to_a_count_writes_nothing(mia: User, pack: Purchase) -> None:
    used_by(mia, pack)
    reinstated_by(mia, pack)

    assert expiry_lines(pack) == []


def test_infinities_are_recorded_as_they_are(pack: Purchase) -> None:
    for moment in ("infinity", "-infinity", None):
        rows("UPDATE client_purchases SET expires_at = %s", moment)

    assert [after for _, after in raw(pack)] == ["infinity", "-infinity", "never"]
    assert len(ExpiryEvent.objects.all()) == 3, "and can be read"


def test_a_program_that_takes_the_name_of_ours_corrects_all_the_same(pack: Purchase) -> None:
    rows("SET LOCAL application_name = 'studio: extended'")
    rows("UPDATE client_purchases SET expires_at = expires_at + interval '1 day'")

    assert ExpiryEvent.objects.get().kind == "corrected"


def test_a_new_purchase_and_a_deleted_one_have_no_event(pack: Purchase) -> None:
    pack.delete()

    assert ExpiryEvent.objects.count() == 0


def test_a_purchase_that_comes_back_under_its_old_id_goes_on_in_its_ledger(
    mia: User, pack: Purchase
) -> None:
    extended = extended_by(mia, pack)
    kept = fresh(pack)
    Purchase.objects.all().delete()
    kept.expires_at = pack.expires_at
    kept.save(force_insert=True)

    assert expiry_lines(pack)[1:] == [("corrected", extended.expires_at, pack.expires_at)]


def test_a_purchase_that_comes_back_as_it_was_has_no_more(mia: User, pack: Purchase) -> None:
    extended_by(mia, pack)
    kept = fresh(pack)
    Purchase.objects.all().delete()
    kept.save(force_insert=True)

    assert len(expiry_lines(pack)) == 1


def test_every_row_of_a_bulk_change_is_recorded(northside: Org, pack: Purchase) -> None:
    other = make_purchase(org=northside, expires_at=None)
    moment = datetime(2031, 1, 1, tzinfo=timezone.get_current_timezone())

    rows("UPDATE client_purchases SET expires_at = %s", moment)

    assert expiry_lines(pack) == [("corrected", pack.expires_at, moment)]
    assert expiry_lines(other) == [("corrected", None, moment)]


def test_a_replicas_change_is_a_change(pack: Purchase) -> None:
    rows("SET LOCAL session_replication_role = replica")
    rows("UPDATE client_purchases SET expires_at = NULL")

    assert len(expiry_lines(pack)) == 1


# --- The functions are held to the request --------------------------------------------------------


@pytest.mark.parametrize("call", ["extend_expiry(%s, 7, NULL, 'UTC')", "correct_expiry(%s, NULL)"])
def test_a_request_that_is_for_something_else_changes_nothing(
    mia: User, northside: Org, pack: Purchase, call: str
) -> None:
    """Whoever knows the id of a request can't act in the name of its actor."""
    event = extended_by(mia, make_purchase(org=northside, expires_at=pack.expires_at))
    rows("SELECT set_config('studio.request_id', %s, true)", str(event.request_id))

    with pytest.raises(IntegrityError, match="is not for this change"), transaction.atomic():
        rows(f"SELECT public.{call}", pack.pk)
    assert expiry_of(pack) == pack.expires_at


@pytest.mark.parametrize(
    "call",
    [
        "extend_expiry(%s, 0, NULL, 'UTC')",
        "extend_expiry(%s, -3, NULL, 'UTC')",
        "extend_expiry(%s, NULL, NULL, 'UTC')",
        "extend_expiry(%s, NULL, '-infinity', 'UTC')",
    ],
)
def test_extend_expiry_never_shortens(northside: Org, call: str) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    last_second = "SELECT date_trunc('day', expires_at + interval '1 day') - interval '1 second'"
    rows(f"UPDATE client_purchases SET expires_at = ({last_second})")
    before = expiry_of(pack)

    assert value(f"SELECT public.{call}", pack.pk) is None
    assert expiry_of(pack) == before


def test_undo_extension_undoes_what_is_of_that_purchase_alone(
    mia: User, northside: Org, pack: Purchase
) -> None:
    event = extended_by(mia, make_purchase(org=northside, expires_at=pack.expires_at))

    assert value("SELECT public.undo_extension(%s, %s)", pack.pk, event.pk) is False


@pytest.mark.parametrize(
    "function", ["extend_expiry", "undo_extension", "correct_expiry", "record_expiry_event"]
)
def test_they_have_the_rights_of_their_owner_a_pinned_path_and_no_public_caller(
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
    ["extend_expiry(%s, 7, NULL, 'UTC')", "undo_extension(%s, 1)", "correct_expiry(%s, NULL)"],
)
def test_a_role_that_was_not_named_is_refused(pack: Purchase, call: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied for function"),
        acting_as(make_role()),
    ):
        rows(f"SELECT public.{call}", pack.pk)


def test_no_temporary_table_of_the_callers_captures_them(mia: User, pack: Purchase) -> None:
    decoys = ["client_purchases", "expiry_events", "session_requests"]
    for table in decoys:
        rows(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL)")
    rows("SET LOCAL search_path = pg_temp, public")
    try:
        value("SELECT public.extend_expiry(%s, 7, NULL, 'UTC')", pack.pk)
        assert value("SELECT count(*) FROM pg_temp.expiry_events") == 0
    finally:
        rows("SET LOCAL search_path TO DEFAULT")
        rows(f"DROP TABLE {', '.join(f'pg_temp.{table}' for table in decoys)}")
    assert len(expiry_lines(pack)) == 1


# --- What stands there stays ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE expiry_events SET expires_at = now()",
        "UPDATE expiry_events SET made_by = made_by WHERE false",
        "DELETE FROM expiry_events",
        "TRUNCATE expiry_events CASCADE",
    ],
)
@pytest.mark.parametrize("session_role", ["origin", "replica"])
def test_no_line_is_changed_or_deleted_by_the_owner_who_is_a_superuser_here(
    mia: User, pack: Purchase, change: str, session_role: str
) -> None:
    extended_by(mia, pack)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    before = rows("SELECT * FROM expiry_events")

    rows(f"SET LOCAL session_replication_role = {session_role}")
    with (
        pytest.raises(IntegrityError, match="of expiry_events is refused: what was recorded"),
        transaction.atomic(),
    ):
        rows(change)
    assert rows("SELECT * FROM expiry_events") == before != []


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("'lost', now(), NULL, NULL", "expiry_events_kind_is_known"),
        ("'corrected', now(), now(), NULL", "expiry_events_are_changes"),
        ("'extended', now(), now() - interval '1 day', NULL", "an_extension_is_never_shorter"),
        ("'extended', NULL, now(), NULL", "an_extension_is_never_shorter"),
        ("'undone', now(), NULL, NULL", "expiry_events_an_undo_reverses_an_extension"),
        ("'corrected', now(), NULL, {event}", "expiry_events_an_undo_reverses_an_extension"),
        ("'undone', now(), NULL, {undone}", "an_extension_is_undone_once"),
        ("'undone', now(), NULL, {other}", "an_undo_is_of_an_extension_of_its_own_purchase"),
    ],
)
def test_no_line_can_be_written_that_makes_no_sense(
    mia: User, northside: Org, pack: Purchase, columns: str, constraint: str
) -> None:
    other = extended_by(mia, make_purchase(org=northside, expires_at=pack.expires_at))
    undone = extended_by(mia, pack)
    extension_undone_by(mia, undone)
    event = extended_by(mia, pack)
    values = columns.format(event=event.pk, undone=undone.pk, other=other.pk)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows(
            "INSERT INTO expiry_events (org_id, purchase_id, kind, expires_before, expires_at,"
            f" reverses_id, made_by) SELECT org_id, id, {values}, 'a test'"
            f" FROM client_purchases WHERE id = '{pack.pk}'"
        )


def test_a_purchase_that_is_older_than_the_ledger_begins_with_its_first_change(
    northside: Org, mia: User
) -> None:
    with unguarded("client_purchases"):
        pack = make_purchase(org=northside, used=0, expires_at=timezone.now() + DAY)
    event = extended_by(mia, pack)

    assert expiry_lines(pack) == [("extended", pack.expires_at, event.expires_at)]
    used_by(mia, pack)
