"""Each member of the org with a PIN may take over the desk; a wrong PIN is refused."""

import pytest
from django.test import Client

from purchases.models import Org
from studio.accounts import pins
from studio.accounts.shared_desk.people import with_letters
from studio.models import Membership, RateLimit, User
from tests.factories import PASSWORD, make_user
from tests.pages import LIST, html_of
from tests.shared_desk.people import (
    AT_DESK,
    PIN,
    WRONG,
    current_member_name,
    give_pin,
    problem_on,
    take_over,
)


def test_only_active_members_with_a_pin_are_listed(
    northside: Org, desk: Client, noah: User, olivia: User, otto: User
) -> None:
    for user in (noah, otto):
        give_pin(user)
    inactive = make_user(username="gus", org=northside)
    give_pin(inactive)
    User.objects.filter(pk=inactive.pk).update(is_active=False)

    page = html_of(desk.get(AT_DESK))

    assert page.count('type="radio"') == 1
    assert "Noah" in page


@pytest.mark.parametrize("user", ["otto", "nora", "gus"])
def test_other_users_cannot_take_over(
    shared: Client, northside: Org, user: str, request: pytest.FixtureRequest
) -> None:
    """Refuse a member of another org, a user without an org, and a colleague without a PIN."""
    make_user(username="gus", org=northside)
    if user != "gus":
        request.getfixturevalue(user)
    member = Membership.objects.filter(user__username=user).first()
    answer = shared.post(AT_DESK, {"who": member.pk if member else 0, "secret": PASSWORD})
    assert problem_on(answer) == "This person can no longer use this desk. Choose your name."
    assert current_member_name(shared) == "Mia"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Choose your name, then type your PIN."),
        ({"who": "x"}, "This person can no longer use this desk. Choose your name."),
        ({"secret": "9" * 201}, "at most 200 characters"),
        ({"secret": "40\x0071"}, "Null characters are not allowed"),
    ],
)
def test_invalid_form_shows_an_error_and_counts_no_try(
    shared: Client, noah: User, typed: dict[str, str], problem: str
) -> None:
    data = {"who": str(noah.membership.pk), "secret": PIN} | typed if typed else {"next": LIST}
    assert problem in problem_on(shared.post(AT_DESK, data))
    assert not RateLimit.objects.exists()


@pytest.mark.parametrize("htmx", [False, True])
def test_wrong_pin_shows_the_tries_left(shared: Client, noah: User, htmx: bool) -> None:
    problems = [problem_on(take_over(shared, noah, WRONG, htmx=htmx)) for _ in range(4)]
    assert problems == [
        "That is not Noah’s PIN. 4 tries left.",
        "That is not Noah’s PIN. 3 tries left.",
        "That is not Noah’s PIN. 2 tries left.",
        "That is not Noah’s PIN. 1 try left.",
    ]
    assert current_member_name(shared) == "Mia"


def test_fifth_wrong_pin_locks_out_the_member_not_the_desk(
    shared: Client, noah: User, olivia: User
) -> None:
    for _ in range(4):
        take_over(shared, noah, WRONG)
    for secret in (WRONG, PIN):
        problem = problem_on(take_over(shared, noah, secret))
        assert problem == (
            "Too many wrong tries: Noah can try again in 30 seconds. Other people can continue. "
            "An owner can unlock Noah."
        )
    assert current_member_name(shared) == "Mia"
    take_over(shared, olivia)
    assert current_member_name(shared) == "Olivia"


def test_wrong_pins_do_not_end_the_turn_of_the_acting_member(shared: Client, noah: User) -> None:
    take_over(shared, noah)
    for _ in range(5):
        pins.verify(noah.membership, WRONG)
    assert current_member_name(shared) == "Noah"


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
def test_each_member_has_a_unique_letter(northside: Org, names: list[str], letters: str) -> None:
    members = [make_user(username=name, org=northside).membership for name in names]
    assert [member.letter or " " for member in with_letters(members)] == list(letters)
