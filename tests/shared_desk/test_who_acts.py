"""Who is at the desk: whose rights hold, whose name an act carries, and when somebody is out."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org, Purchase, SessionRequest
from studio.models import Membership, User
from studio.shared_desk import codes
from studio.shared_desk.people import with_letters
from tests.factories import PASSWORD, make_purchase, make_purchases, make_user
from tests.packs import used
from tests.pages import LIST, html_of, note_on, press, rows_on, the_row_on, words_on
from tests.shared_desk.people import (
    CODE,
    WHO,
    WRONG,
    give_code,
    lock_after,
    problem_on,
    take_over,
    who_is_at_the_desk,
)


@pytest.fixture
def noah(northside: Org) -> User:
    return make_user(username="noah", org=northside)


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside)


@pytest.fixture
def shared(mia: User, noah: User, olivia: User, ada: User, desk: Client) -> Client:
    """Mia signed the computer in; all four have a code."""
    for user in (mia, noah, olivia, ada):
        give_code(user)
    return desk


def test_a_code_changes_who_acts_and_every_act_carries_the_name(
    shared: Client, mia: User, noah: User, pack: Purchase
) -> None:
    assert who_is_at_the_desk(shared) == "Mia"
    press(shared, "reinstate", pack)
    assert take_over(shared, noah)["Location"] == LIST
    assert who_is_at_the_desk(shared) == "Noah"
    press(shared, "use", pack)
    take_over(shared, mia)
    assert who_is_at_the_desk(shared) == "Mia"
    press(shared, "use", pack)

    acts = SessionRequest.objects.order_by("asked_at").values_list("operation", "actor")
    assert [*acts] == [("reinstate", mia.pk), ("use", noah.pk), ("use", mia.pk)]


def test_they_act_with_their_own_rights(
    shared: Client, ada: User, olivia: User, pack: Purchase
) -> None:
    take_over(shared, ada)
    assert the_row_on(shared.get(LIST)).buttons == []
    assert press(shared, "reinstate", pack).status_code == 403

    take_over(shared, olivia)
    assert press(shared, "reinstate", pack).status_code == 302
    assert used(pack) == 2


def test_the_name_stands_in_the_header_and_beside_the_buttons(
    shared: Client, noah: User, pack: Purchase
) -> None:
    take_over(shared, noah)
    assert "At the desk: Noah" in words_on(shared.get(LIST))
    assert "Noah is at the desk" in words_on(shared.get(LIST))
    client_page = reverse("purchases:client_detail", args=[pack.client_id])
    assert "At the desk: Noah" in words_on(shared.get(client_page))


def test_a_desk_without_codes_is_as_it_was(desk: Client, noah: User) -> None:
    html = html_of(desk.get(LIST))
    assert "At the desk: Mia" in words_on(desk.get(LIST))
    assert "<dialog" in html
    assert 'id="who-is-here"' not in html
    assert "shared_desk.js" not in html
    assert "is at the desk" not in html


def test_everybody_with_a_code_is_listed_and_nobody_else(
    northside: Org, desk: Client, noah: User, olivia: User, otto: User
) -> None:
    for user in (noah, otto):
        give_code(user)
    gone = make_user(username="gus", org=northside)
    give_code(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    page = html_of(desk.get(WHO))

    assert page.count('type="radio"') == 1
    assert "Noah" in page


@pytest.mark.parametrize("user", ["otto", "nora", "gus"])
def test_nobody_else_can_act(
    shared: Client, northside: Org, user: str, request: pytest.FixtureRequest
) -> None:
    """Of another org, of none, and a colleague without a code who did not sign in here."""
    make_user(username="gus", org=northside)
    if user != "gus":
        request.getfixturevalue(user)
    who = Membership.objects.filter(user__username=user).first()
    answer = shared.post(WHO, {"who": who.pk if who else 0, "secret": PASSWORD})
    assert problem_on(answer) == "They can't act at this desk any more. Choose who you are."
    assert who_is_at_the_desk(shared) == "Mia"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Choose who you are, then type your code."),
        ({"who": "x"}, "They can't act at this desk any more. Choose who you are."),
        ({"secret": "9" * 201}, "at most 200 characters"),
        ({"secret": "40\x0071"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_read_is_said_and_counts_as_no_try(
    shared: Client, noah: User, typed: dict[str, str], problem: str
) -> None:
    sent = {"who": str(noah.membership.pk), "secret": CODE} | typed if typed else {"next": LIST}
    assert problem in problem_on(shared.post(WHO, sent))
    noah.membership.refresh_from_db()
    assert noah.membership.wrong_tries == 0


# --- A wrong code ---------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_code_says_how_many_tries_are_left(shared: Client, noah: User, htmx: bool) -> None:
    said = [problem_on(take_over(shared, noah, WRONG, htmx=htmx)) for _ in range(4)]
    assert said == [
        "That is not Noah’s code. 4 tries left.",
        "That is not Noah’s code. 3 tries left.",
        "That is not Noah’s code. 2 tries left.",
        "That is not Noah’s code. 1 try left.",
    ]
    assert who_is_at_the_desk(shared) == "Mia"


def test_the_fifth_locks_the_person_out_and_not_the_desk(
    shared: Client, noah: User, olivia: User
) -> None:
    for _ in range(4):
        take_over(shared, noah, WRONG)
    for secret in (WRONG, CODE):
        told = problem_on(take_over(shared, noah, secret))
        assert told.startswith("Noah is locked out until ")
        assert told.endswith(". Others can go on; an owner can lift it.")
    assert who_is_at_the_desk(shared) == "Mia"
    take_over(shared, olivia)
    assert who_is_at_the_desk(shared) == "Olivia"
    assert "locked out until" in words_on(shared.get(WHO))


def test_who_acts_already_stays_where_others_try_their_code(shared: Client, noah: User) -> None:
    take_over(shared, noah)
    for _ in range(5):
        codes.confirms(noah.membership, WRONG)
    assert who_is_at_the_desk(shared) == "Noah"


# --- Who is out -----------------------------------------------------------------------------------


def change_role(noah: User) -> None:
    Membership.objects.filter(user=noah).update(role="accountant_readonly")


def change_code(noah: User) -> None:
    give_code(noah, "50821")


def clear_code(noah: User) -> None:
    codes.clear_code(noah.membership)


def close_account(noah: User) -> None:
    User.objects.filter(pk=noah.pk).update(is_active=False)


def remove(noah: User) -> None:
    Membership.objects.filter(user=noah).delete()


def move_away(noah: User) -> None:
    elsewhere = Org.objects.create(name="Southside Yoga", slug="southside-yoga")
    Membership.objects.filter(user=noah).update(org=elsewhere)


@pytest.mark.parametrize(
    "what", [change_role, change_code, clear_code, close_account, remove, move_away]
)
def test_whose_role_or_code_has_changed_is_out_at_the_next_request(
    shared: Client, noah: User, pack: Purchase, what: Callable[[User], None]
) -> None:
    take_over(shared, noah)
    what(noah)

    answer = press(shared, "reinstate", pack)

    assert answer["Location"].startswith(WHO)
    assert used(pack) == 3
    assert who_is_at_the_desk(shared) is None
    page = words_on(shared.get(WHO))
    assert "The role or the code of who was here has changed." in page


def test_where_who_signed_in_is_removed_nobody_acts_any_more(
    shared: Client, mia: User, noah: User
) -> None:
    take_over(shared, noah)
    Membership.objects.filter(user=mia).delete()
    assert shared.get(LIST).status_code == 403


def test_signing_out_ends_it_for_everybody(shared: Client, noah: User) -> None:
    take_over(shared, noah)
    shared.post(reverse("logout"))
    assert shared.get(LIST)["Location"].startswith(reverse("login"))


# --- Where it goes on -----------------------------------------------------------------------------


def test_the_next_person_is_where_the_last_one_was_without_the_search(
    shared: Client, mia: User, noah: User
) -> None:
    page = f"{LIST}?q=ana&state=active"
    assert take_over(shared, mia, page=page)["Location"] == page, "the same person goes on"
    assert take_over(shared, noah, page=page)["Location"] == f"{LIST}?state=active"
    answer = take_over(shared, mia, page=page, htmx=True)
    assert answer["HX-Redirect"] == f"{LIST}?state=active"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "x", ""])
def test_no_other_site_comes_next(shared: Client, noah: User, elsewhere: str) -> None:
    assert take_over(shared, noah, page=elsewhere)["Location"] == reverse("home")


@pytest.mark.parametrize("htmx", [False, True])
def test_a_page_that_was_made_for_somebody_else_presses_nothing(
    shared: Client, mia: User, noah: User, pack: Purchase, htmx: bool
) -> None:
    """Another window of the same browser: it still says Mia."""
    row = the_row_on(shared.get(LIST)).html
    assert f'name="by" value="{mia.pk}"' in row
    take_over(shared, noah)

    answer = press(shared, "reinstate", pack, htmx=htmx, by=str(mia.pk))

    assert answer.headers.get("HX-Redirect" if htmx else "Location")
    assert used(pack) == 3
    told = "Nothing was changed: Noah is at the desk now. Press again if it is for you to do."
    assert note_on(shared.get(LIST)) == told
    press(shared, "reinstate", pack, by=str(noah.pk))
    assert used(pack) == 2


def test_nor_does_a_list_of_a_cancelled_class(
    shared: Client, mia: User, noah: User, pack: Purchase
) -> None:
    take_over(shared, noah)
    url = reverse("purchases:reinstate_all", args=[uuid4()])
    sent = {"purchase": [str(pack.pk)], "reason": "class_cancelled"}
    shared.post(url, sent | {"by": str(mia.pk)})
    assert used(pack) == 3
    page = html_of(shared.get(reverse("purchases:cancelled_class")))
    assert f'name="by" value="{noah.pk}"' in page
    shared.post(url, sent | {"by": str(noah.pk)})
    assert used(pack) == 2


# --- The letters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "letters"),
    [
        (["mia", "noah", "olivia"], "mno"),
        (["ada", "amy", "ann"], "amn"),
        (["bo", "ob", "oob"], "bo "),
        (["Ñandú", "noa"], "ñn"),
        (["Дарья", "2pac"], "дp"),
    ],
)
def test_each_has_a_letter_of_their_own(northside: Org, names: list[str], letters: str) -> None:
    members = [make_user(username=name, org=northside).membership for name in names]
    assert [each.letter or " " for each in with_letters(members)] == list(letters)


# --- What it costs --------------------------------------------------------------------------------


def test_the_desk_takes_no_more_queries_when_shared(
    northside: Org,
    shared: Client,
    noah: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lock_after(northside, 5)
    make_purchases(org=northside, count=3)
    take_over(shared, noah)

    with django_assert_max_num_queries(5):
        # The session, its user, both memberships, the mark, the purchases.
        assert len(rows_on(shared.get(LIST))) == 3


def test_nor_does_a_press(
    northside: Org,
    shared: Client,
    noah: User,
    pack: Purchase,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lock_after(northside, 5)
    take_over(shared, noah)

    with django_assert_max_num_queries(5):
        # The session, its user, both memberships, the purchase, the claim.
        press(shared, "reinstate", pack, htmx=True, by=str(noah.pk))
    assert used(pack) == 2
