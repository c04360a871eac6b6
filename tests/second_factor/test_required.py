"""A studio requires a second factor for a role, and the site requires it of superusers.

They set one up before anything else.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.models import Membership, Policy, SecondFactorRole, Session, User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.links import choose as choose_password
from tests.links import link_of, make_invited
from tests.pages import LIST, html_of, words_on
from tests.second_factor.device import Device
from tests.second_factor.people import (
    ADD_APP,
    ADD_PASSKEY,
    CHECK,
    OWN,
    code,
    give_app,
    has_app,
    is_signed_in,
    options_on,
    password_typed,
    require,
    send_code,
)
from tests.second_factor.test_pages import CODE, REMOVE_APP, secret_on

Later = Callable[[timedelta], None]
POLICY = {"time_zone": "UTC", "language": "", "desk_locks_after_minutes": ""}
MUST = "Your account needs a second factor."


@pytest.fixture
def required(mia: User) -> None:
    require(mia)


# --- Signing in -----------------------------------------------------------------------------------


def test_a_person_without_a_factor_reaches_nothing_but_its_pages(mia: User, required: None) -> None:
    browser = Client()
    typed = {"username": "mia", "password": PASSWORD, "next": f"{LIST}?q=ana"}
    assert browser.post(reverse("login"), typed)["Location"] == OWN
    assert MUST in words_on(browser.get(OWN))

    for page in (LIST, reverse("home"), reverse("admin:index"), reverse("own_sessions"), CHECK):
        assert browser.get(page)["Location"].startswith(reverse("login")), page
    assert not Session.objects.filter(user=mia.pk).exists()


def test_setting_up_an_app_finishes_the_sign_in(mia: User, required: None) -> None:
    browser = password_typed(mia, next=f"{LIST}?q=ana")
    secret = secret_on(browser.get(ADD_APP))
    assert "Your password" not in words_on(browser.get(ADD_APP))

    response = browser.post(ADD_APP, {"code": code(secret)})

    assert len(CODE.findall(html_of(response))) == 10
    assert f'href="{LIST}?q=ana"' in html_of(response)
    assert is_signed_in(browser)
    assert password_typed(mia).get(CHECK).status_code == 200


def test_setting_up_a_passkey_finishes_the_sign_in(mia: User, required: None) -> None:
    browser, device = password_typed(mia), Device()
    options = options_on(browser.get(ADD_PASSKEY))
    browser.post(ADD_PASSKEY, {"name": "My phone", "passkey": device.create(options)})
    assert is_signed_in(browser)


def test_a_wrong_code_does_not_finish_the_sign_in(mia: User, required: None) -> None:
    browser = password_typed(mia)
    browser.get(ADD_APP)
    assert browser.post(ADD_APP, {"code": "12345"}).status_code == 200
    assert not is_signed_in(browser)


def test_nobody_adds_a_factor_to_an_account_that_has_got_one(mia: User, required: None) -> None:
    """A stranger who knows the password waits on the page until the person has set one up."""
    stranger, browser = password_typed(mia), password_typed(mia)
    secret = secret_on(stranger.get(ADD_APP))
    passkey_options = options_on(stranger.get(ADD_PASSKEY))
    browser.post(ADD_APP, {"code": code(secret_on(browser.get(ADD_APP)))})

    stranger.post(ADD_APP, {"code": code(secret)})
    answer = Device().create(passkey_options)
    stranger.post(ADD_PASSKEY, {"name": "x", "passkey": answer})

    assert not is_signed_in(stranger)
    assert stranger.get(OWN)["Location"].startswith(reverse("login"))


def test_setting_up_ends_after_half_an_hour(
    mia: User, required: None, now: datetime, later: Later
) -> None:
    browser = password_typed(mia)
    later(timedelta(minutes=29))
    assert browser.get(ADD_APP).status_code == 200
    later(timedelta(minutes=1))
    assert browser.get(ADD_APP)["Location"].startswith(reverse("login"))


def test_other_roles_and_studios_need_none(
    mia: User, olivia: User, otto: User, required: None
) -> None:
    assert is_signed_in(password_typed(olivia))
    assert is_signed_in(password_typed(otto))


def test_the_last_factor_of_a_required_role_stays(
    mia: User, required: None, signed_in: SignIn
) -> None:
    give_app(mia)
    response = signed_in(mia).post(REMOVE_APP, {"password": PASSWORD}, follow=True)
    assert "Your account needs a second factor. Add another one first." in words_on(response)
    assert has_app(mia)


# --- Superusers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("has_studio", [False, True])
def test_a_superuser_sets_one_up_before_anything_else(northside: Org, has_studio: bool) -> None:
    sue = User.objects.create_superuser("sue", password=PASSWORD)
    if has_studio:
        Membership.objects.create(user=sue, org=northside, role="owner")
    browser = password_typed(sue)
    assert MUST in words_on(browser.get(OWN))
    users = reverse("admin:studio_user_changelist")
    assert browser.get(users)["Location"].startswith(reverse("login"))
    assert not Session.objects.filter(user=sue.pk).exists()

    browser.post(ADD_APP, {"code": code(secret_on(browser.get(ADD_APP)))})

    assert browser.get(users).status_code == 200
    assert "Add another one first." in words_on(
        browser.post(REMOVE_APP, {"password": PASSWORD}, follow=True)
    )
    assert has_app(sue)


def test_the_link_of_a_superuser_does_not_sign_in(db: None) -> None:
    sue = make_invited(User.objects.create_superuser("sue"))
    browser = Client()
    assert choose_password(browser, link_of(sue))["Location"] == reverse("login")
    assert not Session.objects.filter(user=sue.pk).exists()


# --- The policy -----------------------------------------------------------------------------------


def change_policy(browser: Client, policy: Policy, roles: list[str]) -> None:
    url = reverse("admin:studio_policy_change", args=[policy.pk])
    fields = POLICY | {"roles_with_second_factor": roles}
    assert browser.post(url, fields).status_code == 302


def roles_of(policy: Policy) -> set[str]:
    return {*SecondFactorRole.objects.filter(policy=policy).values_list("role", flat=True)}


def test_an_owner_requires_a_factor_for_roles(
    northside: Org, olivia: User, mia: User, signed_in: SignIn
) -> None:
    owner, policy = signed_in(olivia), Policy.objects.create(org=northside)
    change_policy(owner, policy, ["owner", "staff"])
    assert roles_of(policy) == {"owner", "staff"}
    assert not is_signed_in(password_typed(mia))
    assert "Roles that need a second factor" in LogEntry.objects.get().get_change_message()

    change_policy(owner, policy, ["owner"])
    assert roles_of(policy) == {"owner"}
    assert is_signed_in(password_typed(mia))


def test_an_owner_requires_it_in_a_new_policy(
    northside: Org, olivia: User, signed_in: SignIn
) -> None:
    owner, url = signed_in(olivia), reverse("admin:studio_policy_add")
    owner.post(url, POLICY | {"roles_with_second_factor": ["staff"]})
    assert roles_of(Policy.objects.get(org=northside)) == {"staff"}


def test_colleagues_read_the_roles_and_change_nothing(
    northside: Org, olivia: User, ada: User, signed_in: SignIn
) -> None:
    policy = Policy.objects.create(org=northside)
    require(olivia)
    browser = signed_in(ada)
    url = reverse("admin:studio_policy_change", args=[policy.pk])
    words = words_on(browser.get(url))
    assert "Roles that need a second factor: Owner" in words
    assert browser.post(url, {"roles_with_second_factor": []}).status_code == 403
    assert roles_of(policy) == {"owner"}


# --- An owner removes a factor --------------------------------------------------------------------

REMOVE = "remove_second_factors"


def choose(browser: Client, model: str, pk: int) -> str:
    url = reverse(f"admin:studio_{model}_changelist")
    chosen = {"action": REMOVE, "_selected_action": [pk]}
    return words_on(browser.post(url, chosen, follow=True))


def test_an_owner_removes_the_factors_of_a_member(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    give_app(mia)
    waiting, owner = password_typed(mia), signed_in(olivia)

    assert "The second factor of Mia is removed." in choose(owner, "membership", mia.membership.pk)

    assert is_signed_in(password_typed(mia))
    send_code(waiting, code())
    assert not is_signed_in(waiting)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (olivia, str(mia.membership.pk))
    assert entry.change_message == "The second factor of Mia is removed."
    assert "Mia has no second factor." in choose(owner, "membership", mia.membership.pk)
    assert LogEntry.objects.count() == 1


def test_an_owner_removes_their_own_factor_only_with_the_password(
    olivia: User, signed_in: SignIn
) -> None:
    give_app(olivia)
    words = choose(signed_in(olivia), "membership", olivia.membership.pk)
    assert "You remove your own second factor on the page" in words
    assert has_app(olivia)
    assert not LogEntry.objects.exists()


def test_an_owner_does_not_remove_the_factor_of_a_superuser(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    give_app(mia)
    User.objects.filter(pk=mia.pk).update(is_superuser=True)
    words = choose(signed_in(olivia), "membership", mia.membership.pk)
    assert "Only a superuser removes the second factor of Mia." in words
    assert has_app(mia)


@pytest.mark.parametrize("person", ["ada", "otto"])
def test_no_one_else_removes_it(
    request: pytest.FixtureRequest, mia: User, signed_in: SignIn, person: str
) -> None:
    give_app(mia)
    choose(signed_in(request.getfixturevalue(person)), "membership", mia.membership.pk)
    assert has_app(mia)


def test_a_superuser_removes_it_from_any_account(mia: User, nora: User, signed_in: SignIn) -> None:
    nora.is_superuser = True
    nora.save()
    give_app(mia)
    browser = signed_in(nora)
    choose(browser, "user", mia.pk)
    assert not has_app(mia)
    assert LogEntry.objects.get().object_id == str(mia.pk)


def test_the_list_of_members_shows_who_has_a_factor(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    give_app(mia)
    html = html_of(signed_in(olivia).get(reverse("admin:studio_membership_changelist")))
    rows = html.split("<tr")
    shown = {
        member.user.username: 'alt="True"' in cell_of(rows, member)
        for member in Membership.objects.select_related("user")
    }
    assert shown == {"mia": True, "olivia": False}


def cell_of(rows: list[str], member: Membership) -> str:
    row = next(row for row in rows if f"/membership/{member.pk}/" in row)
    return row.split("field-has_second_factor")[1].split("</td>")[0]


def test_no_admin_lists_secrets() -> None:
    names = {model.__name__ for model in admin.site._registry}
    assert not names & {"Totp", "Passkey", "RecoveryCode"}
