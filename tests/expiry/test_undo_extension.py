"""Undo an extension. Its member may for 15 minutes, an owner at any time, unless the expiry has
changed since."""

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
from purchases.operations.commands import UndoExtension
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.expiry.extensions import (
    EXTEND_BY_A_WEEK,
    expiry_lines,
    expiry_of,
    extend,
    extended_by,
    extension_undone_by,
    undo_extension,
)
from tests.factories import keep_signed_in, make_purchase, make_user
from tests.ledger import reinstated_by
from tests.pages import (
    AS_PAGE_AND_HTMX,
    LIST,
    USED_BEFORE,
    note_on,
    post_undo,
    the_row_on,
    undo_on,
)
from tests.purchase_kinds import DAY
from tests.times import set_clock

UNDO_WINDOW = timedelta(minutes=15)


@AS_PAGE_AND_HTMX
def test_note_of_an_extension_offers_undo(desk: Client, pack: Purchase, htmx: bool) -> None:
    answer = extend(desk, pack, days=7, htmx=htmx)
    undo_url = undo_on(answer if htmx else desk.get(LIST))
    event = ExpiryEvent.objects.get()
    assert undo_url == reverse("purchases:undo_extension", args=[event.pk])

    undone = undo_extension(desk, event, htmx=htmx)

    page = undone if htmx else desk.get(undone["Location"])
    assert pack.expires_at
    assert note_on(page) == f"Undone for Ana Ruiz: the expiry is {on_day(pack.expires_at)} again."
    assert undo_on(page) is None
    assert expiry_of(pack) == pack.expires_at
    assert the_row_on(page).normalized == the_row_on(desk.get(LIST)).normalized
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "undone"]


@pytest.mark.parametrize(
    ("after", "status"),
    [(UNDO_WINDOW - timedelta(seconds=5), 200), (UNDO_WINDOW + timedelta(seconds=5), 409)],
)
def test_staff_can_undo_for_15_minutes(
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
    [(UNDO_WINDOW, 200), (UNDO_WINDOW + timedelta(microseconds=1), 409)],
    ids=["at 15 minutes", "a microsecond later"],
)
def test_staff_can_undo_at_15_minutes_and_not_a_microsecond_later(
    desk: Client,
    mia: User,
    pack: Purchase,
    monkeypatch: pytest.MonkeyPatch,
    after: timedelta,
    status: int,
) -> None:
    event = extended_by(mia, pack)
    keep_signed_in(event.occurred_at + after)
    set_clock(monkeypatch, lambda: event.occurred_at + after)

    assert undo_extension(desk, event).status_code == status


def test_staff_undo_their_own_and_owners_undo_any_extension(
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


def test_only_owners_undo_an_extension_without_a_request(
    desk: Client, olivia: User, pack: Purchase, signed_in: SignIn
) -> None:
    """A call of the function in psql has no request, and so no member who requested it."""
    rows(f"SELECT public.{EXTEND_BY_A_WEEK}", pack.pk)
    event = ExpiryEvent.objects.get()

    assert note_on(undo_extension(desk, event)) == Refusal.NOT_YOURS.label
    assert undo_extension(signed_in(olivia), event).status_code == 200


def test_stranger_gets_404_and_accountant_403(
    mia: User, ada: User, otto: User, pack: Purchase, signed_in: SignIn
) -> None:
    event = extended_by(mia, pack)

    assert undo_extension(signed_in(otto), event).status_code == 404
    assert undo_extension(signed_in(ada), event).status_code == 403
    assert undo_extension(Client(), event, htmx=False).status_code == 302
    assert len(expiry_lines(pack)) == 1


@pytest.mark.parametrize("event_id", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_unknown_extension_is_404(desk: Client, event_id: int) -> None:
    url = reverse("purchases:undo_extension", args=[event_id])

    assert desk.post(url, {"request_id": str(uuid4())}).status_code == 404


def test_only_extensions_can_be_undone(desk: Client, mia: User, pack: Purchase) -> None:
    rows("UPDATE client_purchases SET expires_at = expires_at + interval '1 day'")
    extension_undone_by(mia, extended_by(mia, pack))

    for event in ExpiryEvent.objects.exclude(kind="extended"):
        assert undo_extension(desk, event).status_code == 404


# --- Later changes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "SET expires_at = expires_at + interval '1 day'",
        "SET expires_at = NULL",
        "SET expires_at = 'infinity'",
    ],
)
def test_expiry_changed_since_is_not_undone(
    desk: Client, mia: User, pack: Purchase, change: str
) -> None:
    event = extended_by(mia, pack)
    rows(f"UPDATE client_purchases {change}")
    before = expiry_lines(pack)

    answer = undo_extension(desk, event)

    assert (answer.status_code, note_on(answer)) == (409, Refusal.EXPIRY_CHANGED.label)
    assert expiry_lines(pack) == before


