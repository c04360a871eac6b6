"""The owner's approval form: its list of owners and its hints to browsers."""

import re

from django.test import Client

from purchases.models import Org, Purchase, SessionRequest
from studio.models import Membership, User
from tests.allowances.limits import LATE
from tests.approvals.approval import WRONG, approval_form, approve
from tests.factories import PASSWORD, make_user
from tests.pages import fields_in, html_of, post_action, words, words_on


def test_form_names_one_owner_or_offers_a_choice(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    answer = post_action(desk, "reinstate", pack, htmx=True, reason=LATE)
    assert (
        words(approval_form(answer)) == "Olivia confirms with password or PIN Confirm and reinstate"
    )

    omar = make_user(username="omar", org=northside, role="owner")
    form = approval_form(post_action(desk, "reinstate", pack, htmx=True, reason=LATE))

    assert re.findall(r"<option.*?>(\w+)</option>", form) == ["Olivia", "Omar"]
    fields = fields_in(form) | {"approved_by": str(omar.pk)}
    again = approval_form(approve(desk, pack, fields, WRONG))
    assert f'value="{omar.pk}" selected' in again
    assert approve(desk, pack, fields, PASSWORD).status_code == 200
    assert SessionRequest.objects.get(events__kind="reinstated").approved_by == omar


def test_form_is_missing_if_no_owner_can_sign_in(desk: Client, pack: Purchase) -> None:
    gone = make_user(username="gone", org=pack.org)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    Membership.objects.filter(user=gone).update(role="owner")

    answer = post_action(desk, "reinstate", pack, htmx=True, reason=LATE)

    assert "Your studio has no other owner who can confirm it." in words_on(answer)
    assert "approval-form" not in html_of(answer)


def test_browsers_do_not_autofill_or_save_the_secret(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    form = approval_form(post_action(desk, "reinstate", pack, htmx=True, reason=LATE))

    assert 'type="password"' not in form
    assert 'name="secret" autocomplete="off"' in form
