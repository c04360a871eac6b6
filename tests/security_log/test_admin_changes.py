"""Changes of accounts in the admin leave an event, with the person who made them."""

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.accounts import rate_limit
from studio.accounts.limits import ACCOUNT
from studio.accounts.origin import UNKNOWN
from studio.models import Membership, SecurityEvent, Session, User
from tests.conftest import SignIn
from tests.links import choose as choose_password
from tests.links import link_on
from tests.security_log.log import Event, events
from tests.shared_desk.people import give_pin

MEMBERS = reverse("admin:studio_membership_changelist")
USERS = reverse("admin:studio_user_changelist")


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


@pytest.fixture
def superuser(db: None, signed_in: SignIn) -> Client:
    return signed_in(User.objects.create_superuser("sue"))


def choose(browser: Client, url: str, action: str, pk: int, **more: str) -> None:
    """Run an action of a list on one row."""
    chosen = {"action": action, "_selected_action": [pk], **more}
    assert browser.post(url, chosen).status_code == 302


def user_form(user: User, **changed: object) -> dict[str, object]:
    """Return the fields of an account's form. None leaves a checkbox out."""
    member = Membership.objects.filter(user=user).first()
    fields = {
        "username": user.username,
        "first_name": user.first_name,
        "is_active": "on",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 1 if member else 0,
        "memberships-0-id": member.pk if member else "",
        "memberships-0-user": user.pk,
        "memberships-0-org": member.org_id if member else "",
        "memberships-0-role": member.role if member else "",
    }
    return {name: field for name, field in (fields | changed).items() if field is not None}


def change_user(browser: Client, user: User, **changed: object) -> None:
    url = reverse("admin:studio_user_change", args=[user.pk])
    assert browser.post(url, user_form(user, **changed)).status_code == 302


def test_an_owner_clears_a_pin_and_ends_a_wait_and_sessions(mia: User, owner: Client) -> None:
    member = give_pin(mia)
    for _ in range(ACCOUNT.tries):
        rate_limit.check("mia", UNKNOWN, lambda: False)
    for action in ("clear_pins", "lift_lockouts", "lift_lockouts", "sign_out_everywhere"):
        choose(owner, MEMBERS, action, member.pk)

    assert events()[ACCOUNT.tries :] == [
        Event("pin_cleared", "mia", "olivia", "admin"),
        Event("tries_reset", "mia", "olivia", "admin"),
        Event("session_ended", "mia", "olivia", "admin"),
    ]


def test_an_owner_changes_a_role(mia: User, owner: Client) -> None:
    url = reverse("admin:studio_membership_change", args=[mia.membership.pk])
    for role in ("owner", "owner"):
        assert owner.post(url, {"role": role}).status_code == 302

    assert events() == [Event("role_changed", "mia", "olivia", "admin", "staff to owner")]


def test_a_superuser_adds_and_removes_a_membership(
    nora: User, northside: Org, superuser: Client
) -> None:
    form = {"user": nora.pk, "org": northside.pk, "role": "staff"}
    superuser.post(reverse("admin:studio_membership_add"), form)
    member = Membership.objects.get(user=nora)
    url = reverse("admin:studio_membership_delete", args=[member.pk])
    superuser.post(url, {"post": "yes"})
    superuser.post(reverse("admin:studio_membership_add"), form)
    member = Membership.objects.get(user=nora)
    choose(superuser, MEMBERS, "delete_selected", member.pk, post="yes")

    begun = Event("role_changed", "nora", "sue", "admin", "none to staff")
    ended = Event("role_changed", "nora", "sue", "admin", "staff to none")
    assert events() == [begun, ended, begun, ended]
    assert {event.org for event in SecurityEvent.objects.all()} == {northside}


def test_a_superuser_moves_a_member_to_another_studio(
    mia: User, northside: Org, southside: Org, superuser: Client
) -> None:
    change_user(superuser, mia, **{"memberships-0-org": southside.pk})

    assert events() == [
        Event("role_changed", "mia", "sue", "admin", "staff to none"),
        Event("role_changed", "mia", "sue", "admin", "none to staff"),
    ]
    assert [event.org for event in SecurityEvent.objects.order_by("pk")] == [northside, southside]


