"""The security log is right about two people who change one account at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from studio.accounts.people import account_changes, acts
from studio.accounts.permissions import Role
from studio.models import User
from tests.conftest import SignIn
from tests.database import PATIENCE, wait_for_blocked_statement
from tests.people.pages import url_of
from tests.security_log.log import events

pytestmark = pytest.mark.django_db(transaction=True)


def by_the_page(owner: Client, mia: User) -> None:
    assert owner.post(url_of(mia, "change_role"), {"role": "owner"}).status_code == 302


def by_the_admin(owner: Client, mia: User) -> None:
    url = reverse("admin:studio_membership_change", args=[mia.membership.pk])
    assert owner.post(url, {"role": "owner"}).status_code == 302


def recorded_changes(owner: Client, mia: User, change: Callable[[Client, User], None]) -> list[str]:
    """Make Mia an owner while a change to an accountant is not committed. Return what is logged."""

    def second() -> None:
        try:
            change(owner, mia)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            acts.change_role(mia.membership, Role.ACCOUNTANT_READONLY)
            waiting = pool.submit(second)
            wait_for_blocked_statement()
        waiting.result(PATIENCE)
    return [event.detail for event in events() if event.kind == "role_changed"]


CHANGES = [by_the_page, by_the_admin]


@pytest.mark.parametrize("change", CHANGES)
def test_the_second_change_is_recorded_after_the_first(
    mia: User, olivia: User, signed_in: SignIn, change: Callable[[Client, User], None]
) -> None:
    assert recorded_changes(signed_in(olivia), mia, change) == [
        "staff to accountant_readonly",
        "accountant_readonly to owner",
    ]


@pytest.mark.parametrize("change", CHANGES)
def test_control_without_the_lock_the_log_is_wrong(
    mia: User,
    olivia: User,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Client, User], None],
) -> None:
    monkeypatch.setattr("studio.accounts.people.acts.lock", account_changes.account)
    monkeypatch.setattr("studio.accounts.recorded_admin.lock", account_changes.account)
    assert recorded_changes(signed_in(olivia), mia, change) == [
        "staff to accountant_readonly",
        "staff to owner",
    ]
