"""Owners invite people and make links for members of their own studio, in the admin.

Nobody types the password of another person.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail as outbox
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from purchases.models import Org
from studio.accounts import mail
from studio.accounts.links import may_make_link
from studio.models import Membership, User
from tests.admin_forms import errors
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_user
from tests.links import LINK, NEW, choose, link_of, link_on, make_invited
from tests.pages import LIST, html_of, words_on

INVITE = reverse("admin:studio_membership_add")
MEMBERS = reverse("admin:studio_membership_changelist")
USERS = reverse("admin:studio_user_changelist")
NINA = {"first_name": "Nina", "last_name": "Vega", "email": "", "username": "nina", "role": "staff"}
# The fixture of pytest-django that runs the functions which wait for the commit.
Commit = Callable[..., Any]


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


@pytest.fixture
def sue(db: None) -> User:
    return User.objects.create_superuser("sue")


@pytest.fixture
def sends_email(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SENDS_EMAIL = True
    monkeypatch.setattr(mail, "in_background", lambda task: task())


def make_links(browser: Client, *users: User, model: str = MEMBERS) -> HttpResponseBase:
    ids = [user.pk if model == USERS else Membership.objects.get(user=user).pk for user in users]
    return browser.post(model, {"action": "make_links", "_selected_action": ids}, follow=True)


# --- Invitations ----------------------------------------------------------------------------------


def test_an_owner_invites_a_person_who_chooses_the_password(owner: Client, northside: Org) -> None:
    page = owner.post(INVITE, NINA)

    nina = User.objects.get(first_name="Nina")
    assert (nina.membership.org, nina.membership.role) == (northside, "staff")
    assert not nina.has_usable_password()
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.is_addition()) == (str(nina.membership.pk), True)
    assert "It is shown only here." in words_on(page)
    browser = Client()
    assert choose(browser, link_on(page))["Location"] == reverse("home")
    assert "At the desk: Nina" in words_on(browser.get(LIST))


def test_the_link_is_sent_by_email_and_not_shown(
    owner: Client, sends_email: None, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        page = owner.post(INVITE, NINA | {"email": "nina@example.com", "username": ""})

    assert LINK.findall(html_of(page)) == []
    assert "is on its way to nina@example.com" in words_on(page)
    (message,) = outbox.outbox
    assert (message.to, message.subject) == (
        ["nina@example.com"],
        "Your invitation to Northside Pilates",
    )
    assert "Your user name is: nina@example.com" in message.body
    (link,) = LINK.findall(str(message.body))
    assert choose(Client(), link)["Location"] == reverse("home")


def test_a_person_without_an_email_gets_the_link_from_the_owner(
    owner: Client, sends_email: None
) -> None:
    assert link_on(owner.post(INVITE, NINA))


def test_no_email_is_sent_for_an_invitation_that_is_not_stored(
    owner: Client, sends_email: None, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(INVITE, NINA | {"email": "nina@example.com", "role": "king"})

    assert outbox.outbox == []
    assert not User.objects.filter(first_name="Nina").exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"username": "mia"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "nina vega"}, "username"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "Ni\u202ena"}, "first_name"),
        ({"email": "nina"}, "email"),
        ({"email": "nina@example.com\nBcc: eve@example.com"}, "email"),
        ({"role": "superuser"}, "role"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused(
    owner: Client, mia: User, typed: dict[str, str], field: str
) -> None:
    assert field in errors(owner.post(INVITE, NINA | typed))
    assert User.objects.count() == 2
    assert Membership.objects.count() == 2


def test_an_owner_invites_into_their_own_studio_and_grants_nothing_more(
    owner: Client, northside: Org, southside: Org, mia: User
) -> None:
    crafted = {"org": southside.pk, "user": mia.pk, "is_superuser": "on", "password": "x" * 12}

    owner.post(INVITE, NINA | crafted)

    nina = User.objects.get(first_name="Nina")
    assert nina.membership.org == northside
    assert (nina.is_superuser, nina.is_staff, nina.has_usable_password()) == (False, False, False)
    assert Membership.objects.get(user=mia).org == northside


@pytest.mark.parametrize("name", ["mia", "ada", "nora"])
def test_only_an_owner_invites(
    signed_in: SignIn, northside: Org, name: str, request: pytest.FixtureRequest
) -> None:
    browser = signed_in(request.getfixturevalue(name))
    assert browser.get(INVITE).status_code == 403
    assert browser.post(INVITE, NINA).status_code == 403
    assert not User.objects.filter(first_name="Nina").exists()


def test_an_invited_person_cannot_sign_in_before(owner: Client) -> None:
    owner.post(INVITE, NINA)
    stored = User.objects.get(first_name="Nina").password
    for password in ("", stored, stored[1:], "None"):
        answer = Client().post(reverse("login"), {"username": "nina", "password": password})
        assert answer.status_code == 200


def test_a_new_link_ends_the_former_invitation(owner: Client, mia: User) -> None:
    former = link_of(make_invited(mia))

    link = link_on(make_links(owner, mia))

    assert "does not work any more" in words_on(Client().get(former))
    assert choose(Client(), link)["Location"] == reverse("home")


def test_an_owner_withdraws_an_invitation(owner: Client, olivia: User, mia: User) -> None:
    page = owner.post(INVITE, NINA)
    link = link_on(page)
    nina = User.objects.get(first_name="Nina")
    ids = [nina.membership.pk, mia.membership.pk, olivia.membership.pk]

    form = {"action": "withdraw_invitations", "_selected_action": ids}
    answer = words_on(owner.post(MEMBERS, form, follow=True))

    assert "The invitation of Nina is withdrawn." in answer
    assert "Mia has no invitation that you can withdraw." in answer
    assert {user.username for user in User.objects.all()} == {"olivia", "mia"}
    assert "does not work any more" in words_on(Client().get(link))
    assert [entry.is_deletion() for entry in LogEntry.objects.order_by("pk")] == [False, True]


def test_no_invitation_of_another_studio_can_be_withdrawn(owner: Client, sara: User) -> None:
    make_invited(sara)
    form = {"action": "withdraw_invitations", "_selected_action": [sara.membership.pk]}
    owner.post(MEMBERS, form)
    assert User.objects.filter(pk=sara.pk).exists()


# --- Links for a new password ---------------------------------------------------------------------


def test_an_owner_makes_a_link_for_a_member_which_is_recorded(
    owner: Client, olivia: User, mia: User
) -> None:
    page = make_links(owner, mia)

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (olivia, str(mia.membership.pk))
    assert entry.change_message == "Made a link to choose a password."
    link = link_on(page)
    assert link not in entry.change_message
    assert choose(Client(), link)["Location"] == reverse("login")
    signed_in = Client().post(reverse("login"), {"username": "mia", "password": NEW})
    assert signed_in.status_code == 302


def test_a_link_that_is_not_used_changes_nothing(owner: Client, mia: User) -> None:
    make_links(owner, mia)
    signed_in = Client().post(reverse("login"), {"username": "mia", "password": PASSWORD})
    assert signed_in.status_code == 302


@pytest.mark.parametrize("change", ["own", "superuser", "inactive"])
def test_an_owner_cannot_make_a_link_for(
    owner: Client, olivia: User, mia: User, change: str
) -> None:
    match change:
        case "superuser":
            User.objects.filter(pk=mia.pk).update(is_superuser=True)
        case "inactive":
            User.objects.filter(pk=mia.pk).update(is_active=False)
    page = make_links(owner, olivia if change == "own" else mia)
    assert "You cannot make a link for" in words_on(page)
    assert LINK.findall(html_of(page)) == []
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("name", ["mia", "ada", "otto"])
def test_nobody_else_makes_a_link(
    signed_in: SignIn, olivia: User, name: str, request: pytest.FixtureRequest
) -> None:
    page = make_links(signed_in(request.getfixturevalue(name)), olivia)
    assert LINK.findall(html_of(page)) == []
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("maker", "person", "may"),
    [
        ("olivia", "mia", True),
        ("olivia", "other owner", True),
        ("olivia", "invited", True),
        ("olivia", "olivia", False),
        ("olivia", "otto", False),
        ("olivia", "nora", False),
        ("olivia", "sue", False),
        ("mia", "ada", False),
        ("mia", "invited", False),
        ("ada", "mia", False),
        ("otto", "mia", False),
        ("otto", "invited", False),
        ("nora", "mia", False),
        ("sue", "nora", True),
        ("sue", "mia", False),
        ("sue", "invited", True),
        ("sue", "sue", False),
        ("super mia", "ada", True),
        ("super mia", "otto", False),
        ("super mia", "sue", True),
    ],
)
def test_who_may_make_a_link_for_whom(
    maker: str,
    person: str,
    may: bool,
    northside: Org,
    olivia: User,
    mia: User,
    ada: User,
    otto: User,
    nora: User,
    sue: User,
) -> None:
    if maker == "super mia":
        mia.is_superuser = True
        mia.save()
    people = {user.username: user for user in (olivia, mia, ada, otto, nora, sue)}
    people |= {
        "super mia": mia,
        "other owner": make_user(username="oscar", org=northside, role="owner"),
        "invited": make_invited(make_user(username="ivo", org=northside)),
    }
    assert may_make_link(people[maker], people[person]) is may


# --- Superusers -----------------------------------------------------------------------------------

ACCOUNT = {
    "username": "nina",
    "first_name": "Nina",
    "memberships-TOTAL_FORMS": 1,
    "memberships-INITIAL_FORMS": 0,
    "memberships-0-role": "owner",
}


def test_a_superuser_invites_the_first_owner_of_a_studio(
    sue: User, signed_in: SignIn, southside: Org
) -> None:
    form = ACCOUNT | {"memberships-0-org": southside.pk, "password1": NEW, "password2": NEW}

    page = signed_in(sue).post(reverse("admin:studio_user_add"), form)

    nina = User.objects.get(first_name="Nina")
    assert not nina.has_usable_password()
    browser = Client()
    choose(browser, link_on(page))
    assert "Southside Yoga" in words_on(browser.get(LIST))


def test_a_superuser_makes_links_for_some_accounts_only(
    sue: User, signed_in: SignIn, nora: User, mia: User
) -> None:
    browser = signed_in(sue)
    assert link_on(make_links(browser, nora, model=USERS))
    for model in (USERS, MEMBERS):
        page = make_links(browser, mia, model=model)
        assert "You cannot make a link for Mia." in words_on(page)
        assert LINK.findall(html_of(page)) == []


def test_nobody_types_the_password_of_another_person(
    sue: User, signed_in: SignIn, mia: User, olivia: User
) -> None:
    pages = [
        signed_in(sue).get(reverse("admin:studio_user_add")),
        signed_in(sue).get(reverse("admin:studio_user_change", args=[mia.pk])),
        signed_in(sue).get(reverse("admin:studio_membership_add")),
        signed_in(olivia).get(INVITE),
        signed_in(olivia).get(reverse("admin:studio_membership_change", args=[mia.membership.pk])),
    ]
    for page in pages:
        assert page.status_code == 200
        assert not re.search(r'<input[^>]*(type="password"|name="[^"]*password)', html_of(page))
        assert mia.password not in html_of(page)
    for browser in (signed_in(sue), signed_in(olivia)):
        url = f"{USERS}{mia.pk}/password/"
        assert 'type="password"' not in html_of(browser.get(url, follow=True))
        typed = {"password1": NEW, "password2": NEW, "usable_password": "true"}
        browser.post(url, typed, follow=True)
        change = reverse("admin:studio_user_change", args=[mia.pk])
        browser.post(change, {"username": "mia", "password": NEW, "is_active": "on"})
    assert User.objects.get(pk=mia.pk).password == mia.password
