"""The forgiveness policy: how often it was already, and where staff need an owner. What an owner
does then is in test_owners_step.py, two desks at once in test_allowance_races.py."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.cancelled_class.giving_back import give_back_some, write_down
from purchases.cancelled_class.results import results
from purchases.forgiveness import forgiven
from purchases.models import Objection, Org, Purchase, SessionRequest
from studio.models import Policy, User
from tests.allowances import LATE, allow, given_back, it_was
from tests.conftest import SignIn
from tests.database import rows, value
from tests.factories import make_client, make_purchase, make_purchases
from tests.ledger import fresh, undone_by, used_by
from tests.packs import used
from tests.pages import DOORS, LIST, html_of, note_on, press, rows_on, the_row_on, words_on


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, used=3)


# --- The row says how often it would be -----------------------------------------------------------


def test_the_first_time_is_worth_no_word(desk: Client, northside: Org, pack: Purchase) -> None:
    allow(northside, 2)
    allow(northside, 2, reason="")

    assert "in 30 days" not in the_row_on(desk.get(LIST)).words


def test_beside_the_button_stands_what_a_press_would_be_and_in_the_menu_what_each_reason_would(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 2)
    allow(northside, 3, reason="", days=90)
    given_back(mia, pack)
    given_back(mia, pack, reason=None, times=2)
    given_back(mia, pack, reason="class_cancelled")

    row = the_row_on(desk.get(LIST))

    assert row.words.endswith("3rd in 90 days")
    assert row.menu == [
        "Class cancelled",
        "Checked in by mistake",
        "Late cancel forgiven 2nd in 30 days",
        "Instructor absent",
        "Other",
    ]


def test_beyond_the_allowance_it_says_who_has_to_confirm(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 2)
    given_back(mia, pack, times=2)

    row = the_row_on(desk.get(LIST))

    assert row.menu[2] == "Late cancel forgiven 3rd in 30 days: owner confirms"
    assert '<small class="forgiven soon">3rd in 30 days: owner confirms</small>' in row.html


def test_an_allowance_of_none_says_so_the_first_time(
    desk: Client, northside: Org, pack: Purchase
) -> None:
    allow(northside, 0, reason="")

    assert the_row_on(desk.get(LIST)).words.endswith("1st in 30 days: owner confirms")


def test_one_day_is_a_day(desk: Client, mia: User, northside: Org, pack: Purchase) -> None:
    allow(northside, 5, reason="", days=1)
    given_back(mia, pack, reason=None)

    assert the_row_on(desk.get(LIST)).words.endswith("2nd in 1 day")


def test_where_a_reason_is_mandatory_no_press_can_be_without(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 5, reason="")
    given_back(mia, pack, reason=None)
    Policy.objects.create(org=northside, reason_is_mandatory=True)

    assert "in 30 days" not in the_row_on(desk.get(LIST)).words


def test_every_page_with_a_row_says_it(
    desk: Client, mia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 5, reason="")
    given_back(mia, pack, reason=None)
    pages = [
        LIST,
        reverse("purchases:purchase_detail", args=[pack.pk]),
        reverse("purchases:client_detail", args=[pack.client_id]),
        reverse("purchases:rows") + f"?ids={pack.pk}",
    ]

    for page in pages:
        assert "2nd in 30 days" in the_row_on(desk.get(page)).words, page
    assert "3rd in 30 days" in the_row_on(press(desk, "reinstate", pack, htmx=True)).words


# --- What counts ----------------------------------------------------------------------------------


def ordinals(user: User, pack: Purchase) -> dict[str, int]:
    found = forgiven(user.membership, [fresh(pack)])
    return {reason: said.ordinal for reason, said in found.get(pack.client_id, {}).items()}


def test_all_packs_of_the_client_count_together_whoever_gave_back(
    mia: User, olivia: User, northside: Org, pack: Purchase
) -> None:
    allow(northside, 9)
    second = make_purchase(org=northside, client=pack.client, offer=pack.offer)
    given_back(mia, second)
    given_back(olivia, second)

    assert ordinals(mia, pack) == {LATE: 3}


def test_what_was_undone_does_not_count_nor_what_was_refused(
    mia: User, desk: Client, northside: Org, pack: Purchase
) -> None:
    allow(northside, 9)
    (event,) = given_back(mia, pack)
    undone_by(mia, event)
    empty = make_purchase(org=northside, client=pack.client, used=0)
    assert press(desk, "reinstate", empty, reason=LATE).status_code == 409

    assert ordinals(mia, pack) == {}


def test_other_clients_other_studios_and_other_programs_do_not_count(
    mia: User, otto: User, northside: Org, southside: Org, pack: Purchase
) -> None:
    assert value("SELECT public.release_session(%s)", pack.pk) == 2
    allow(northside, 9)
    allow(northside, 9, reason="")
    given_back(mia, make_purchase(org=northside))
    # Another program sold the same client something in another studio.
    given_back(otto, make_purchase(org=southside, client=pack.client))

    assert ordinals(mia, pack) == {}


def test_the_allowance_of_another_studio_is_not_ours(
    mia: User, northside: Org, southside: Org, pack: Purchase
) -> None:
    allow(southside, 0)

    assert mia.membership.allowances == {}
    assert ordinals(mia, pack) == {}


@pytest.mark.parametrize(("minutes", "counts"), [(-1, True), (1, False)])
@pytest.mark.parametrize("days", [1, 30, 365])
def test_the_days_roll_by_the_minute(
    mia: User, desk: Client, northside: Org, pack: Purchase, days: int, minutes: int, counts: bool
) -> None:
    allow(northside, 1, days=days)
    (event,) = given_back(mia, pack)
    it_was(event, timedelta(days=days, minutes=minutes))

    assert ordinals(mia, pack) == ({LATE: 2} if counts else {})
    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert answer.status_code == (409 if counts else 200)


@pytest.mark.parametrize("reason", ["", *SessionRequest.Reason])
def test_each_reason_has_an_allowance_of_its_own(
    mia: User, desk: Client, northside: Org, pack: Purchase, reason: str
) -> None:
    allow(northside, 1, reason=reason)
    for other in ["", *SessionRequest.Reason]:
        if other != reason:
            given_back(mia, pack, reason=other or None, times=2)

    answers = [press(desk, "reinstate", pack, htmx=True, reason=reason) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 409]


# --- At the press ---------------------------------------------------------------------------------


@DOORS
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


@DOORS
def test_the_refusal_replays_when_it_would_be_possible_by_now(
    desk: Client, mia: User, northside: Org, pack: Purchase, htmx: bool
) -> None:
    allowance = allow(northside, 0)
    request_id = str(uuid4())
    first = press(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason=LATE)
    allowance.delete()

    again = press(desk, "reinstate", pack, htmx=htmx, request_id=request_id, reason=LATE)

    assert first.status_code == again.status_code == 409
    assert Objection.OVER_ALLOWANCE.label in words_on(again)
    assert used(pack) == 3
    assert press(desk, "reinstate", pack, htmx=True, reason=LATE).status_code == 200


def test_a_pack_that_cannot_be_reinstated_is_refused_for_that(desk: Client, northside: Org) -> None:
    allow(northside, 0)
    empty = make_purchase(org=northside, used=0)
    refunded = make_purchase(org=northside, payment_status="refunded")

    said = [note_on(press(desk, "reinstate", p, htmx=True, reason=LATE)) for p in (empty, refunded)]

    assert said == [Objection.NOTHING_USED.label, Objection.REFUNDED.label]


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


# --- A class was cancelled ------------------------------------------------------------------------


def pressed_for_many(user: User, packs: list[Purchase], reason: str) -> dict[str, str]:
    """What came of each, by the client's name."""
    written, _ = write_down(
        member=user.membership,
        list_id=uuid4(),
        purchase_ids=[pack.pk for pack in packs],
        reason=reason,
        note="",
    )
    give_back_some(member=user.membership, written=written)
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

    label = Objection.OVER_ALLOWANCE.label
    assert came == {"Ana": label if person == "mia" else "", "Ben": ""}
    assert (used(ana), used(ben)) == ((3, 2) if person == "mia" else (2, 2))


