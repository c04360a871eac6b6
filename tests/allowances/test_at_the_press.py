"""The allowance at the press, of one pack or of many. What an owner does beyond it is in
tests/owners_step/, two desks at once in test_races.py."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.cancelled_class.process import process_chunk
from purchases.cancelled_class.results import results
from purchases.models import Org, Purchase, Refusal, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE, allow, given_back
from tests.cancelled_class.lists import written_by
from tests.conftest import SignIn
from tests.factories import make_client, make_purchase
from tests.ledger import used_by
from tests.pages import AS_PAGE_AND_HTMX, html_of, note_on, press, the_row_on, words_on
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
def test_beyond_the_allowance_staff_are_refused_in_words_and_nothing_changes(
    desk: Client, mia: User, olivia: User, northside: Org, pack: Purchase, htmx: bool
) -> None:
    allow(northside, 2)
    given_back(mia, pack, times=2)

    answer = press(desk, "reinstate", pack, htmx=htmx, reason=LATE, note="again")

    assert answer.status_code == 409
    says = "3rd in 30 days for Ana Ruiz: late cancel forgiven. The allowance is 2."
    assert says in words_on(answer)
    assert the_row_on(answer).used == "3" == str(used(pack))
    request = SessionRequest.objects.latest("asked_at")
    assert (request.objection, request.note) == ("over_allowance", "again")
    assert not hasattr(request, "event")


def test_without_a_reason_it_says_that_none_was_given(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0, reason="")

    answer = press(desk, "reinstate", pack, htmx=True)

    says = "1st in 30 days for Ana Ruiz, no reason given. The allowance is 0."
    assert note_on(answer) == says


def test_the_name_of_the_client_is_text_in_it(desk: Client, olivia: User, northside: Org) -> None:
    allow(northside, 0)
    client = make_client(org=northside, name="<img src=x onerror=alert(1)>")
    pack = make_purchase(org=northside, client=client)

    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)

    assert "<img" not in html_of(answer)
    assert "for <img src=x onerror=alert(1)>:" in note_on(answer)


@AS_PAGE_AND_HTMX
def test_the_refusal_replays_when_it_would_be_possible_by_now(
    desk: Client, northside: Org, pack: Purchase, htmx: bool
) -> None:
    allowance = allow(northside, 0)
    request_id = str(uuid4())
    first = press(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason=LATE)
    allowance.delete()

    again = press(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason=LATE)

    assert first.status_code == again.status_code == 409
    assert Refusal.OVER_ALLOWANCE.label in words_on(again)
    assert used(pack) == 3
    assert press(desk, "reinstate", pack, htmx=True, reason=LATE).status_code == 200


def test_a_pack_that_cannot_be_reinstated_is_refused_for_that(desk: Client, northside: Org) -> None:
    allow(northside, 0)
    empty = make_purchase(org=northside, used=0)
    refunded = make_purchase(org=northside, payment_status="refunded")

    said = [note_on(press(desk, "reinstate", p, htmx=True, reason=LATE)) for p in (empty, refunded)]

    assert said == [Refusal.NOTHING_USED.label, Refusal.REFUNDED.label]


def test_an_owner_needs_nobody_and_the_row_still_says_how_often(
    signed_in: SignIn, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 1)
    allow(northside, 1, reason="")
    given_back(olivia, pack, reason=None)
    browser = signed_in(olivia)

    answers = [press(browser, "reinstate", pack, htmx=True, reason=LATE) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert the_row_on(answers[1]).menu[2] == "Late cancel forgiven 3rd in 30 days"
    assert the_row_on(answers[1]).words.endswith("2nd in 30 days")
    assert not SessionRequest.objects.exclude(approved_by=None).exists()


def test_use_and_undo_know_no_allowance(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    (event,) = given_back(mia, pack)
    allow(northside, 0)
    allow(northside, 0, reason="")

    undo = desk.post(reverse("purchases:undo", args=[event.pk]), {"request_id": str(uuid4())})

    assert undo.status_code == 302
    assert press(desk, "use", pack).status_code == 302


def test_in_the_history_the_exact_visit_is_held_to_it_too(
    desk: Client, mia: User, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0)
    visit = used_by(mia, pack)

    answer = press(desk, "reinstate", pack, reason=LATE, event=str(visit.pk))

    assert answer.status_code == 409
    assert f'name="event" value="{visit.pk}"' in html_of(answer)


def test_a_press_within_the_allowance_takes_4_queries(
    desk: Client,
    mia: User,
    northside: Org,
    pack: Purchase,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    allow(northside, 2)
    given_back(mia, pack)

    with django_assert_num_queries(4):
        # 1. the session, with its people 2. the purchase
        # 3. the lock, the count, the claim and release_session 4. what the row says next time
        answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert answer.status_code == 200


# --- A class was cancelled ------------------------------------------------------------------------


def pressed_for_many(user: User, packs: list[Purchase], reason: str) -> dict[str, str]:
    """What came of each, by the client's name."""
    written = written_by(user, *packs, reason=reason)
    process_chunk(member=user.membership, written=written)
    return {str(each.purchase and each.purchase.client): each.why_not for each in results(written)}


@pytest.mark.parametrize("person", ["mia", "olivia"])
def test_a_cancelled_class_goes_by_the_same_allowance(
    mia: User, northside: Org, person: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)
    ana = make_purchase(org=northside, client=make_client(org=northside, name="Ana"))
    ben = make_purchase(org=northside, client=make_client(org=northside, name="Ben"))
    allow(northside, 1)
    given_back(mia, ana)

    came = pressed_for_many(user, [ana, ben], LATE)

    label = Refusal.OVER_ALLOWANCE.label
    assert came == {"Ana": label if person == "mia" else "", "Ben": ""}
    assert (used(ana), used(ben)) == ((3, 2) if person == "mia" else (2, 2))


def test_its_usual_reason_is_free(mia: User, northside: Org, pack: Purchase) -> None:
    allow(northside, 0)
    allow(northside, 0, reason="")

    assert pressed_for_many(mia, [pack], "class_cancelled") == {"Ana Ruiz": ""}
