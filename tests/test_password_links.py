"""A person chooses a password by a link, which works once and for 24 hours."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.accounts import link_pages
from studio.logs import JsonLine, OneLine
from studio.models import Membership, User
from tests.conftest import SignIn
from tests.database import PATIENCE, wait_for_blocked_statement
from tests.factories import PASSWORD
from tests.links import NEW, choose, link_of, make_invited
from tests.pages import LIST, words_on
from tests.security_log.log import Event, events
from tests.shared_desk.people import LOCK, current_member_name, give_pin, take_over

Later = Callable[[timedelta], None]
SIGN_IN = reverse("login")
NOT_VALID = "This link does not work any more."


def sign_in(username: str, password: str = NEW) -> HttpResponseBase:
    return Client().post(SIGN_IN, {"username": username, "password": password})


def can_sign_in(username: str, password: str) -> bool:
    return sign_in(username, password).status_code == 302


# --- Once, and for 24 hours -----------------------------------------------------------------------


def test_an_invited_person_chooses_a_password_and_lands_on_the_desk(mia: User) -> None:
    make_invited(mia)
    browser = Client()

    answer = choose(browser, link_of(mia))

    assert answer["Location"] == reverse("home")
    assert "At the desk: Mia" in words_on(browser.get(LIST))
    assert can_sign_in("mia", NEW)


def test_a_person_with_a_new_password_signs_in_with_it(mia: User) -> None:
    browser = Client()

    answer = choose(browser, link_of(mia))

    assert answer["Location"] == SIGN_IN
    assert browser.get(LIST).status_code == 302, "a second factor must not be passed over"
    assert "Your password is changed. Sign in with it." in words_on(browser.get(SIGN_IN))
    assert [can_sign_in("mia", password) for password in (NEW, PASSWORD)] == [True, False]


@pytest.mark.parametrize("invited", [True, False])
def test_a_link_works_once(mia: User, invited: bool) -> None:
    if invited:
        make_invited(mia)
    link = link_of(mia)
    other = Client()
    open_form = other.get(link)["Location"]
    assert choose(Client(), link).status_code == 302

    typed = {"new_password1": "a-third-one-7", "new_password2": "a-third-one-7"}
    for answer in (other.post(open_form, typed), Client().get(link), other.get(open_form)):
        assert answer.status_code == 200
        assert NOT_VALID in words_on(answer)
    assert can_sign_in("mia", NEW)


def page_of_second_form(mia: User) -> HttpResponseBase:
    """Post a second form while the first one has changed the password and not committed."""
    second = Client()
    form = second.get(link_of(mia))["Location"]
    typed = {"new_password1": "the-second-one-7", "new_password2": "the-second-one-7"}

    def post() -> HttpResponseBase:
        try:
            return second.post(form, typed)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first = User.objects.select_for_update().get(pk=mia.pk)
            first.set_password(NEW)
            first.save()
            answer = pool.submit(post)
            wait_for_blocked_statement()
        return answer.result(PATIENCE)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_concurrent_forms_succeeds(mia: User) -> None:
    page = page_of_second_form(mia)
    assert NOT_VALID in words_on(page)
    assert can_sign_in("mia", NEW)


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_the_second_form_replaces_the_password(
    mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_lock = SimpleNamespace(objects=SimpleNamespace(select_for_update=User.objects.all))
    monkeypatch.setattr(link_pages, "User", without_lock)
    page = page_of_second_form(mia)
    assert page.status_code == 302
    assert not can_sign_in("mia", NEW)


@pytest.mark.parametrize("invited", [True, False])
def test_a_link_works_for_24_hours(mia: User, later: Later, invited: bool) -> None:
    if invited:
        make_invited(mia)
    link = link_of(mia)

    later(timedelta(hours=23, minutes=59))
    assert Client().get(link).status_code == 302
    later(timedelta(minutes=2))
    assert NOT_VALID in words_on(Client().get(link))
    assert NOT_VALID in words_on(choose(Client(), link))


def test_a_form_that_was_opened_in_time_expires_too(mia: User, later: Later) -> None:
    browser = Client()
    form = browser.get(link_of(mia))["Location"]

    later(timedelta(hours=25))

    answer = browser.post(form, {"new_password1": NEW, "new_password2": NEW})
    assert NOT_VALID in words_on(answer)
    assert can_sign_in("mia", PASSWORD)


def test_a_sign_in_ends_the_link(mia: User, later: Later) -> None:
    link = link_of(mia)
    later(timedelta(seconds=1))

    assert can_sign_in("mia", PASSWORD)

    assert NOT_VALID in words_on(Client().get(link))


@pytest.mark.parametrize("change", ["inactive", "superuser", "other studio", "no studio", "e-mail"])
def test_a_link_ends_if_the_account_changes(mia: User, southside: Org, change: str) -> None:
    link = link_of(mia)
    assert Client().get(link).status_code == 302

    user, member = User.objects.filter(pk=mia.pk), Membership.objects.filter(user=mia)
    match change:
        case "inactive":
            user.update(is_active=False)
        case "superuser":
            user.update(is_superuser=True)
        case "other studio":
            member.update(org=southside)
        case "no studio":
            member.delete()
        case _:
            user.update(email="mia@example.com")

    assert NOT_VALID in words_on(Client().get(link))


@pytest.mark.parametrize(
    "uid", ["x", "MQ", "!", "%00", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "w6Q"]
)
@pytest.mark.parametrize("token", ["set-password", "x-y", "%00", "x" * 5000])
def test_a_malformed_link_does_not_work(db: None, uid: str, token: str) -> None:
    for answer in (
        Client().get(f"/accounts/password/{uid}/{token}/"),
        Client().post(f"/accounts/password/{uid}/{token}/", {"new_password1": NEW}),
    ):
        assert answer.status_code == 200
        assert NOT_VALID in words_on(answer)


def test_the_link_of_one_account_does_not_open_another(mia: User, olivia: User) -> None:
    of_mia, of_olivia = link_of(mia).split("/"), link_of(olivia).split("/")

    mixed = "/".join([*of_mia[:-2], *of_olivia[-2:]])

    assert NOT_VALID in words_on(Client().get(mixed))


# --- The page -------------------------------------------------------------------------------------


def test_the_token_leaves_the_url_before_a_page_is_shown(mia: User) -> None:
    link = link_of(mia)
    token = link.rstrip("/").rsplit("/", 1)[1]
    browser = Client()

    redirect = browser.get(link)
    page = browser.get(redirect["Location"])

    assert redirect.status_code == 302
    assert token not in redirect["Location"]
    assert token not in words_on(page)
    assert token not in page.content.decode()
    assert {redirect["Referrer-Policy"], page["Referrer-Policy"]} == {"same-origin"}
    assert {redirect["Cache-Control"], page["Cache-Control"]} <= {
        "no-store, private",
        "max-age=0, no-cache, no-store, must-revalidate, private",
    }


@pytest.mark.parametrize("formatter", [OneLine(), JsonLine()], ids=["text", "json"])
def test_the_log_does_not_hold_the_token(mia: User, formatter: logging.Formatter) -> None:
    link = link_of(mia)
    record = logging.makeLogRecord({"msg": "Service Unavailable: %s", "args": (link,)})

    line = formatter.format(record)

    assert link.rstrip("/").rsplit("/", 1)[1] not in line
    assert link.rstrip("/").rsplit("/", 1)[0] + "/.../" in line


@pytest.mark.parametrize(
    ("password", "again", "message"),
    [
        ("password1", "password1", "This password is too common."),
        ("ghjcnjgfhjkm", "ghjcnjgfhjkm", "in a list of leaked passwords"),
        ("short-1", "short-1", "too short"),
        (NEW, "another-one-9", "didn’t match"),
        ("", "", "This field is required."),
    ],
)
def test_a_refused_password_is_explained_and_the_link_stays(
    mia: User, password: str, again: str, message: str
) -> None:
    make_invited(mia)
    link, browser = link_of(mia), Client()

    assert message in words_on(choose(browser, link, password, again))

    assert choose(browser, link).status_code == 302


def test_the_page_opens_at_a_locked_desk(mia: User, desk: Client) -> None:
    desk.post(LOCK)

    page = desk.get(link_of(mia), follow=True)

    assert "Choose a new password" in words_on(page)


# --- Sessions -------------------------------------------------------------------------------------


def test_a_new_password_ends_every_session_of_the_person(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    browsers, colleague = [signed_in(mia), signed_in(mia)], signed_in(olivia)

    assert choose(browsers[0], link_of(mia))["Location"] == SIGN_IN

    assert [browser.get(LIST).status_code for browser in browsers] == [302, 302]
    assert "Your password is changed." in words_on(browsers[0].get(SIGN_IN))
    assert colleague.get(LIST).status_code == 200


def test_a_new_password_ends_the_turn_at_the_desk_of_a_colleague(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    give_pin(mia)
    shared = signed_in(olivia)
    take_over(shared, mia)
    assert current_member_name(shared) == "Mia"

    choose(Client(), link_of(mia))

    assert current_member_name(shared) != "Mia"


def test_a_colleague_in_the_same_browser_stays_signed_in(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    browser = signed_in(olivia)

    choose(browser, link_of(mia))

    assert "At the desk: Olivia" in words_on(browser.get(LIST))
    assert events() == [Event("password_changed", "mia", "mia", "link")]


def test_a_link_that_a_person_opened_is_closed_for_the_next_person_at_the_desk(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    give_pin(olivia)
    browser = signed_in(olivia)
    form = browser.get(link_of(mia))["Location"]
    assert "Choose a new password" in words_on(browser.get(form))

    take_over(browser, olivia)

    assert NOT_VALID in words_on(browser.get(form))


def test_an_invited_person_takes_the_browser_over(
    mia: User, olivia: User, signed_in: SignIn
) -> None:
    browser = signed_in(olivia)
    key = browser.session.session_key

    choose(browser, link_of(make_invited(mia)))

    assert "At the desk: Mia" in words_on(browser.get(LIST))
    assert browser.session.session_key != key


# --- The command of the operator ------------------------------------------------------------------


def test_the_command_prints_a_link(mia: User) -> None:
    printed = StringIO()
    call_command("password_link", "mia", host="testserver", stdout=printed, stderr=StringIO())

    assert events() == [Event("link_made", "mia", None, "")]
    assert choose(Client(), urlsplit(printed.getvalue().strip()).path)["Location"] == SIGN_IN


@pytest.mark.parametrize("username", ["nemo", "mia"])
def test_the_command_refuses_an_account_that_is_not_active(mia: User, username: str) -> None:
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="There is no active account"):
        call_command("password_link", username)
