"""Who may take over: everybody with a code of theirs, and nobody by a wrong one."""

import pytest
from django.test import Client

from purchases.models import Org
from studio.accounts import pins
from studio.accounts.shared_desk.people import with_letters
from studio.models import Membership, User
from tests.factories import PASSWORD, make_user
from tests.pages import LIST, html_of, words_on
from tests.shared_desk.people import (
    PIN,
    WHO,
    WRONG,
    give_pin,
    problem_on,
    take_over,
    who_is_at_the_desk,
)


def test_everybody_with_a_code_is_listed_and_nobody_else(
    northside: Org, desk: Client, noah: User, olivia: User, otto: User
) -> None:
    for user in (noah, otto):
        give_pin(user)
    gone = make_user(username="gus", org=northside)
    give_pin(gone)
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
    assert problem_on(answer) == "This person can no longer use this desk. Choose your name."
    assert who_is_at_the_desk(shared) == "Mia"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Choose your name, then type your PIN."),
        ({"who": "x"}, "This person can no longer use this desk. Choose your name."),
        ({"secret": "9" * 201}, "at most 200 characters"),
        ({"secret": "40\x0071"}, "Null characters are not allowed"),
    ],
)
def test_what_cannot_be_read_is_said_and_counts_as_no_try(
    shared: Client, noah: User, typed: dict[str, str], problem: str
) -> None:
    sent = {"who": str(noah.membership.pk), "secret": PIN} | typed if typed else {"next": LIST}
    assert problem in problem_on(shared.post(WHO, sent))
    noah.membership.refresh_from_db()
    assert noah.membership.wrong_tries == 0


@pytest.mark.parametrize("htmx", [False, True])
def test_a_wrong_code_says_how_many_tries_are_left(shared: Client, noah: User, htmx: bool) -> None:
    said = [problem_on(take_over(shared, noah, WRONG, htmx=htmx)) for _ in range(4)]
    assert said == [
        "That is not Noah’s PIN. 4 tries left.",
        "That is not Noah’s PIN. 3 tries left.",
        "That is not Noah’s PIN. 2 tries left.",
        "That is not Noah’s PIN. 1 try left.",
    ]
    assert who_is_at_the_desk(shared) == "Mia"


def test_the_fifth_locks_the_person_out_and_not_the_desk(
    shared: Client, noah: User, olivia: User
) -> None:
    for _ in range(4):
        take_over(shared, noah, WRONG)
    for secret in (WRONG, PIN):
        told = problem_on(take_over(shared, noah, secret))
        assert told.startswith("Noah is locked out until ")
        assert told.endswith(". Other people can continue. An owner can unlock it.")
    assert who_is_at_the_desk(shared) == "Mia"
    take_over(shared, olivia)
    assert who_is_at_the_desk(shared) == "Olivia"
    assert "locked out until" in words_on(shared.get(WHO))


def test_who_acts_already_stays_where_others_try_their_code(shared: Client, noah: User) -> None:
    take_over(shared, noah)
    for _ in range(5):
        pins.verify(noah.membership, WRONG)
    assert who_is_at_the_desk(shared) == "Noah"


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
