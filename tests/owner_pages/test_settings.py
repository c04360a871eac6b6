"""The page *Studio*: an owner changes the settings of the studio, and each change is recorded."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from purchases.models import Org
from studio.models import Policy, SecondFactorRole, User
from tests.conftest import SignIn
from tests.owner_pages.settings import (
    CHOSEN,
    PAGE,
    details,
    owner,
    policy,
    save,
)
from tests.pages import LIST, html_of, words_on
from tests.security_log.log import events
from tests.shared_desk.people import give_pin, take_over

__all__ = ["owner", "policy"]  # fixtures


# --- What an owner changes ------------------------------------------------------------------------


def test_every_setting_is_saved_and_recorded_with_before_and_after(
    owner: Client, policy: Policy, olivia: User
) -> None:
    answer = save(
        owner,
        name="Northside Studio",
        country="ES",
        currency="eur",
        time_zone="Europe/Madrid",
        language="es",
        reason_is_mandatory="on",
        staff_may_sell=None,
        staff_may_edit_clients=None,
        desk_locks_after_minutes="5",
        roles_with_second_factor=["staff", "owner"],
    )

    assert answer["Location"] == PAGE
    assert "Los ajustes están guardados." in words_on(owner.get(PAGE)), "in the new language"
    policy.refresh_from_db()
    assert policy.org.name == Org.objects.get().name == "Northside Studio"
    assert (policy.country, policy.currency, policy.language) == ("ES", "eur", "es")
    assert (policy.time_zone, policy.desk_locks_after_minutes) == ("Europe/Madrid", 5)
    assert policy.reason_is_mandatory
    assert not policy.staff_may_sell
    assert not policy.staff_may_edit_clients
    roles = SecondFactorRole.objects.filter(policy=policy).values_list("role", flat=True)
    assert sorted(roles) == ["owner", "staff"]
    assert details() == [
        "name",
        "country AU to ES",
        "time_zone Australia/Sydney to Europe/Madrid",
        "language none to es",
        "currency aud to eur",
        "reason_is_mandatory False to True",
        "staff_may_sell True to False",
        "staff_may_edit_clients True to False",
        "desk_locks_after_minutes none to 5",
        "roles_with_second_factor none to owner+staff",
    ]
    assert {event.door for event in events() if event.kind == "policy_changed"} == {
        "studio_settings"
    }
    [entry] = LogEntry.objects.all()
    assert (entry.user, entry.object_id) == (olivia, str(policy.pk))
    assert "name: Northside Pilates → Northside Studio" in entry.change_message


def test_a_form_without_a_change_records_nothing(owner: Client) -> None:
    assert save(owner).status_code == 302
    assert details() == []
    assert not LogEntry.objects.exists()


def test_an_org_without_a_policy_gets_one(northside: Org, olivia: User, signed_in: SignIn) -> None:
    assert save(signed_in(olivia), reason_is_mandatory="on").status_code == 302
    assert Policy.objects.get(org=northside).reason_is_mandatory


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"name": " "}, "Type the name of your studio."),
        ({"name": "SOUTHSIDE yoga"}, "There is a studio called “SOUTHSIDE yoga” already."),
        ({"time_zone": ""}, "Choose the time zone."),
        ({"time_zone": "Mars/Base"}, "Select a valid choice."),
        ({"currency": "AUD"}, "Select a valid choice."),
        ({"desk_locks_after_minutes": "0"}, "Choose 1 to 480 minutes, or leave it empty."),
        ({"desk_locks_after_minutes": "481"}, "Choose 1 to 480 minutes, or leave it empty."),
        ({"desk_locks_after_minutes": "soon"}, "Choose 1 to 480 minutes, or leave it empty."),
    ],
)
def test_a_refused_form_changes_nothing_and_keeps_what_was_typed(
    owner: Client, southside: Org, changed: dict[str, str], problem: str
) -> None:
    answer = save(owner, country="NZ", **changed)

    assert answer.status_code == 400
    assert problem in words_on(answer)
    assert re.search(r'<option value="NZ"[^>]* selected', html_of(answer))
    assert details() == []
    assert Policy.objects.get().country == "AU"


def test_the_zone_of_another_machine_stays(owner: Client, policy: Policy) -> None:
    Policy.objects.update(time_zone="US/Pacific")

    assert save(owner, time_zone="US/Pacific", country="US").status_code == 302

    policy.refresh_from_db()
    assert (policy.time_zone, policy.country) == ("US/Pacific", "US")


def test_the_page_is_in_the_language_of_the_studio(owner: Client) -> None:
    Policy.objects.update(language="es")
    text = words_on(owner.get(PAGE))
    assert "Dólar australiano (AUD)" in text
    assert "Guardar los ajustes" in text


# --- Who may open it ------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["mia", "ada"])
def test_only_an_owner_opens_the_page(
    northside: Org, mia: User, ada: User, signed_in: SignIn, username: str
) -> None:
    browser = signed_in(User.objects.get(username=username))

    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, CHOSEN).status_code == 403
    assert f'href="{PAGE}"' not in html_of(browser.get(LIST))
    assert not Policy.objects.exists()


def test_an_owner_of_another_studio_changes_their_own(
    policy: Policy, otto: User, signed_in: SignIn
) -> None:
    browser = signed_in(otto)

    assert save(browser, name="Southside Yoga", currency="nzd").status_code == 302

    policy.refresh_from_db()
    assert policy.currency == "aud"
    assert Policy.objects.get(org=otto.membership.org).currency == "nzd"


def test_a_pin_does_not_open_the_page(
    policy: Policy, olivia: User, mia: User, signed_in: SignIn
) -> None:
    desk = signed_in(mia)
    give_pin(olivia)
    take_over(desk, olivia)

    answer = desk.get(PAGE)

    assert answer.status_code == 403
    assert "This page asks for the password." in words_on(answer)
    assert desk.post(PAGE, CHOSEN | {"currency": "nzd"}).status_code == 403
    assert Policy.objects.get().currency == "aud"
