"""An org that had an owner who can sign in keeps one, whatever program changes the tables."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.accounts.people import acts
from studio.accounts.people.guards import LastOwner
from studio.accounts.permissions import Role
from studio.models import Membership, User
from tests.conftest import SignIn
from tests.database import (
    PATIENCE,
    another_connection,
    rows,
    value,
    wait_for_blocked_statement,
)
from tests.factories import make_org, make_user
from tests.links import make_invited
from tests.pages import words_on
from tests.people.pages import PEOPLE, press, url_of

REFUSED = "a studio needs an owner who can sign in"
DEMOTE = "UPDATE public.studio_membership SET role = 'staff' WHERE user_id = %s"
SWITCH_OFF = "UPDATE public.studio_user SET is_active = false WHERE id = %s"
LOCK = "PERFORM pg_advisory_xact_lock(hashtextextended('studio owners ' || v_org_id, 0));"


@pytest.fixture
def owner(olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


def owners_who_can_sign_in(org: Org) -> int:
    owners = Membership.usable().filter(org=org, role="owner")
    return owners.exclude(user__password__startswith="!").count()


# --- The pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["change_role", "switch_off"])
def test_the_last_owner_stays(owner: Client, northside: Org, olivia: User, act: str) -> None:
    assert REFUSED in words_on(press(owner, olivia, act, role="staff"))
    assert owners_who_can_sign_in(northside) == 1


def test_an_owner_who_never_signed_in_does_not_count(
    owner: Client, northside: Org, olivia: User
) -> None:
    make_invited(make_user(username="oscar", org=northside, role="owner"))
    assert REFUSED in words_on(press(owner, olivia, "change_role", role="staff"))


def test_an_owner_steps_down_after_another_one_has_signed_in(
    owner: Client, northside: Org, olivia: User
) -> None:
    make_user(username="oscar", org=northside, role="owner")
    assert "Olivia is now: Front desk." in words_on(
        press(owner, olivia, "change_role", role="staff")
    )
    assert owner.get(PEOPLE).status_code == 403


def test_an_owner_switches_off_their_own_account(
    owner: Client, northside: Org, olivia: User
) -> None:
    make_user(username="oscar", org=northside, role="owner")
    answer = owner.post(url_of(olivia, "switch_off"))
    assert answer["Location"] == reverse("login")
    assert owner.get(PEOPLE).status_code == 302
    assert owners_who_can_sign_in(northside) == 1


def test_an_invited_owner_can_be_withdrawn(owner: Client, northside: Org) -> None:
    oscar = make_invited(make_user(username="oscar", org=northside, role="owner"))
    assert "is withdrawn" in words_on(press(owner, oscar, "withdraw"))


# --- The admin ------------------------------------------------------------------------------------


def admin_changes(olivia: User) -> dict[str, tuple[str, dict[str, object]]]:
    """Return the forms of the admin that would take the last owner away."""
    member = Membership.objects.get(user=olivia)
    account: dict[str, object] = {
        "username": "olivia",
        "first_name": "Olivia",
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 1,
        "memberships-0-id": member.pk,
        "memberships-0-user": olivia.pk,
        "memberships-0-org": member.org_id,
        "memberships-0-role": "owner",
    }
    delete = {"action": "delete_selected", "post": "yes"}
    account_url = reverse("admin:studio_user_change", args=[olivia.pk])
    return {
        "role": (
            reverse("admin:studio_membership_change", args=[member.pk]),
            {"org": member.org_id, "role": "staff"},
        ),
        "role of the account": (
            account_url,
            account | {"is_active": "on", "memberships-0-role": "staff"},
        ),
        "is_active": (account_url, account),
        "delete the membership": (
            reverse("admin:studio_membership_delete", args=[member.pk]),
            {"post": "yes"},
        ),
        "delete the account": (
            reverse("admin:studio_user_delete", args=[olivia.pk]),
            {"post": "yes"},
        ),
        "delete chosen memberships": (
            reverse("admin:studio_membership_changelist"),
            delete | {"_selected_action": member.pk},
        ),
        "delete chosen accounts": (
            reverse("admin:studio_user_changelist"),
            delete | {"_selected_action": olivia.pk},
        ),
    }


@pytest.mark.parametrize(
    "change",
    [
        "role",
        "role of the account",
        "is_active",
        "delete the membership",
        "delete the account",
        "delete chosen memberships",
        "delete chosen accounts",
    ],
)
def test_a_superuser_does_not_take_the_last_owner_away(
    northside: Org, olivia: User, signed_in: SignIn, change: str
) -> None:
    browser = signed_in(User.objects.create_superuser("sue"))
    url, form = admin_changes(olivia)[change]
    page = browser.post(url, form, follow=True)
    assert REFUSED in words_on(page)
    assert owners_who_can_sign_in(northside) == 1
    make_user(username="oscar", org=northside, role="owner")
    assert REFUSED not in words_on(browser.post(url, form, follow=True))
    assert owners_who_can_sign_in(northside) == 1


# --- Other programs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        DEMOTE,
        SWITCH_OFF,
        "UPDATE public.studio_user SET password = '!' WHERE id = %s",
        "DELETE FROM public.studio_membership WHERE user_id = %s",
        "DELETE FROM public.studio_user WHERE id = %s",
        "UPDATE public.studio_membership SET org_id = (SELECT id FROM public.orgs AS org"
        " WHERE org.id <> org_id LIMIT 1) WHERE user_id = %s",
        "UPDATE public.studio_user SET is_active = false WHERE id >= %s",
    ],
)
def test_a_statement_that_takes_the_last_owner_away_is_refused(
    northside: Org, olivia: User, southside: Org, statement: str
) -> None:
    with pytest.raises(IntegrityError, match="no owner who can sign in"), transaction.atomic():
        rows(statement, olivia.pk)
    assert owners_who_can_sign_in(northside) == 1


def test_all_owners_at_once_are_refused(northside: Org, olivia: User) -> None:
    make_user(username="oscar", org=northside, role="owner")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows("UPDATE public.studio_membership SET role = 'staff'")
    assert owners_who_can_sign_in(northside) == 2


def test_an_org_that_had_no_owner_can_be_changed(db: None) -> None:
    org = make_org(name="New")
    invited = make_invited(make_user(username="ivo", org=org))
    acts.change_role(invited.membership, Role.OWNER)
    acts.change_role(invited.membership, Role.STAFF)
    assert owners_who_can_sign_in(org) == 0


def test_the_refusal_is_named(olivia: User) -> None:
    with pytest.raises(LastOwner):
        acts.change_role(olivia.membership, Role.STAFF)
    with pytest.raises(LastOwner):
        acts.switch_off(olivia.membership)


# --- Races ----------------------------------------------------------------------------------------


def race(first: tuple[str, int], second: tuple[str, int], *, waits: bool) -> Exception | None:
    """Run `second` while `first` is not committed. Return what it raised, or None."""

    def run(other: psycopg.Connection[Any]) -> Exception | None:
        try:
            other.execute(second[0], [second[1]])
        except psycopg.Error as error:
            return error
        return None

    with another_connection() as other, ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            rows(*first)
            result: Future[Exception | None] = pool.submit(run, other)
            if waits:
                wait_for_blocked_statement()
            else:
                assert result.result(PATIENCE) is None
        return result.result(PATIENCE)


RACES: dict[str, Callable[[User, User], tuple[tuple[str, int], tuple[str, int]]]] = {
    "demote each other": lambda a, b: ((DEMOTE, a.pk), (DEMOTE, b.pk)),
    "switch off each other": lambda a, b: ((SWITCH_OFF, a.pk), (SWITCH_OFF, b.pk)),
    "one demotes, one switches off": lambda a, b: ((DEMOTE, a.pk), (SWITCH_OFF, b.pk)),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", RACES)
def test_two_owners_cannot_remove_each_other(kind: str) -> None:
    org = make_org(name="Northside")
    olivia = make_user(username="olivia", org=org, role="owner")
    oscar = make_user(username="oscar", org=org, role="owner")
    error = race(*RACES[kind](olivia, oscar), waits=True)
    assert isinstance(error, psycopg.errors.CheckViolation)
    assert error.diag.constraint_name == "an_org_keeps_an_owner_who_can_sign_in"
    assert owners_who_can_sign_in(org) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", RACES)
def test_without_the_lock_they_could(kind: str) -> None:
    """The negative control: the guard that only counts the owners lets both changes through."""
    org = make_org(name="Northside")
    olivia = make_user(username="olivia", org=org, role="owner")
    oscar = make_user(username="oscar", org=org, role="owner")
    create = value("SELECT pg_get_functiondef('public.keep_an_owner()'::regprocedure)")
    assert LOCK in create
    rows(create.replace(LOCK, ""))
    try:
        assert race(*RACES[kind](olivia, oscar), waits=False) is None
        assert owners_who_can_sign_in(org) == 0
    finally:
        rows(create)
