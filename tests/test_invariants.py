"""What `purchases.invariants` finds, how it says so, and that its advice mends it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases import invariants
from purchases.models import Org, Purchase
from studio.models import User
from tests.database import rows, value
from tests.expiry.extensions import expiry_lines, extended_by, extension_undone_by
from tests.factories import make_client, make_purchase, make_purchases
from tests.ledger import newest, reinstated_by, undone_by, unguarded, used_by

pytestmark = pytest.mark.breaks_the_ledger


def found() -> list[str]:
    """A line each."""
    return [str(violation) for _, batch in invariants.check() for violation in batch]


def change_unrecorded(purchase: Purchase, assignment: str) -> None:
    with unguarded("client_purchases"):
        rows(f"UPDATE client_purchases SET {assignment} WHERE id = %s", purchase.pk)


def write_event(purchase: Purchase, **columns: object) -> int:
    event = {"org_id": purchase.org_id, "purchase_id": purchase.pk, "made_by": "a test"} | columns
    places = ", ".join(["%s"] * len(event))
    names = ", ".join(event)
    insert = f"INSERT INTO session_events ({names}) VALUES ({places}) RETURNING id"
    event_id = value(insert, *event.values())
    assert isinstance(event_id, int)
    return event_id


def advice(line: str) -> str:
    """The statement that the line ends in."""
    statement = re.search(r"INSERT INTO .*;$", line)
    assert statement, line
    return statement[0]


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, client=make_client(org=northside, name="Zoë Li"), used=3)


def test_a_ledger_that_was_left_alone_has_nothing(pack: Purchase, mia: User, olivia: User) -> None:
    used_by(mia, pack)
    undone_by(olivia, reinstated_by(mia, pack))
    make_purchase(org=pack.org, total=None, used=None)
    make_purchase(org=pack.org).delete()

    assert found() == []


def test_a_change_that_was_not_recorded_is_named_with_both_numbers(pack: Purchase) -> None:
    make_purchase(org=pack.org)
    change_unrecorded(pack, "sessions_used = 5")

    (line,) = found()

    assert line.startswith(
        f"{pack.pk}, Zoë Li: 5 sessions are used and its events add up to 3. Record what is missing"
    )
    rows(advice(line))
    assert found() == []
    assert newest(pack).kind == "corrected"


def test_a_count_that_was_taken_away_unrecorded_is_none(pack: Purchase) -> None:
    change_unrecorded(pack, "sessions_used = NULL")

    (line,) = found()

    assert "0 sessions are used and its events add up to 3" in line
    rows(advice(line))
    assert found() == []
    assert newest(pack).sessions_used is None


@pytest.mark.parametrize("used", [0, 3, None])
def test_a_purchase_without_the_event_that_opened_it_is_found(
    northside: Org, used: int | None
) -> None:
    pack = make_purchase(org=northside, used=used)
    with unguarded("session_events"):
        rows("DELETE FROM session_events")

    (line,) = found()

    assert f"{used or 0} sessions are used and its events add up to 0, none of which opened" in line
    rows(advice(line))
    assert found() == []
    assert newest(pack).kind == "opened"


def test_a_deletion_that_was_not_recorded_is_found(pack: Purchase) -> None:
    with unguarded("client_purchases"):
        rows("DELETE FROM client_purchases")

    (line,) = found()

    assert (
        f"{pack.pk}, deleted: the purchase is gone, so 0 are used, and its events add up to 3"
        in (line)
    )
    rows(advice(line))
    assert found() == []


def test_one_that_moved_to_another_org_before_it_was_deleted_is_whole(
    pack: Purchase, southside: Org
) -> None:
    rows("UPDATE client_purchases SET org_id = %s", southside.pk)
    rows("UPDATE client_purchases SET sessions_used = 5")
    rows("DELETE FROM client_purchases")

    assert found() == []


def test_the_deletion_that_is_missing_belongs_to_the_org_that_had_it_last(
    pack: Purchase, southside: Org
) -> None:
    rows("UPDATE client_purchases SET org_id = %s, sessions_used = 5", southside.pk)
    with unguarded("client_purchases"):
        rows("DELETE FROM client_purchases")

    (line,) = found()
    assert "its events add up to 5" in line
    rows(advice(line))
    assert found() == []
    assert newest(pack).org_id == southside.pk


@pytest.mark.parametrize(
    ("total", "used", "says"),
    [
        (10, 12, "12 sessions are used and 10 were bought"),
        (10, -2, "-2 sessions are used and 10 were bought"),
        (None, -2, "-2 sessions are used and no number was bought"),
    ],
)
def test_a_count_that_cannot_be_right_is_found(
    northside: Org, total: int | None, used: int, says: str
) -> None:
    pack = make_purchase(org=northside, total=total, used=used)

    (line,) = found()

    assert line.startswith(f"{pack.pk}, Ana Ruiz: {says}. Correct the count")


def test_a_request_with_two_events_is_found(pack: Purchase, mia: User) -> None:
    event = used_by(mia, pack)
    rows("ALTER TABLE session_events DROP CONSTRAINT a_request_has_one_event")
    again = write_event(
        pack, kind="corrected", delta=0, sessions_used=4, request_id=event.request_id
    )

    (line,) = found()

    assert f"the request {event.request_id} has 2 events and may have 1" in line
    assert f"events {event.pk} and {again}. " in line
    assert "restore a_request_has_one_event" in line


def test_an_event_of_another_purchases_request_is_found(pack: Purchase, mia: User) -> None:
    other = make_purchase(org=pack.org)
    event = used_by(mia, other)
    rows("ALTER TABLE session_events DROP CONSTRAINT a_request_has_one_event")
    here = write_event(
        pack, kind="corrected", delta=0, sessions_used=3, request_id=event.request_id
    )

    (line,) = found()

    assert f"{pack.pk}, Zoë Li: event {here} is here, and its request {event.request_id}" in line
    assert f"is for the purchase {other.pk}" in line


def test_a_use_that_was_taken_back_twice_is_found(pack: Purchase, mia: User) -> None:
    visit = used_by(mia, pack)
    back = reinstated_by(mia, pack)
    rows("ALTER TABLE session_events DROP CONSTRAINT an_event_is_reversed_once")
    again = write_event(pack, kind="reinstated", delta=-1, sessions_used=2, reverses_id=visit.pk)
    change_unrecorded(pack, "sessions_used = 2")

    (line,) = found()

    assert f"event {visit.pk} is taken back 2 times and may be once" in line
    assert f"events {back.pk} and {again}. " in line


def test_a_reversal_of_another_purchase_is_found(pack: Purchase, mia: User) -> None:
    other = make_purchase(org=pack.org)
    visit = used_by(mia, other)
    guard = "an_event_reverses_one_of_its_own_purchase"
    rows(f"ALTER TABLE session_events DROP CONSTRAINT {guard}")
    here = write_event(pack, kind="reinstated", delta=-1, sessions_used=2, reverses_id=visit.pk)
    change_unrecorded(pack, "sessions_used = 2")

    (line,) = found()

    assert f"{pack.pk}, Zoë Li: event {here} takes back event {visit.pk}" in line
    assert f"which is of the purchase {other.pk}" in line


@pytest.mark.parametrize("change", ["now()", "NULL", "'infinity'"])
def test_an_expiry_that_was_changed_unrecorded_is_found(
    northside: Org, mia: User, change: str
) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    extended = extended_by(mia, pack)
    assert found() == []
    change_unrecorded(pack, f"expires_at = {change}")

    (line,) = found()

    assert f"and its last event says {extended.expires_at:%Y-%m-%d %H:%M:%S%z}. " in line
    rows(advice(line))
    assert found() == []
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "corrected"]


def test_an_expiry_that_was_taken_for_never_and_is_not_is_found(northside: Org) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now())
    rows("UPDATE client_purchases SET expires_at = NULL")
    change_unrecorded(pack, "expires_at = now()")

    (line,) = found()

    assert "and its last event says never. " in line


def test_an_extension_that_was_undone_twice_is_found(northside: Org, mia: User) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() + timedelta(days=5))
    extended = extended_by(mia, pack)
    extension_undone_by(mia, extended)
    rows("ALTER TABLE expiry_events DROP CONSTRAINT an_extension_is_undone_once")
    rows(
        "INSERT INTO expiry_events (org_id, purchase_id, kind, expires_before, expires_at,"
        " reverses_id, made_by) SELECT org_id, id, 'undone', NULL, expires_at, %s, 'a test'"
        " FROM client_purchases WHERE id = %s",
        extended.pk,
        pack.pk,
    )

    (line,) = found()

    assert f"event {extended.pk} is taken back 2 times and may be once" in line
    assert "restore an_extension_is_undone_once" in line


# --- Batches --------------------------------------------------------------------------------------


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "BATCH", 3)


@pytest.mark.parametrize("purchases", [2, 3, 4, 6, 7])
def test_no_purchase_falls_between_two_batches(
    northside: Org, small_batches: None, purchases: int
) -> None:
    packs = make_purchases(org=northside, count=purchases)
    gone = make_purchases(org=northside, count=3)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")
        Purchase.objects.filter(pk__in=[pack.pk for pack in gone]).delete()

    assert sorted(line.split(",")[0] for line in found()) == sorted(
        str(pack.pk) for pack in packs + gone
    )


def test_a_batch_takes_as_many_queries_whatever_is_found(
    northside: Org, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_purchases(org=northside, count=30)
    with unguarded("client_purchases"):
        rows("UPDATE client_purchases SET sessions_used = 9")

    with django_assert_num_queries(11):
        # 1. the ids of the batch 2-10. one for each thing that can be wrong 11. the clients
        ((purchases, violations),) = list(invariants.check())
    assert (purchases, len(violations)) == (30, 30)