def test_expiry_changed_and_restored_is_not_undone(desk: Client, mia: User, pack: Purchase) -> None:
    event = extended_by(mia, pack)
    rows("UPDATE client_purchases SET expires_at = expires_at + interval '1 day'")
    rows("UPDATE client_purchases SET expires_at = expires_at - interval '1 day'")

    assert note_on(undo_extension(desk, event)) == Refusal.EXPIRY_CHANGED.label


def test_extensions_are_undone_in_reverse_order(desk: Client, mia: User, pack: Purchase) -> None:
    first, second = extended_by(mia, pack), extended_by(mia, pack)
    assert note_on(undo_extension(desk, first)) == Refusal.EXPIRY_CHANGED.label

    assert undo_extension(desk, second).status_code == 200
    assert undo_extension(desk, second).status_code == 409, "an extension is undone once"
    assert undo_extension(desk, first).status_code == 200

    assert expiry_of(pack) == pack.expires_at
    undone = ExpiryEvent.objects.filter(kind="undone").order_by("pk")
    assert [event.reverses_id for event in undone] == [second.pk, first.pk]


def test_extension_after_an_undo_can_be_undone(mia: User, pack: Purchase) -> None:
    extension_undone_by(mia, extended_by(mia, pack))
    again = extended_by(mia, pack)
    extension_undone_by(mia, again)

    assert expiry_of(pack) == pack.expires_at


def test_undo_works_on_an_expired_pack(desk: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, expires_at=timezone.now() - 90 * DAY)
    extend(desk, pack, days=14)

    assert undo_extension(desk, ExpiryEvent.objects.get()).status_code == 200
    assert expiry_of(pack) == pack.expires_at


# --- Repeated requests ----------------------------------------------------------------------------


def test_repeated_undo_replays_the_response(
    desk: Client, mia: User, pack: Purchase, later: Callable[[timedelta], None]
) -> None:
    event, request_id = extended_by(mia, pack), str(uuid4())
    first = undo_extension(desk, event, request_id=request_id)
    extended_by(mia, pack, days=30)
    later(DAY)

    again = undo_extension(desk, event, request_id=request_id)

    assert (again.status_code, note_on(again)) == (200, note_on(first))
    assert [kind for kind, *_ in expiry_lines(pack)] == ["extended", "undone", "extended"]


def test_repeated_refused_undo_replays_the_refusal(desk: Client, mia: User, pack: Purchase) -> None:
    first, second = extended_by(mia, pack), extended_by(mia, pack)
    request_id = str(uuid4())
    refusal = undo_extension(desk, first, request_id=request_id)
    extension_undone_by(mia, second)

    again = undo_extension(desk, first, request_id=request_id)

    assert (again.status_code, note_on(again)) == (409, note_on(refusal))
    assert undo_extension(desk, first).status_code == 200, "a new request id is a new request"


def test_request_id_of_an_extension_undo_cannot_undo_a_reinstatement(
    desk: Client, mia: User, pack: Purchase
) -> None:
    """The event ids of both ledgers may be equal, so the request id must not match by event id."""
    event, reinstatement = extended_by(mia, pack), reinstated_by(mia, pack)
    request_id = str(uuid4())
    assert undo_extension(desk, event, request_id=request_id).status_code == 200

    answer = post_undo(desk, reinstatement.pk, htmx=True, request_id=request_id)

    assert USED_BEFORE in note_on(answer)


def test_refusal_by_the_database(mia: User, pack: Purchase) -> None:
    event = extended_by(mia, pack)
    loaded = ExpiryEvent.objects.select_related("purchase", "reversed_by").get(pk=event.pk)
    rows("UPDATE client_purchases SET expires_at = NULL")

    with pytest.raises(operations.Refused, match="changed since"):
        operations.undo_extension(
            member=mia.membership, event=loaded, command=UndoExtension(request_id=uuid4())
        )
