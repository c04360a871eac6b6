"""A changed PIN, role or account ends the member's turn at the next request."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.accounts import pins
from studio.models import Membership, User
from tests.pages import LIST, post_action, words_on
from tests.purchase_kinds import used
from tests.shared_desk.people import (
    AT_DESK,
    current_member_name,
    give_pin,
    take_over,
)


def change_role(noah: User) -> None:
    Membership.objects.filter(user=noah).update(role="accountant_readonly")


def change_pin(noah: User) -> None:
    give_pin(noah, "50821")


def clear_pin(noah: User) -> None:
    pins.clear_pin(noah.membership)


def close_account(noah: User) -> None:
    User.objects.filter(pk=noah.pk).update(is_active=False)


def remove(noah: User) -> None:
    Membership.objects.filter(user=noah).delete()


def move_away(noah: User) -> None:
    elsewhere = Org.objects.create(name="Southside Yoga", slug="southside-yoga")
    Membership.objects.filter(user=noah).update(org=elsewhere)


@pytest.mark.parametrize(
    "change", [change_role, change_pin, clear_pin, close_account, remove, move_away]
)
def test_changed_role_or_pin_ends_the_turn(
    shared: Client, noah: User, pack: Purchase, change: Callable[[User], None]
) -> None:
    take_over(shared, noah)
    change(noah)

    answer = post_action(shared, "reinstate", pack)

    assert answer["Location"].startswith(AT_DESK)
    assert used(pack) == 3
    assert current_member_name(shared) is None
    page = words_on(shared.get(AT_DESK))
    assert "The PIN or the role of the last person has changed." in page


def test_removing_the_signed_in_member_closes_the_desk(
    shared: Client, mia: User, noah: User
) -> None:
    take_over(shared, noah)
    Membership.objects.filter(user=mia).delete()
    assert shared.get(LIST).status_code == 403


def test_signing_out_ends_every_turn(shared: Client, noah: User) -> None:
    take_over(shared, noah)
    shared.post(reverse("logout"))
    assert shared.get(LIST)["Location"].startswith(reverse("login"))
