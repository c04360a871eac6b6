"""Extend: a pack can be used for longer, by so many days or until a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases import operations
from purchases.forms import CHOOSE_A_DAY, OUT_OF_DATE, SAY_WHY, TOO_FAR_AHEAD
from purchases.models import ExpiryEvent, Objection, Org, Purchase, SessionRequest
from purchases.operations.expiry import end_of
from purchases.templatetags.desk import on_day
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.database import rows, value
from tests.extensions import (
    end_of_the_day,
    expiry_lines,
    expiry_of,
    extend,
    extended_by,
)
from tests.factories import make_purchase
from tests.pages import (
    DOORS,
    LIST,
    USED_BEFORE,
    html_of,
    note_on,
    press,
    refused,
    the_row_on,
    undo_on,
    words_on,
)

DAY = timedelta(days=1)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """It expires in five days."""
    return make_purchase(org=northside, expires_at=timezone.now() + 5 * DAY)


@pytest.fixture
def expired(northside: Org) -> Purchase:
    return make_purchase(org=northside, expires_at=timezone.now() - 20 * DAY)


# --- How long -------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [7, 14, 30])
def test_days_count_from_the_expiry_to_the_end_of_that_day(
    desk: Client, pack: Purchase, days: int
) -> None:
    answer = extend(desk, pack, days=days)

    until = end_of_the_day(days, after=pack.expires_at)
    assert expiry_lines(pack) == [("extended", pack.expires_at, until)]
    assert expiry_of(pack) == until
    assert note_on(answer) == f"Extended for Ana Ruiz: good until {on_day(until)}."


@pytest.mark.parametrize("days", [7, 14, 30])
def test_of_an_expired_pack_they_count_from_today(
    desk: Client, expired: Purchase, days: int
) -> None:
    extend(desk, expired, days=days)

    assert expiry_of(expired) == end_of_the_day(days)


def test_until_a_day_is_until_its_end(desk: Client, pack: Purchase) -> None:
    until = end_of_the_day(40)

    extend(desk, pack, until=until.date().isoformat())

    assert expiry_of(pack) == until
    request = SessionRequest.objects.get()
    assert (request.operation, request.extend_days, request.extend_until) == (
        "extend",
        None,
        until.date(),
    )


def test_the_day_of_the_expiry_itself_is_later_than_its_noon(desk: Client, northside: Org) -> None:
    noon = end_of_the_day(5) - timedelta(hours=12)
    pack = make_purchase(org=northside, expires_at=noon)

    assert extend(desk, pack, until=noon.date().isoformat()).status_code == 200
    assert expiry_of(pack) == end_of_the_day(5)


@pytest.mark.parametrize(
    ("zone", "expires", "days", "then"),
    [
        # In UTC these are still the day before.
        ("Australia/Sydney", "2031-01-13 08:00", 7, "2031-01-20 23:59:59"),
        ("America/New_York", "2031-01-12 20:00", 7, "2031-01-19 23:59:59"),
        # Over the days of 23 and of 25 hours in Sydney.
        ("Australia/Sydney", "2031-10-01 12:00", 7, "2031-10-08 23:59:59"),
        ("Australia/Sydney", "2031-04-01 12:00", 7, "2031-04-08 23:59:59"),
        ("Australia/Sydney", "2031-03-30 23:59:59", 7, "2031-04-06 23:59:59"),
        # The clock is turned back over midnight, or forward from it: of two midnights the first
        # one ends the day before, and of two seconds before it the second one ends the day.
        ("Atlantic/Azores", "2031-10-18 12:00", 7, "2031-10-25 23:59:59"),
        ("America/Santiago", "2031-03-29 12:00", 7, "2031-04-05 23:59:59+1"),
        ("America/Santiago", "2031-08-30 12:00", 7, "2031-09-06 23:59:59"),
    ],
)
def test_a_day_is_one_where_the_studio_is(
    northside: Org, mia: User, zone: str, expires: str, days: int, then: str
) -> None:
    there = ZoneInfo(zone)
    expires_at = datetime.fromisoformat(expires).replace(tzinfo=there)
    pack = make_purchase(org=northside, expires_at=expires_at)

    with timezone.override(there):
        extended_by(mia, pack, days=days)

    second, _, later = then.partition("+")
    expected = datetime.fromisoformat(second).replace(tzinfo=there, fold=int(later or 0))
    assert expiry_of(pack) == expected.astimezone(UTC)
    with timezone.override(there):
        assert end_of(expected.date()).astimezone(UTC) == expected.astimezone(UTC)


def test_days_that_were_pressed_count_and_a_day_left_in_the_field_does_not(
    desk: Client, pack: Purchase
) -> None:
    extend(desk, pack, days=7, until=end_of_the_day(90).date().isoformat())

    assert expiry_of(pack) == end_of_the_day(7, after=pack.expires_at)
    assert SessionRequest.objects.get().extend_until is None


# --- What is refused ------------------------------------------------------------------------------


def test_it_never_shortens(desk: Client, pack: Purchase) -> None:
    answer = extend(desk, pack, until=timezone.localdate().isoformat())

    assert refused(answer) == Objection.NOT_LATER.label
    assert expiry_lines(pack) == []


@pytest.mark.parametrize("until", ["0001-01-01", "1999-12-31", "yesterday"])
def test_a_day_that_is_past_is_refused(desk: Client, expired: Purchase, until: str) -> None:
    if until == "yesterday":
        until = (timezone.localdate() - DAY).isoformat()

    assert refused(extend(desk, expired, until=until)) == Objection.PAST.label
    assert expiry_lines(expired) == []


@pytest.mark.parametrize("never", [None, "'infinity'", "'9999-12-31'"])
def test_a_pack_that_never_expires_has_nothing_to_extend(
    desk: Client, northside: Org, never: str | None
) -> None:
    pack = make_purchase(org=northside)
    if never:
        rows(f"UPDATE client_purchases SET expires_at = {never}")
    before = expiry_lines(pack)

    for fields in ({"days": 7}, {"until": end_of_the_day(30).date().isoformat()}):
        assert refused(extend(desk, pack, **fields)) == Objection.NEVER_EXPIRES.label
    assert expiry_lines(pack) == before


def test_a_pack_since_minus_infinity_is_expired_and_can_be_extended(
    desk: Client, pack: Purchase
) -> None:
    rows("UPDATE client_purchases SET expires_at = '-infinity'")

    assert extend(desk, pack, days=7).status_code == 200
    assert expiry_of(pack) == end_of_the_day(7)


def test_a_refunded_pack_is_refused(desk: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, payment_status="refunded", expires_at=timezone.now() - DAY)

    assert refused(extend(desk, pack, days=7)) == Objection.REFUNDED.label
    assert expiry_lines(pack) == []


HOSTILE: list[tuple[dict[str, str], Any]] = [
    ({}, CHOOSE_A_DAY),
    ({"days": ""}, CHOOSE_A_DAY),
    ({"days": "0"}, OUT_OF_DATE),
    ({"days": "-1"}, OUT_OF_DATE),
    ({"days": "8"}, OUT_OF_DATE),
    ({"days": "1000"}, OUT_OF_DATE),
    ({"days": str(10**30)}, OUT_OF_DATE),
    ({"days": "7.0"}, OUT_OF_DATE),
    ({"days": "\0"}, OUT_OF_DATE),
    ({"until": "9999-12-31"}, TOO_FAR_AHEAD),
    ({"until": "2206-01-01"}, TOO_FAR_AHEAD),
    ({"until": "10000-01-01"}, CHOOSE_A_DAY),
    ({"until": "2027-02-30"}, CHOOSE_A_DAY),
    ({"until": "infinity"}, CHOOSE_A_DAY),
    ({"until": "tomorrow"}, CHOOSE_A_DAY),
    ({"days": "7", "request_id": "7"}, OUT_OF_DATE),
    ({"days": "7", "request_id": ""}, OUT_OF_DATE),
    ({"days": "7", "note": "x" * 501}, "Shorten the note: 500 characters at most."),
]


@DOORS
@pytest.mark.parametrize(("fields", "says"), HOSTILE)
def test_what_cannot_be_read_is_400_and_changes_nothing(
    desk: Client, pack: Purchase, fields: dict[str, str], says: Any, htmx: bool
) -> None:
    answer = extend(desk, pack, htmx=htmx, **fields)

    assert answer.status_code == 400
    assert str(says) in words_on(answer)
    assert (expiry_lines(pack), SessionRequest.objects.count()) == ([], 0)


def test_a_pack_that_another_program_changed_after_it_was_loaded(mia: User, pack: Purchase) -> None:
    Purchase.objects.update(expires_at=None)

    with pytest.raises(operations.Refused, match="has just changed"):
        operations.extend(member=mia.membership, purchase=pack, request_id=uuid4(), days=7)
    assert pack.expires_at is None, "it carries what stands"


# --- Who and why ----------------------------------------------------------------------------------


def test_the_note_says_why(desk: Client, mia: User, pack: Purchase) -> None:
    extend(desk, pack, days=7, note="ill for a week")

    request = ExpiryEvent.objects.get().request
    assert request is not None
    assert (request.actor, request.note, request.extend_days) == (mia, "ill for a week", 7)


def test_a_studio_that_asks_for_reasons_asks_here_too(
    desk: Client, northside: Org, pack: Purchase
) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    answer = extend(desk, pack, days=7)
    assert (answer.status_code, str(SAY_WHY) in words_on(answer)) == (400, True)

    assert extend(desk, pack, days=7, note="ill").status_code == 200
    assert len(expiry_lines(pack)) == 1


def test_what_was_asked_before_a_reason_was_mandatory_keeps_its_answer(
    desk: Client, northside: Org, pack: Purchase
) -> None:
    request_id = str(uuid4())
    first = extend(desk, pack, days=7, request_id=request_id)
    Policy.objects.create(org=northside, reason_is_mandatory=True)

    assert note_on(extend(desk, pack, days=7, request_id=request_id)) == note_on(first)


def test_who_may(
    mia: User, olivia: User, ada: User, otto: User, pack: Purchase, signed_in: SignIn
) -> None:
    people = {mia: 200, olivia: 200, ada: 403, otto: 404}
    for person, status in people.items():
        assert extend(signed_in(person), pack, days=7).status_code == status, person
    assert len(expiry_lines(pack)) == 2


# --- The answer -----------------------------------------------------------------------------------


@DOORS
def test_the_answer_is_the_row_with_the_new_expiry_and_a_way_back(
    desk: Client, pack: Purchase, htmx: bool
) -> None:
    answer = extend(desk, pack, days=7, htmx=htmx)
    if not htmx:
        assert (answer.status_code, answer["Location"]) == (302, LIST)
    page = answer if htmx else desk.get(LIST)

    event = ExpiryEvent.objects.get()
    assert undo_on(page) == reverse("purchases:undo_extension", args=[event.pk])
    assert the_row_on(page).lasting == the_row_on(desk.get(LIST)).lasting
    assert f"{event.expires_at:%Y}-" in the_row_on(page).html


def test_a_press_takes_6_queries_at_most(
    desk: Client, pack: Purchase, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # 1. the session 2. its user 3. their membership with its org 4. the purchase with client and
    # offer 5. the claim, with extend_expiry 6. where it is refused: what stands
    for fields in ({"days": 7}, {"until": timezone.localdate().isoformat()}):
        with django_assert_max_num_queries(6):
            extend(desk, pack, **fields)


def test_the_name_of_the_client_is_text_in_the_note(desk: Client, pack: Purchase) -> None:
    pack.client.full_name = "<img src=x onerror=alert(1)>"
    pack.client.save()

    assert "<img" not in html_of(extend(desk, pack, days=7))


# --- Again ----------------------------------------------------------------------------------------


@DOORS
def test_the_same_press_again_gets_the_same_answer_and_counts_once(
    desk: Client, mia: User, pack: Purchase, htmx: bool
) -> None:
    request_id = str(uuid4())
    first = extend(desk, pack, days=7, htmx=htmx, request_id=request_id)
    extended_by(mia, pack, days=30)

    again = extend(desk, pack, days=7, htmx=htmx, request_id=request_id)

    assert again.status_code == first.status_code == (200 if htmx else 302)
    assert len(expiry_lines(pack)) == 2
    if htmx:
        assert (note_on(again), undo_on(again)) == (note_on(first), undo_on(first))


@pytest.mark.parametrize(
    ("impossible", "possible", "fields"),
    [
        ({"expires_at": None}, {"expires_at": timezone.now() + DAY}, {"days": "7"}),
        (
            {"payment_status": "refunded"},
            {"payment_status": "succeeded"},
            {"until": date.today().replace(year=date.today().year + 1).isoformat()},
        ),
    ],
)
def test_a_refusal_stays_one(
    desk: Client,
    pack: Purchase,
    impossible: dict[str, Any],
    possible: dict[str, Any],
    fields: dict[str, Any],
) -> None:
    Purchase.objects.update(**impossible)
    request_id = str(uuid4())
    first = refused(extend(desk, pack, request_id=request_id, **fields))
    Purchase.objects.update(**possible)
    before = expiry_lines(pack)

    assert refused(extend(desk, pack, request_id=request_id, **fields)) == first
    assert expiry_lines(pack) == before
    assert extend(desk, pack, **fields).status_code == 200, "a new press is a new request"


def test_a_refusal_by_the_database_alone_replays_as_it_was(mia: User, pack: Purchase) -> None:
    asked: dict[str, Any] = {"member": mia.membership, "request_id": uuid4(), "days": 7}
    Purchase.objects.update(expires_at=None)
    for _ in range(2):
        with pytest.raises(operations.Refused, match="has just changed"):
            operations.extend(purchase=pack, **asked)
        pack.expires_at = timezone.now() + DAY
        Purchase.objects.update(expires_at=pack.expires_at)
    assert {kind for kind, *_ in expiry_lines(pack)} == {"corrected"}


@pytest.mark.parametrize("other", ["days", "until", "purchase", "operation", "actor"])
def test_its_id_does_nothing_else(
    desk: Client, olivia: User, northside: Org, pack: Purchase, signed_in: SignIn, other: str
) -> None:
    request_id = str(uuid4())
    extend(desk, pack, days=7, request_id=request_id)
    before = rows("SELECT * FROM client_purchases")
    another = make_purchase(org=northside, expires_at=pack.expires_at)

    match other:
        case "days":
            answer = extend(desk, pack, days=14, request_id=request_id)
        case "until":
            until = end_of_the_day(90).date().isoformat()
            answer = extend(desk, pack, until=until, request_id=request_id)
        case "purchase":
            answer = extend(desk, another, days=7, request_id=request_id)
        case "operation":
            answer = press(desk, "reinstate", pack, htmx=True, request_id=request_id)
        case _:
            answer = extend(signed_in(olivia), pack, days=7, request_id=request_id)

    assert USED_BEFORE in refused(answer)
    assert rows("SELECT * FROM client_purchases WHERE id = %s", pack.pk) == before


def test_an_extension_is_one_statement(
    mia: User, pack: Purchase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        operations.extend(member=mia.membership, purchase=pack, request_id=uuid4(), days=7)
    assert pack.expires_at == value("SELECT expires_at FROM client_purchases")
