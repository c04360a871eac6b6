"""The form in which an owner confirms: who can, and what browsers are told."""

import re

from django.test import Client

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE
from tests.factories import PASSWORD, make_user
from tests.owners_step.confirming import WRONG, confirm, step_on
from tests.pages import fields_in, html_of, press, words, words_on


def test_of_one_owner_the_form_says_the_name_and_of_several_it_lets_choose(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert words(step_on(answer)) == "Olivia confirms with password or PIN Confirm and reinstate"

    omar = make_user(username="omar", org=northside, role="owner")
    form = step_on(press(desk, "reinstate", pack, htmx=True, reason=LATE))

    assert re.findall(r"<option.*?>(\w+)</option>", form) == ["Olivia", "Omar"]
    fields = fields_in(form) | {"approved_by": str(omar.pk)}
    again = step_on(confirm(desk, pack, fields, WRONG))
    assert f'value="{omar.pk}" selected' in again
    assert confirm(desk, pack, fields, PASSWORD).status_code == 200
    assert SessionRequest.objects.get(event__kind="reinstated").approved_by == omar


def test_a_studio_whose_owners_cannot_sign_in_is_told_so(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    User.objects.filter(pk=olivia.pk).update(is_active=False)

    answer = press(desk, "reinstate", pack, htmx=True, reason=LATE)

    assert "Your studio has no other owner who can confirm it." in words_on(answer)
    assert "owners-step" not in html_of(answer)


def test_browsers_neither_fill_the_secret_in_nor_keep_it(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    form = step_on(press(desk, "reinstate", pack, htmx=True, reason=LATE))

    assert 'type="password" name="secret" autocomplete="one-time-code"' in form
