"""Undo of an extension: by who made it for 15 minutes, by an owner at any time, while nothing else
has changed the expiry."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases import operations
from purchases.formatting import on_day
from purchases.models import ExpiryEvent, Org, Purchase, Refusal
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.expiry.extensions import (
    expiry_lines,
    expiry_of,
    extend,
    extended_by,
    extension_undone_by,
    undo_extension,
)
from tests.factories import make_purchase, make_user
from tests.ledger import reinstated_by
from tests.pages import (
    AS_PAGE_AND_HTMX,
    LIST,
    USED_BEFORE,
    note_on,
    press_undo,
    the_row_on,
    undo_on,
)
from tests.purchase_kinds import DAY

QUARTER = timedelta(minutes=15)


@AS_PAGE_AND_HTMX
def test_the_note_of_an_extension_offers_it_and_it_works(
    desk: Client, pack: Purchase, htmx: bool
) -> None:
    answer = extend(desk, pack, days=7, htmx=htmx)
    offered = undo_on(answer if htmx else desk.get(LIST))
    event = ExpiryEvent.objects.get()
    assert offered == reverse("purchases:undo_extension", args=[event.pk])

    undone = undo_extension(desk, event, htmx=htmx)

    told = undone if htmx else desk.get(undone["Location"])
    assert pack.expires_at
    assert note_on(told) == f"Undone for Ana Ruiz: the expiry is {on_day(pack.expires_at)} again."
    assert undo_on(told) is None
    assert expiry_of(pack) == pack.expires_at
    assert the_row_on(told).normalized == the_row_on(desk.get(LIST)).normalized
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "undone"]


@pytest.mark.parametrize(
    ("after", "status"),
    [(QUARTER - timedelta(seconds=5), 200), (QUARTER + timedelta(seconds=5), 409)],
)
def test_staff_have_15_minutes(
    desk: Client,
    mia: User,
    pack: Purchase,
    later: Callable[[timedelta], None],
    after: timedelta,
    status: int,
) -> None:
    event = extended_by(mia, pack)
    later(after)

    answer = undo_extension(desk, event)

    assert answer.status_code == status
    assert (expiry_of(pack) == pack.expires_at) is (status == 200)
    if status == 409:
        assert note_on(answer) == Refusal.TOO_LATE.label


@pytest.mark.parametrize(
    ("after", "status"),
    [(QUARTER, 200), (QUARTER + timedelta(microseconds=1), 409)],
    ids=["at 15 minutes", "a microsecond later"],
)
def test_staff_may_undo_at_15_minutes_exactly_and_not_a_microsecond_later(
    desk: Client,
    mia: User,
    pack: Purchase,
    monkeypatch: pytest.MonkeyPatch,
    after: timedelta,
    status: int,
) -> None:
    event = extended_by(mia, pack)
    monkeypatch.setattr("django.utils.timezone.now", lambda: event.occurred_at + after)

    assert undo_extension(desk, event).status_code == status


def test_staff_undo_nobody_elses_and_an_owner_anybodys_at_any_time(
    desk: Client,
    olivia: User,
    northside: Org,
    pack: Purchase,
    signed_in: SignIn,
    later: Callable[[timedelta], None],
) -> None:
    event = extended_by(make_user(username="max", org=northside), pack)
    assert note_on(undo_extension(desk, event)) == Refusal.NOT_YOURS.label
    owner = signed_in(olivia)
    later(4 * DAY)

    assert undo_extension(owner, event).status_code == 200
    assert expiry_of(pack) == pack.expires_at


def test_an_extension_without_a_request_is_for_owners(
    desk: Client, olivia: User, pack: Purchase, signed_in: SignIn
) -> None:
    """Somebody called the function in psql."""
    rows("SELECT public.extend_expiry(%s, 7, NULL, 'UTC')", pack.pk)
    event = ExpiryEvent.objects.get()

    assert note_on(undo_extension(desk, event)) == Refusal.NOT_YOURS.label
    assert undo_extension(signed_in(olivia), event).status_code == 200


def test_a_stranger_is_told_404_and_the_accountant_403(
    mia: User, ada: User, otto: User, pack: Purchase, signed_in: SignIn
) -> None:
    event = extended_by(mia, pack)

    assert undo_extension(signed_in(otto), event).status_code == 404
    assert undo_extension(signed_in(ada), event).status_code == 403
    assert undo_extension(Client(), event, htmx=False).status_code == 302
    assert len(expiry_lines(pack)) == 1


@pytest.mark.parametrize("event_id", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_an_extension_that_does_not_exist_is_not_found(desk: Client, event_id: int) -> None:
    url = reverse("purchases:undo_extension", args=[event_id])

    assert desk.post(url, {"request_id": str(uuid4())}).status_code == 404


def test_only_an_extension_can_be_undone(desk: Client, mia: User, pack: Purchase) -> None:
    rows("UPDATE client_purchases SET expires_at = expires_at + interval '1 day'")
    extension_undone_by(mia, extended_by(mia, pack))

    for event in ExpiryEvent.objects.exclude(kind="extended"):
        assert undo_extension(desk, event).status_code == 404


# --- What came after it ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "SET expires_at = expires_at + interval '1 day'",
        "SET expires_at = NULL",
        "SET expires_at = 'infinity'",
    ],
)
def test_an_expiry_that_was_changed_since_stays(
    desk: Client, mia: User, pack: Purchase, change: str
) -> None:
    event = extended_by(mia, pack)
    rows(f"UPDATE client_purchases {change}")
    before = expiry_lines(pack)

    answer = undo_extension(desk, event)

    assert (answer.status_code, note_on(answer)) == (409, Refusal.EXPIRY_CHANGED.label)
    assert expiry_lines(pack) == before


def test_one_that_came_back_to_the_same_moment_was_changed_all_the_same(
    desk: Client, mia: User, pack: Purchase
) -> None:
    event = extended_by(mia, pack)
    rows("UPDATE client_purchases SET expires_at = expires_at + interval '1 day'")
    rows("UPDATE client_purchases SET expires_at = expires_at - interval '1 day'")

    assert note_on(undo_extension(desk, event)) == Refusal.EXPIRY_CHANGED.label


def test_extensions_are_undone_from_the_last_to_the_first(
    desk: Client, mia: User, pack: Purchase
) -> None:
    first, second = extended_by(mia, pack), extended_by(mia, pack)
    assert note_on(undo_extension(desk, first)) == Refusal.EXPIRY_CHANGED.label

    assert undo_extension(desk, second).status_code == 200
    assert undo_extension(desk, second).status_code == 409, "once"
    assert undo_extension(desk, first).status_code == 200

    assert expiry_of(pack) == pack.expires_at
    undone = ExpiryEvent.objects.filter(kind="undone").order_by("pk")
    assert [event.reverses_id for event in undone] == [second.pk, first.pk]


def test_what_was_undone_can_be_extended_anew(mia: User, pack: Purchase) -> None:
    extension_undone_by(mia, extended_by(mia, pack))
    again = extended_by(mia, pack)
    extension_undone_by(mia, again)

    assert expiry_of(pack) == pack.expires_at


def test_undo_works_on_a_pack_that_expired_long_before(desk: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() - 90 * DAY)
    extend(desk, pack, days=14)

    assert undo_extension(desk, ExpiryEvent.objects.get()).status_code == 200
    assert expiry_of(pack) == pack.expires_at


# --- Again ----------------------------------------------------------------------------------------


def test_the_same_undo_again_gets_the_same_answer(
    desk: Client, mia: User, pack: Purchase, later: Callable[[timedelta], None]
) -> None:
    event, request_id = extended_by(mia, pack), str(uuid4())
    first = undo_extension(desk, event, request_id=request_id)
    extended_by(mia, pack, days=30)
    later(DAY)

    again = undo_extension(desk, event, request_id=request_id)

    assert (again.status_code, note_on(again)) == (200, note_on(first))
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "undone", "extended"]


def test_a_refused_undo_stays_refused(desk: Client, mia: User, pack: Purchase) -> None:
    first, second = extended_by(mia, pack), extended_by(mia, pack)
    request_id = str(uuid4())
    refusal = undo_extension(desk, first, request_id=request_id)
    extension_undone_by(mia, second)

    again = undo_extension(desk, first, request_id=request_id)

    assert (again.status_code, note_on(again)) == (409, note_on(refusal))
    assert undo_extension(desk, first).status_code == 200, "a new press is a new request"


def test_the_two_ledgers_do_not_share_their_numbers(
    desk: Client, mia: User, pack: Purchase
) -> None:
    """The undo of an extension and of a reinstatement, under one id: one of them is refused."""
    event, given_back = extended_by(mia, pack), reinstated_by(mia, pack)
    request_id = str(uuid4())
    assert undo_extension(desk, event, request_id=request_id).status_code == 200

    answer = press_undo(desk, given_back.pk, htmx=True, request_id=request_id)

    assert USED_BEFORE in note_on(answer)


def test_a_refusal_by_the_database_alone(mia: User, pack: Purchase) -> None:
    event = extended_by(mia, pack)
    loaded = ExpiryEvent.objects.select_related("purchase", "reversed_by").get(pk=event.pk)
    rows("UPDATE client_purchases SET expires_at = NULL")

    with pytest.raises(operations.Refused, match="changed since"):
        operations.undo_extension(member=mia.membership, event=loaded, request_id=uuid4())
