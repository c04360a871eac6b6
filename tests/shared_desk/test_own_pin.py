"""Each member sets their own PIN with their password. An owner can clear a PIN, not read it."""

import pytest
from django.test import Client
from django.urls import reverse

from studio.accounts import pins, rate_limit
from studio.accounts.limits import ACCOUNT
from studio.models import Membership, Pin, User
from tests.factories import PASSWORD
from tests.pages import LIST, html_of, words_on
from tests.shared_desk.people import PIN, WRONG, current_member_name, give_pin, take_over

PAGE = reverse("own_pin")
NEW = "50821"


def set_pin(browser: Client, **typed: str) -> object:
    return browser.post(PAGE, {"password": PASSWORD, "pin": NEW, "again": NEW} | typed)


def test_member_sets_a_pin(mia: User, desk: Client) -> None:
    assert PAGE in html_of(desk.get(LIST))
    page = desk.post(PAGE, {"password": PASSWORD, "pin": NEW, "again": NEW}, follow=True)
    assert "Your PIN is set" in words_on(page)
    assert pins.verify(Membership.objects.get(user=mia), NEW)


def test_new_pin_replaces_the_old_one(mia: User, desk: Client) -> None:
    member = give_pin(mia)
    set_pin(desk)
    assert not pins.verify(member, PIN)
    assert pins.verify(member, NEW)


def test_acting_member_changes_their_own_pin(mia: User, olivia: User, desk: Client) -> None:
    give_pin(mia)
    give_pin(olivia)
    take_over(desk, olivia)
    set_pin(desk)
    assert current_member_name(desk) == "Olivia"
    assert pins.verify(Membership.objects.get(user=olivia), NEW)
    assert pins.verify(Membership.objects.get(user=mia), PIN)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"password": "not it"}, "That is not the password."),
        ({"password": ""}, "Type your password."),
        ({"password": PIN}, "That is not the password."),
        ({"pin": "", "again": ""}, "Type the new PIN."),
        ({"pin": "1234", "again": "1234"}, "A PIN of digits in a row"),
        ({"pin": "0000", "again": "0000"}, "A PIN of one repeated digit"),
        ({"pin": "508", "again": "508"}, "A PIN has 4 to 8 digits"),
        ({"again": "50822"}, "The two PINs are different."),
    ],
)
def test_invalid_pin_form_shows_an_error_and_changes_nothing(
    mia: User, desk: Client, typed: dict[str, str], problem: str
) -> None:
    member = give_pin(mia)
    before = member.pin.hash
    page = desk.post(PAGE, {"password": PASSWORD, "pin": NEW, "again": NEW} | typed)
    assert problem in words_on(page)
    assert NEW not in html_of(page), "the page does not repeat the PIN"
    assert Pin.objects.get(membership=member).hash == before


def test_wrong_passwords_count_towards_the_lockout(mia: User, desk: Client) -> None:
    member = give_pin(mia)
    for _ in range(ACCOUNT.tries):
        page = desk.post(PAGE, {"password": "not it", "pin": NEW, "again": NEW})
    assert "Too many wrong tries: Mia can try again in" in words_on(page)
    assert "Too many wrong tries: Mia can try again in" in words_on(
        desk.post(PAGE, {"password": PASSWORD, "pin": NEW, "again": NEW})
    )
    assert rate_limit.lift("mia")
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


def test_owner_clears_a_pin_and_cannot_read_it(mia: User, owner: Client) -> None:
    member = give_pin(mia)
    form = html_of(owner.get(reverse("admin:studio_membership_change", args=[member.pk])))
    assert member.pin.hash not in form
    assert "The PIN of Mia is cleared." in choose(owner, "clear_pins", member)
    assert not Pin.objects.exists()


def test_owner_unlocks_a_locked_out_member(mia: User, owner: Client) -> None:
    member = give_pin(mia)
    for _ in range(ACCOUNT.tries):
        pins.verify(member, WRONG)
    assert "Mia is unlocked." in choose(owner, "lift_lockouts", member)
    assert pins.verify(member, PIN)


@pytest.mark.parametrize("action", ["clear_pins", "lift_lockouts"])
def test_only_an_owner_of_the_org_manages_pins(
    mia: User, ada: User, otto: User, desk: Client, action: str
) -> None:
    member = give_pin(ada)
    for _ in range(ACCOUNT.tries):
        pins.verify(member, WRONG)
    stranger = Client()
    stranger.force_login(otto)
    for browser in (desk, stranger):
        choose(browser, action, member)
    assert Pin.objects.filter(membership=member).exists()
    assert rate_limit.waits_until("ada")


@pytest.mark.parametrize(("minutes", "status"), [("5", 302), ("", 302), ("0", 200), ("481", 200)])
def test_owner_sets_the_idle_time(olivia: User, owner: Client, minutes: str, status: int) -> None:
    chosen = {"desk_locks_after_minutes": minutes, "time_zone": "UTC", "language": ""}
    answer = owner.post(reverse("admin:studio_policy_add"), chosen)
    assert answer.status_code == status
    if status == 200:
        assert "Choose 1 to 480 minutes, or leave it empty." in words_on(answer)
        return
    olivia.membership.org.refresh_from_db()
    assert olivia.membership.org.policy.desk_locks_after_minutes == (int(minutes or 0) or None)


# --- Access to the admin --------------------------------------------------------------------------

ADMIN_PAGES = ["/admin/", "/admin/purchases/purchase/", "/admin/password_change/"]


@pytest.mark.parametrize("page", ADMIN_PAGES)
def test_pin_does_not_open_the_admin(mia: User, olivia: User, desk: Client, page: str) -> None:
    """A PIN opens the admin neither for another member nor for the member who signed in. The
    password does."""
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
    assert current_member_name(desk) == "Mia"


def test_admin_is_read_only_for_another_acting_member(
    mia: User, olivia: User, owner: Client
) -> None:
    give_pin(mia)
    take_over(owner, mia)
    answer = owner.post(reverse("admin:studio_policy_add"), {"desk_locks_after_minutes": "5"})
    assert answer.status_code == 403
    assert not hasattr(olivia.membership.org, "policy")


def test_superuser_by_pin_has_no_superuser_rights(
    mia: User, desk: Client, northside: object
) -> None:
    sue = User.objects.create_superuser("sue", password=PASSWORD)
    Membership.objects.create(user=sue, org=mia.membership.org, role="owner")
    give_pin(sue)
    take_over(desk, sue)
    assert current_member_name(desk) == "sue"
    assert desk.get("/admin/studio/user/").status_code == 403
