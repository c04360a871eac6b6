"""When somebody is out: at the next request, without being asked."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.accounts import pins
from studio.models import Membership, User
from tests.pages import LIST, press, words_on
from tests.purchase_kinds import used
from tests.shared_desk.people import (
    WHO,
    give_pin,
    take_over,
    who_is_at_the_desk,
)


def change_role(noah: User) -> None:
    Membership.objects.filter(user=noah).update(role="accountant_readonly")


def change_code(noah: User) -> None:
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
    "what", [change_role, change_code, clear_pin, close_account, remove, move_away]
)
def test_whose_role_or_code_has_changed_is_out_at_the_next_request(
    shared: Client, noah: User, pack: Purchase, what: Callable[[User], None]
) -> None:
    take_over(shared, noah)
    what(noah)

    answer = press(shared, "reinstate", pack)

    assert answer["Location"].startswith(WHO)
    assert used(pack) == 3
    assert who_is_at_the_desk(shared) is None
    page = words_on(shared.get(WHO))
    assert "The PIN or the role of the last person has changed." in page


def test_where_who_signed_in_is_removed_nobody_acts_any_more(
    shared: Client, mia: User, noah: User
) -> None:
    take_over(shared, noah)
    Membership.objects.filter(user=mia).delete()
    assert shared.get(LIST).status_code == 403


def test_signing_out_ends_it_for_everybody(shared: Client, noah: User) -> None:
    take_over(shared, noah)
    shared.post(reverse("logout"))
    assert shared.get(LIST)["Location"].startswith(reverse("login"))
