"""Everybody sets their own code, by their password; an owner clears it and never reads it."""

import pytest
from django.test import Client
from django.urls import reverse

from studio.accounts import pins
from studio.models import Membership, User
from tests.factories import PASSWORD
from tests.pages import LIST, html_of, words_on
from tests.shared_desk.people import PIN, WRONG, give_pin, take_over, who_is_at_the_desk

PAGE = reverse("own_pin")
NEW = "50821"


def set_pin(browser: Client, **typed: str) -> object:
    return browser.post(PAGE, {"password": PASSWORD, "code": NEW, "again": NEW} | typed)


def test_a_member_sets_a_code_and_acts_by_it(mia: User, desk: Client) -> None:
    assert PAGE in html_of(desk.get(LIST))
    page = desk.post(PAGE, {"password": PASSWORD, "code": NEW, "again": NEW}, follow=True)
    assert "Your PIN is set" in words_on(page)
    assert pins.verify(Membership.objects.get(user=mia), NEW)


def test_another_code_takes_the_place_of_the_first(mia: User, desk: Client) -> None:
    member = give_pin(mia)
    set_pin(desk)
    assert not pins.verify(member, PIN)
    assert pins.verify(member, NEW)


def test_who_acts_by_code_changes_their_own_and_stays(
    mia: User, olivia: User, desk: Client
) -> None:
    give_pin(mia)
    give_pin(olivia)
    take_over(desk, olivia)
    set_pin(desk)
    assert who_is_at_the_desk(desk) == "Olivia"
    assert pins.verify(Membership.objects.get(user=olivia), NEW)
    assert pins.verify(Membership.objects.get(user=mia), PIN)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"password": "not it"}, "That is not the password."),
        ({"password": ""}, "Type your password."),
        ({"password": PIN}, "That is not the password."),
        ({"code": "", "again": ""}, "Type the new PIN."),
        ({"code": "1234", "again": "1234"}, "A PIN of digits in a row"),
        ({"code": "0000", "again": "0000"}, "A PIN of one repeated digit"),
        ({"code": "508", "again": "508"}, "A PIN has 4 to 8 digits"),
        ({"again": "50822"}, "The two PINs are different."),
    ],
)
def test_what_is_not_right_is_said_beside_it_and_nothing_changes(
    mia: User, desk: Client, typed: dict[str, str], problem: str
) -> None:
    member = give_pin(mia)
    before = member.code
    page = desk.post(PAGE, {"password": PASSWORD, "code": NEW, "again": NEW} | typed)
    assert problem in words_on(page)
    assert NEW not in html_of(page), "nothing of it comes back"
    member.refresh_from_db()
    assert member.code == before


def test_wrong_passwords_are_counted_as_wrong_codes_are(mia: User, desk: Client) -> None:
    member = give_pin(mia)
    for _ in range(pins.TRIES):
        page = desk.post(PAGE, {"password": "not it", "code": NEW, "again": NEW})
    assert "Mia is locked out until" in words_on(page)
    assert "Mia is locked out until" in words_on(
        desk.post(PAGE, {"password": PASSWORD, "code": NEW, "again": NEW})
    )
    pins.lift_lockout(member)
    assert pins.verify(member, PIN)


# --- The owner ------------------------------------------------------------------------------------

MEMBERSHIPS = reverse("admin:studio_membership_changelist")


def choose(browser: Client, action: str, *members: Membership) -> str:
    chosen = [str(member.pk) for member in members]
    answer = browser.post(MEMBERSHIPS, {"action": action, "_selected_action": chosen}, follow=True)
    return words_on(answer)


@pytest.fixture
def owner(olivia: User) -> Client:
    browser = Client()
    browser.force_login(olivia)
    return browser


def test_an_owner_clears_a_code_and_cannot_read_it(mia: User, owner: Client) -> None:
    member = give_pin(mia)
    form = html_of(owner.get(reverse("admin:studio_membership_change", args=[member.pk])))
    assert member.code not in form
    assert "The PIN of Mia is cleared." in choose(owner, "clear_pins", member)
    member.refresh_from_db()
    assert (member.code, member.code_digits) == ("", None)


def test_an_owner_lets_somebody_in_who_is_locked_out(mia: User, owner: Client) -> None:
    member = give_pin(mia)
    for _ in range(pins.TRIES):
        pins.verify(member, WRONG)
    assert "Mia is unlocked." in choose(owner, "lift_lockouts", member)
    assert pins.verify(member, PIN)


@pytest.mark.parametrize("action", ["clear_pins", "lift_lockouts"])
def test_neither_staff_nor_an_owner_of_another_org_does(
    mia: User, ada: User, otto: User, desk: Client, action: str
) -> None:
    member = give_pin(ada)
    for _ in range(pins.TRIES):
        pins.verify(member, WRONG)
    stranger = Client()
    stranger.force_login(otto)
    for browser in (desk, stranger):
        choose(browser, action, member)
    member.refresh_from_db()
    assert member.code
    assert member.is_locked_out


@pytest.mark.parametrize(("minutes", "status"), [("5", 302), ("", 302), ("0", 200), ("481", 200)])
def test_an_owner_sets_when_the_desk_locks(
    olivia: User, owner: Client, minutes: str, status: int
) -> None:
    chosen = {"desk_locks_after_minutes": minutes, "time_zone": "UTC", "language": ""}
    answer = owner.post(reverse("admin:studio_policy_add"), chosen)
    assert answer.status_code == status
    if status == 200:
        assert "Choose 1 to 480 minutes, or leave it empty." in words_on(answer)
        return
    olivia.membership.org.refresh_from_db()
    assert olivia.membership.org.policy.desk_locks_after_minutes == (int(minutes or 0) or None)


# --- The admin's door -----------------------------------------------------------------------------

ADMIN_PAGES = ["/admin/", "/admin/purchases/purchase/", "/admin/password_change/"]


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_no_code_opens_the_admin(mia: User, olivia: User, desk: Client, page: str) -> None:
    """Neither for an owner at somebody else's computer, nor for who signed in and came back by
    their code; the password does."""
    give_pin(mia)
    give_pin(olivia)
    assert desk.get(page).status_code == 200
    for user in (olivia, mia):
        take_over(desk, user)
        answer = desk.get(page)
        assert answer.status_code == 403
        assert "The admin asks for the password." in words_on(answer)
        assert "Password of Mia" in words_on(answer)

    take_over(desk, olivia)
    back = take_over(desk, mia, PASSWORD, page=page)

    assert back.headers["Location"] == page
    assert desk.get(page).status_code == 200
    assert who_is_at_the_desk(desk) == "Mia"


def test_nothing_is_written_there_while_somebody_else_acts(
    mia: User, olivia: User, owner: Client
) -> None:
    give_pin(mia)
    take_over(owner, mia)
    answer = owner.post(reverse("admin:studio_policy_add"), {"desk_locks_after_minutes": "5"})
    assert answer.status_code == 403
    assert not hasattr(olivia.membership.org, "policy")


def test_an_owner_by_code_is_an_owner_at_the_desk_and_no_superuser(
    mia: User, desk: Client, northside: object
) -> None:
    sue = User.objects.create_superuser("sue", password=PASSWORD)
    Membership.objects.create(user=sue, org=mia.membership.org, role="owner")
    give_pin(sue)
    take_over(desk, sue)
    assert who_is_at_the_desk(desk) == "sue"
    assert desk.get("/admin/studio/user/").status_code == 403