def test_a_superuser_switches_an_account_off_and_on(mia: User, superuser: Client) -> None:
    Client().force_login(mia)
    change_user(superuser, mia, is_active=None)
    assert not Session.objects.filter(user=mia).exists()
    change_user(superuser, mia)
    change_user(superuser, mia, is_superuser="on")
    change_user(superuser, mia, is_superuser="on", first_name="Mia L")
    change_user(superuser, mia, **{"memberships-0-role": "owner"})

    assert events() == [
        Event("switched_off", "mia", "sue", "admin"),
        Event("switched_on", "mia", "sue", "admin"),
        Event("role_changed", "mia", "sue", "admin", "staff to staff+superuser"),
        Event("role_changed", "mia", "sue", "admin", "staff+superuser to owner"),
    ]


def test_a_superuser_adds_and_deletes_accounts(northside: Org, superuser: Client) -> None:
    form = {
        "username": "eve",
        "first_name": "Eve",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-org": northside.pk,
        "memberships-0-role": "owner",
    }
    assert "Eve" in superuser.post(reverse("admin:studio_user_add"), form).text
    eve = User.objects.get(username="eve")
    assert events() == [
        Event("account_added", "eve", "sue", "admin", "owner"),
        Event("invited", "eve", "sue", "admin"),
    ]
    superuser.post(reverse("admin:studio_user_delete", args=[eve.pk]), {"post": "yes"})

    deleted = SecurityEvent.objects.latest("pk")
    assert (deleted.kind, deleted.detail) == ("account_deleted", "owner")
    assert (deleted.account_id, deleted.org) == (eve.pk, northside)
    page = superuser.get(reverse("admin:studio_securityevent_changelist")).text
    assert f"deleted account {eve.pk}" in page


def test_a_link_and_the_password_that_it_sets_are_recorded(
    mia: User, nora: User, owner: Client, superuser: Client
) -> None:
    """A superuser makes a link for an account without a studio, an owner for a colleague."""
    chosen = {"action": "make_links", "_selected_action": [mia.membership.pk]}
    choose_password(Client(), link_on(owner.post(MEMBERS, chosen)))
    superuser.post(USERS, {"action": "make_links", "_selected_action": [nora.pk]})
    superuser.post(USERS, {"action": "make_links", "_selected_action": [mia.pk]})

    assert events() == [
        Event("link_made", "mia", "olivia", "admin"),
        Event("password_changed", "mia", "mia", "link"),
        Event("link_made", "nora", "sue", "admin"),
    ]


def test_an_invitation_its_password_and_its_end_are_recorded(northside: Org, owner: Client) -> None:
    add = reverse("admin:studio_membership_add")
    page = owner.post(add, {"first_name": "Eve", "username": "eve", "role": "staff"})
    owner.post(add, {"first_name": "Ivo", "username": "ivo", "role": "staff"})
    choose_password(Client(), link_on(page))
    ivo = Membership.objects.get(user__first_name="Ivo")
    choose(owner, MEMBERS, "withdraw_invitations", ivo.pk)

    assert [event for event in events() if event.account] == [
        Event("account_added", "eve", "olivia", "admin", "staff"),
        Event("invited", "eve", "olivia", "admin"),
        Event("password_changed", "eve", "eve", "link"),
        Event("signed_in", "eve", "eve", "link"),
    ]
    last = SecurityEvent.objects.latest("pk")
    assert (last.kind, last.account_id, last.org) == ("account_deleted", ivo.user_id, northside)


def test_a_superuser_ends_the_sessions_of_a_member(mia: User, superuser: Client) -> None:
    choose(superuser, USERS, "sign_out_everywhere", mia.pk)
    assert events() == [Event("session_ended", "mia", "sue", "admin")]
