"""“Extend 1 expired packs” extends each expired pack of a finished list once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import CancelledClass, ExpiryEvent, Org, Purchase, SessionRequest
from studio.models import Policy, User
from tests.cancelled_class.lists import create_list_by, make_done_list
from tests.cancelled_class.pages import detail, extend_packs, undo_list
from tests.expiry.extensions import end_of_the_day, expiry_of
from tests.factories import make_purchase, make_purchases
from tests.pages import html_of, send, words_on

BUTTONS = "+7 days"


def make_expired(org: Org, count: int) -> list[Purchase]:
    expired = timezone.now() - timedelta(days=3)
    return make_purchases(org=org, count=count, expires_at=expired)


def make_expired_list(user: User, org: Org, count: int) -> tuple[CancelledClass, list[Purchase]]:
    packs = make_expired(org, count)
    return make_done_list(user, *packs), packs


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_one_click_extends_the_expired_packs_of_the_list(
    northside: Org, desk: Client, mia: User, htmx: bool
) -> None:
    expired, valid = make_expired(northside, 3), make_purchase(org=northside)
    fresh = make_purchase(org=northside, used=0, expires_at=timezone.now() - timedelta(days=1))
    class_list = make_done_list(mia, *expired, valid, fresh)
    assert "Extend 3 expired packs" in words_on(desk.get(detail(class_list.pk)))

    answer = extend_packs(desk, class_list.pk, days=7, note="Reformer 18:00", htmx=htmx)
    page = answer if htmx else desk.get(answer["Location"])

    assert {expiry_of(pack) for pack in expired} == {end_of_the_day(7)}
    assert ExpiryEvent.objects.count() == 3
    assert words_on(page).count("extended, good until") == 3
    assert BUTTONS not in words_on(page)
    requests = SessionRequest.objects.filter(operation="extend")
    assert {(each.actor, each.note, each.extend_days) for each in requests} == {
        (mia, "Reformer 18:00", 7)
    }


def test_packs_are_extended_until_a_day(northside: Org, desk: Client, mia: User) -> None:
    class_list, packs = make_expired_list(mia, northside, 2)
    until = timezone.localdate() + timedelta(days=40)

    extend_packs(desk, class_list.pk, until=until.isoformat())

    assert {expiry_of(pack) for pack in packs} == {end_of_the_day(40)}


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_extending_twice_extends_once(northside: Org, desk: Client, mia: User, htmx: bool) -> None:
    class_list, packs = make_expired_list(mia, northside, 3)

    for days in (7, 7, 30):
        extend_packs(desk, class_list.pk, days=days, htmx=htmx)

    assert {expiry_of(pack) for pack in packs} == {end_of_the_day(7)}
    assert ExpiryEvent.objects.count() == 3


def test_two_windows_that_saw_the_same_expiry_extend_once(
    northside: Org, mia: User, olivia: User
) -> None:
    """The second window read the list before the first one committed."""
    from purchases import operations
    from purchases.cancelled_class.results import results
    from purchases.operations.commands import Extend

    class_list, [pack] = make_expired_list(mia, northside, 1)
    windows = [(user, results(class_list, user.membership)[0]) for user in (mia, mia, olivia)]

    for n, (user, result) in enumerate(windows):
        assert result.purchase
        command = Extend(request_id=result.extend_request_id, days=7)
        if n == 2:
            with pytest.raises(operations.Refused):
                operations.extend(member=user.membership, purchase=result.purchase, command=command)
        else:
            operations.extend(member=user.membership, purchase=result.purchase, command=command)

    assert expiry_of(pack) == end_of_the_day(7)
    assert ExpiryEvent.objects.count() == 1


def test_htmx_extends_chunks_of_50_and_repeats_the_fields(
    northside: Org, desk: Client, mia: User
) -> None:
    class_list, packs = make_expired_list(mia, northside, 60)
    until = (timezone.localdate() + timedelta(days=9)).isoformat()

    first = extend_packs(desk, class_list.pk, until=until, note="ill", htmx=True)
    assert "Extend 10 expired packs" in words_on(first)
    assert 'data-hx-trigger="load, submit"' in html_of(first)
    assert f'name="until" value="{until}"' in html_of(first)
    assert 'name="note" value="ill"' in html_of(first)
    last = extend_packs(desk, class_list.pk, until=until, note="ill", htmx=True)

    assert "load, submit" not in html_of(last)
    assert {expiry_of(pack) for pack in packs} == {end_of_the_day(9)}


def test_extension_is_undone_from_its_row_and_can_be_made_again(
    northside: Org, desk: Client, mia: User
) -> None:
    class_list, [pack] = make_expired_list(mia, northside, 1)
    extend_packs(desk, class_list.pk, days=7)
    event = ExpiryEvent.objects.get()
    undo = reverse("purchases:undo_extension", args=[event.pk])
    assert undo in html_of(desk.get(detail(class_list.pk)))

    answer = send(desk, undo, next=detail(class_list.pk))
    page = desk.get(answer["Location"])

    assert answer["Location"] == detail(class_list.pk)
    assert expiry_of(pack) == pack.expires_at
    assert "Extend 1 expired pack" in words_on(page)
    extend_packs(desk, class_list.pk, days=14)
    assert expiry_of(pack) == end_of_the_day(14)


def test_undone_sessions_need_no_extension(northside: Org, desk: Client, mia: User) -> None:
    class_list, packs = make_expired_list(mia, northside, 2)
    undo_list(desk, class_list.pk)

    extend_packs(desk, class_list.pk, days=7)

    assert "expired pack" not in words_on(desk.get(detail(class_list.pk)))
    assert {expiry_of(pack) for pack in packs} == {packs[0].expires_at}


def test_pack_that_can_not_be_extended_is_left_out(northside: Org, desk: Client, mia: User) -> None:
    class_list, packs = make_expired_list(mia, northside, 2)
    Purchase.objects.filter(pk=packs[0].pk).update(payment_status="refunded")

    page = words_on(desk.get(detail(class_list.pk)))

    assert "Extend 1 expired pack" in page


def test_unfinished_list_offers_no_extension(northside: Org, desk: Client, mia: User) -> None:
    class_list = create_list_by(mia, *make_expired(northside, 2))

    assert "expired pack" not in words_on(desk.get(detail(class_list.pk)))


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Choose a number of days, or a date."),
        ({"days": 8}, "This page is out of date."),
        ({"until": "2026-13-01"}, "Choose a number of days, or a date."),
        ({"until": "2020-01-01"}, "That date is past."),
        ({"until": "3026-01-01"}, "Choose a date within the next five years."),
        ({"days": 7, "note": "x" * 501}, "Shorten the note"),
    ],
)
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
def test_invalid_extension_changes_nothing(
    northside: Org, desk: Client, mia: User, htmx: bool, fields: dict[str, object], error: str
) -> None:
    class_list, packs = make_expired_list(mia, northside, 1)

    answer = extend_packs(desk, class_list.pk, htmx=htmx, **fields)

    assert answer.status_code == 400
    assert error in words_on(answer)
    assert expiry_of(packs[0]) == packs[0].expires_at


def test_note_is_required_if_the_studio_requires_reasons(
    northside: Org, desk: Client, mia: User
) -> None:
    class_list, packs = make_expired_list(mia, northside, 1)
    Policy.objects.create(org=northside, reason_is_mandatory=True)

    answer = extend_packs(desk, class_list.pk, days=7)
    assert answer.status_code == 400
    assert "Write a reason: your studio requires one." in words_on(answer)
    extend_packs(desk, class_list.pk, days=7, note="Reformer 18:00")

    assert expiry_of(packs[0]) == end_of_the_day(7)
