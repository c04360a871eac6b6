"""Reinstate within and beyond the allowance, for one pack or many. tests/approvals/ tests the
owner's approval, test_races.py concurrent requests."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.cancelled_class.process import process_chunk
from purchases.cancelled_class.results import results
from purchases.models import Org, Purchase, Refusal, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE, allow, reinstate_times
from tests.cancelled_class.lists import create_list_by
from tests.conftest import SignIn
from tests.factories import make_client, make_purchase
from tests.ledger import used_by
from tests.pages import AS_PAGE_AND_HTMX, html_of, note_on, post_action, the_row_on, words_on
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
def test_staff_beyond_the_allowance_are_refused_and_nothing_changes(
    desk: Client, mia: User, olivia: User, northside: Org, pack: Purchase, htmx: bool
) -> None:
    allow(northside, 2)
    reinstate_times(mia, pack, times=2)

    answer = post_action(desk, "reinstate", pack, htmx=htmx, reason=LATE, note="again")

    assert answer.status_code == 409
    message = "3rd in 30 days for Ana Ruiz: late cancel forgiven. The allowance is 2."
    assert message in words_on(answer)
    assert the_row_on(answer).used == "3" == str(used(pack))
    request = SessionRequest.objects.latest("asked_at")
    assert (request.refusal, request.note) == ("over_allowance", "again")
    assert request.event is None


def test_refusal_without_a_reason_says_so(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0, reason="")

    answer = post_action(desk, "reinstate", pack, htmx=True)

    message = "1st in 30 days for Ana Ruiz, no reason given. The allowance is 0."
    assert note_on(answer) == message


def test_refusal_escapes_the_client_name(desk: Client, olivia: User, northside: Org) -> None:
    allow(northside, 0)
    client = make_client(org=northside, name="<img src=x onerror=alert(1)>")
    pack = make_purchase(org=northside, client=client)

    answer = post_action(desk, "reinstate", pack, htmx=True, reason=LATE)

    assert "<img" not in html_of(answer)
    assert "for <img src=x onerror=alert(1)>:" in note_on(answer)


@AS_PAGE_AND_HTMX
def test_refusal_replays_even_if_the_allowance_is_gone(
    desk: Client, northside: Org, pack: Purchase, htmx: bool
) -> None:
    allowance = allow(northside, 0)
    request_id = str(uuid4())
    first = post_action(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason=LATE)
    allowance.delete()

    again = post_action(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason=LATE)

    assert first.status_code == again.status_code == 409
    assert Refusal.OVER_ALLOWANCE.label in words_on(again)
    assert used(pack) == 3
    assert post_action(desk, "reinstate", pack, htmx=True, reason=LATE).status_code == 200


def test_other_refusals_take_precedence(desk: Client, northside: Org) -> None:
    allow(northside, 0)
    empty = make_purchase(org=northside, used=0)
    refunded = make_purchase(org=northside, payment_status="refunded")

    notes = [
        note_on(post_action(desk, "reinstate", p, htmx=True, reason=LATE))
        for p in (empty, refunded)
    ]

    assert notes == [Refusal.NOTHING_USED.label, Refusal.REFUNDED.label]


def test_owner_needs_no_approval_and_the_row_shows_the_count(
    signed_in: SignIn, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 1)
    allow(northside, 1, reason="")
    reinstate_times(olivia, pack, reason=None)
    browser = signed_in(olivia)

    answers = [post_action(browser, "reinstate", pack, htmx=True, reason=LATE) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert the_row_on(answers[1]).menu[2] == "Late cancel forgiven 3rd in 30 days"
    assert the_row_on(answers[1]).words.endswith("2nd in 30 days")
    assert not SessionRequest.objects.exclude(approved_by=None).exists()


def test_use_and_undo_ignore_the_allowance(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    (event,) = reinstate_times(mia, pack)
    allow(northside, 0)
    allow(northside, 0, reason="")

    undo = desk.post(reverse("purchases:undo", args=[event.pk]), {"request_id": str(uuid4())})

    assert undo.status_code == 302
    assert post_action(desk, "use", pack).status_code == 302


def test_allowance_applies_to_a_use_chosen_in_the_history(
    desk: Client, mia: User, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0)
    use = used_by(mia, pack)

    answer = post_action(desk, "reinstate", pack, reason=LATE, event=str(use.pk))

    assert answer.status_code == 409
    assert f'name="event" value="{use.pk}"' in html_of(answer)


def test_reinstate_within_the_allowance_needs_4_queries(
    desk: Client,
    mia: User,
    northside: Org,
    pack: Purchase,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    allow(northside, 2)
    reinstate_times(mia, pack)

    with django_assert_num_queries(4):
        # The queries: 1. the session with its members, 2. the purchase, 3. the lock, the count,
        # the claim and release_session, 4. the allowance use that the row shows next.
        answer = post_action(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert answer.status_code == 200


# --- Cancelled class ------------------------------------------------------------------------------


def refusals_by_client(user: User, packs: list[Purchase], reason: str) -> dict[str, str]:
    """Return the refusal of each pack, or an empty string, by the client's name."""
    class_list = create_list_by(user, *packs, reason=reason)
    process_chunk(member=user.membership, class_list=class_list)
    return {
        str(row.purchase and row.purchase.client): row.refusal_text
        for row in results(class_list, user.membership)
    }


@pytest.mark.parametrize("person", ["mia", "olivia"])
def test_cancelled_class_uses_the_same_allowance(
    mia: User, northside: Org, person: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)
    ana = make_purchase(org=northside, client=make_client(org=northside, name="Ana"))
    ben = make_purchase(org=northside, client=make_client(org=northside, name="Ben"))
    allow(northside, 1)
    reinstate_times(mia, ana)

    refusals = refusals_by_client(user, [ana, ben], LATE)

    label = Refusal.OVER_ALLOWANCE.label
    assert refusals == {"Ana": label if person == "mia" else "", "Ben": ""}
    assert (used(ana), used(ben)) == ((3, 2) if person == "mia" else (2, 2))


def test_default_reason_of_a_cancelled_class_has_no_allowance(
    mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0)
    allow(northside, 0, reason="")

    assert refusals_by_client(mia, [pack], "class_cancelled") == {"Ana Ruiz": ""}