def test_its_usual_reason_is_free(mia: User, northside: Org, pack: Purchase) -> None:
    allow(northside, 0)
    allow(northside, 0, reason="")

    assert pressed_for_many(mia, [pack], "class_cancelled") == {"Ana Ruiz": ""}


# --- What it costs --------------------------------------------------------------------------------


def test_an_org_without_an_allowance_pays_no_query_and_one_with_pays_one(
    desk: Client,
    northside: Org,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_purchases(org=northside, count=50)
    with django_assert_num_queries(4):
        # 1. the session 2. its user 3. their membership with its org, policy and allowances
        # 4. the purchases
        desk.get(LIST)
    for reason in ["", *SessionRequest.Reason]:
        allow(northside, 2, reason=reason)

    with django_assert_num_queries(5):
        # 5. how often the clients of the page were given sessions back
        page = desk.get(LIST)
    assert len(rows_on(page)) == 50


def test_a_press_within_the_allowance_takes_6_queries(
    desk: Client,
    mia: User,
    northside: Org,
    pack: Purchase,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    allow(northside, 2)
    given_back(mia, pack)

    with django_assert_num_queries(6):
        # 1. the session 2. its user 3. their membership 4. the purchase
        # 5. the lock, the count, the claim and release_session 6. what the row says next time
        answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert answer.status_code == 200


def test_the_accountant_sees_none_of_it_and_it_is_not_asked(
    signed_in: SignIn,
    ada: User,
    mia: User,
    northside: Org,
    pack: Purchase,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    allow(northside, 1, reason="")
    given_back(mia, pack, reason=None)
    browser = signed_in(ada)

    with django_assert_num_queries(4):
        page = browser.get(LIST)
    assert "in 30 days" not in the_row_on(page).words


def test_what_the_rows_say_and_what_the_press_counts_is_one_function(
    mia: User, northside: Org, pack: Purchase
) -> None:
    given_back(mia, pack, times=3)

    (held,) = rows(
        "SELECT public.hold_times_given_back(%s, %s, %s, 30)", northside.pk, pack.client_id, LATE
    )
    (told,) = rows(
        "SELECT times FROM public.times_given_back(%s, ARRAY[%s], ARRAY[%s], ARRAY[30])",
        northside.pk,
        pack.client_id,
        LATE,
    )
    assert held == told == (3,)
