"""Each change of a second factor and each wrong code leaves an event."""

from django.test import Client
from django.urls import reverse

from studio.models import User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.second_factor.people import (
    NEW_CODES,
    OWN,
    code,
    give_app,
    password_typed,
    send_code,
    wrong_code,
)
from tests.second_factor.test_pages import REMOVE_APP, add_app
from tests.security_log.log import Event, events


def test_a_persons_own_factor_is_recorded(mia: User, desk: Client) -> None:
    add_app(desk)
    desk.post(NEW_CODES, {"password": PASSWORD})
    desk.post(REMOVE_APP, {"password": "wrong"})
    desk.post(REMOVE_APP, {"password": PASSWORD})

    assert events() == [
        Event("factor_added", "mia", "mia", "second_factor", "app"),
        Event("codes_made", "mia", "mia", "second_factor"),
        Event("wrong_password", "mia", "mia", "second_factor"),
        Event("factor_removed", "mia", "mia", "second_factor", "app"),
    ]
    assert desk.get(OWN).status_code == 200


def test_a_sign_in_with_a_wrong_and_a_right_code_is_recorded(mia: User) -> None:
    give_app(mia)
    browser = password_typed(mia)
    send_code(browser, wrong_code())
    assert events() == [Event("wrong_code", "mia", None, "second_factor")]

    send_code(browser, code())
    assert events()[1:] == [Event("signed_in", "mia", "mia", "second_factor")]


def test_an_owner_who_removes_a_factor_is_recorded(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    give_app(mia)
    signed_in(olivia).post(
        reverse("admin:studio_membership_changelist"),
        {"action": "remove_second_factors", "_selected_action": mia.membership.pk},
    )
    assert events() == [Event("factor_removed", "mia", "olivia", "admin")]
