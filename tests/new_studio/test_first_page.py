"""The first page of an empty site makes a studio and its owner, for the person with the link."""

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.logs import LINK_TOKEN
from studio.models import Membership, Policy, Session, User
from studio.new_studio import create, secret, views
from tests.conftest import SignIn
from tests.database import PATIENCE
from tests.factories import make_org
from tests.new_studio.first_page import PAGE, TYPED, begin, data_dir, link, opened
from tests.pages import LIST, html_of, words_on
from tests.security_log.log import Event, events

__all__ = ["data_dir"]  # a fixture

pytestmark = pytest.mark.django_db
USED = "This link does not work any more."


def test_the_page_makes_a_studio_and_signs_its_owner_in() -> None:
    browser = opened()

    answer = begin(browser)

    assert answer["Location"] == reverse("home")
    policy = Policy.objects.get(org__name="Harbour Pilates", org__slug="harbour-pilates")
    chosen = (policy.country, policy.time_zone, policy.language, policy.currency)
    assert chosen == ("ES", "Atlantic/Canary", "es", "eur")
    owner = Membership.objects.get(org=policy.org)
    assert (owner.role, owner.user.username, owner.name) == ("owner", "irma@example.com", "Irma")
    assert owner.user.check_password("an-unusual-new-one")
    assert "En recepción: Irma" in words_on(browser.get(LIST))
    assert events() == [
        Event("studio_created", owner.user.username, owner.user.username, "new_studio"),
        Event("signed_in", owner.user.username, owner.user.username, "new_studio"),
    ]


def test_the_country_decides_what_the_person_left_empty() -> None:
    begin(opened(), country="NZ", time_zone="", currency="", language="")

    policy = Policy.objects.get()
    assert (policy.time_zone, policy.currency) == ("Pacific/Auckland", "nzd")


def test_a_country_with_several_zones_needs_a_choice() -> None:
    answer = begin(opened(), country="AU", time_zone="")

    assert "Choose the time zone: this country has several." in words_on(answer)
    assert not Org.objects.exists()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"name": ""}, "Type the name of your studio."),
        ({"name": "Har\u202ebour"}, "Remove the unusual character and try again."),
        ({"country": ""}, "Choose the country."),
        ({"country": "XX"}, "Select a valid choice."),
        ({"time_zone": "Mars/Base"}, "Select a valid choice."),
        ({"currency": "xyz"}, "Select a valid choice."),
        ({"first_name": ""}, "Type your name."),
        ({"username": "irma ruiz"}, "Enter a valid username."),
        ({"new_password1": "short", "new_password2": "short"}, "at least 8 characters"),
        ({"new_password1": "harbour99", "new_password2": "harbour99"}, "Everybody at a studio"),
        ({"new_password1": "irma@example", "new_password2": "irma@example"}, "too similar"),
        ({"new_password2": "another-one-entirely"}, "The two passwords are different."),
    ],
)
def test_a_refused_form_makes_nothing_and_keeps_what_was_typed(
    typed: dict[str, str], problem: str
) -> None:
    browser = opened()

    answer = begin(browser, **typed)

    assert problem in words_on(answer)
    assert 'value="an-unusual-new-one"' not in html_of(answer)
    assert not Org.objects.exists()
    assert not User.objects.exists()
    assert begin(browser).status_code == 302, "the link still works"


def test_the_name_of_another_studio_is_refused() -> None:
    make_org(name="Harbour Pilates")

    answer = begin(opened(), name="harbour  pilates")

    assert "There is a studio called “harbour pilates” already." in words_on(answer)
    assert not User.objects.exists()


# --- The secret -----------------------------------------------------------------------------------


def test_the_secret_is_a_file_of_the_user_and_the_same_until_it_is_used(data_dir: Path) -> None:
    made = secret.make()

    [file] = data_dir.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert secret.make() == made
    assert len(made) > 40
    begin(opened())
    assert not [*data_dir.iterdir()]
    assert secret.make() != made


def test_a_used_link_and_an_open_page_work_for_nobody() -> None:
    used, open_page = link(), opened()
    begin(opened())

    for answer in (Client().get(used), open_page.get(PAGE), begin(open_page, name="Second")):
        assert answer.status_code == 404
        assert USED in words_on(answer)
    assert Org.objects.count() == 1


@pytest.mark.parametrize("typed", ["wrong", "x" * 43])
def test_a_wrong_link_is_counted_and_recorded(typed: str) -> None:
    secret.make()
    browser = Client()

    answer = browser.get(link(typed))

    assert answer.status_code == 404
    assert USED in words_on(answer)
    assert browser.get(PAGE).status_code == 404
    [event] = events()
    assert event.kind == "wrong_link"


def test_after_five_wrong_links_the_right_one_waits(
    now: datetime, later: Callable[[timedelta], None]
) -> None:
    right = link()
    for _ in range(5):
        Client().get(link("wrong"))

    refused = Client().get(right)
    assert "There were too many wrong tries. Wait 30 seconds" in words_on(refused)
    later(timedelta(seconds=30))
    assert Client().get(right).status_code == 302


def test_no_link_works_as_soon_as_a_studio_has_an_owner(olivia: User, signed_in: SignIn) -> None:
    right = link()

    for browser in (Client(), signed_in(olivia)):
        assert USED in words_on(browser.get(right))
    assert events() == []


def test_no_link_works_without_a_secret() -> None:
    assert Client().get(link("anything")).status_code == 404
    assert not secret.is_right("")
    assert not secret.is_right_digest("")


def test_an_empty_secret_opens_nothing(data_dir: Path) -> None:
    """A file without content, as after a full disk."""
    secret.make()
    [file] = data_dir.iterdir()
    file.write_text("")
    assert not secret.is_right("")
    assert not secret.is_right_digest(secret.digest(""))


def test_the_secret_is_in_no_line_of_the_log_and_no_session() -> None:
    browser, typed = opened(), secret.make()

    line = LINK_TOKEN.sub(r"\1...", f"Not Found: {link(typed)}")

    assert line == "Not Found: /start/.../"
    assert typed not in str(dict(browser.session.items()))
    assert browser.session[views.SHOWN] == secret.digest(typed)


def both_at_once(browsers: list[Client]) -> list[int]:
    """Send the form from each browser after all of them have passed the checks."""
    start = Barrier(len(browsers))

    def run(number: int) -> int:
        start.wait(PATIENCE)
        try:
            typed = TYPED | {"name": f"Studio {number}", "username": f"owner{number}"}
            return browsers[number].post(PAGE, typed).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(browsers)) as pool:
        return sorted(pool.map(run, range(len(browsers))))


@pytest.fixture
def checked_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both requests check the secret before either of them uses it."""
    checked = Barrier(2)

    def wait(*arguments: object) -> Membership:
        checked.wait(PATIENCE)
        return create.create_studio(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(views, "create_studio", wait)


@pytest.mark.django_db(transaction=True)
def test_of_two_concurrent_forms_one_makes_an_owner(checked_together: None) -> None:
    assert both_at_once([opened(), opened()]) == [302, 404]
    assert Membership.objects.filter(role="owner").count() == 1
    assert Org.objects.count() == 1
    assert Session.objects.exclude(user=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_use_of_the_secret_both_would(
    checked_together: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the race."""
    monkeypatch.setattr(secret, "use", lambda: None)

    assert both_at_once([opened(), opened()]) == [302, 302]
    assert Membership.objects.filter(role="owner").count() == 2
