"""A session ends 12 hours after the sign-in and after idle time. A step up gives it a new key."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org
from studio.models import Session, User
from tests.factories import PASSWORD, make_user
from tests.pages import HTMX, LIST
from tests.shared_desk.people import (
    AT_DESK,
    LOCK,
    current_member_name,
    give_pin,
    lock_after,
    take_over,
)
from tests.times import set_clock

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
Clock = Callable[[timedelta], None]


def key_of(browser: Client) -> str:
    return str(browser.cookies[settings.SESSION_COOKIE_NAME].value)


def browser_with(key: str) -> Client:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser


def is_signed_in(browser: Client) -> bool:
    return not browser.get(LIST).headers.get("Location", "").startswith(reverse("login"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a function that moves the clock forward while no one uses the site."""

    def move(by: timedelta) -> None:
        moved = timezone.now() + by
        set_clock(monkeypatch, lambda: moved)

    return move


@pytest.fixture
def superuser(db: None) -> Client:
    """Return a browser in which a superuser without a membership is signed in."""
    user = make_user(username="root")
    user.is_superuser = True
    user.save()
    browser = Client()
    browser.force_login(user)
    return browser


# --- The end after the sign-in --------------------------------------------------------------------


def test_work_does_not_renew_a_session(
    northside: Org, mia: User, desk: Client, clock: Clock
) -> None:
    """The desk is locked, unlocked and taken over within each hour."""
    noah = make_user(username="noah", org=northside)
    for user in (mia, noah):
        give_pin(user)
    lock_after(northside, 480)
    desk.get(LIST)
    end = Session.objects.get().expire_date

    for hour in range(11):
        clock(HOUR)
        desk.post(LOCK)
        assert take_over(desk, noah if hour % 2 else mia).status_code == 302
        assert is_signed_in(desk)
        assert Session.objects.get().expire_date == end
        assert desk.cookies[settings.SESSION_COOKIE_NAME]["max-age"] <= (11 - hour) * 3600
    clock(HOUR + timedelta(seconds=1))
    assert not is_signed_in(desk)


def test_a_new_password_does_not_renew_a_session(desk: Client, clock: Clock) -> None:
    end = Session.objects.get().expire_date
    clock(10 * MINUTE)
    change_password(desk)
    assert Session.objects.get().expire_date == end


@override_settings(SESSION_COOKIE_AGE=60 * 60)
def test_the_setting_shortens_open_sessions(desk: Client) -> None:
    desk.post(LOCK)
    assert Session.objects.get().expire_date <= timezone.now() + HOUR


@pytest.mark.parametrize(("hours", "errors"), [(1, []), (24, []), (25, ["studio.E010"])])
def test_more_than_24_hours_is_a_check_error(hours: int, errors: list[str]) -> None:
    with override_settings(SESSION_COOKIE_AGE=hours * 60 * 60):
        found = [message.id for message in run_checks(tags=["security"])]
    assert [name for name in found if name == "studio.E010"] == errors


# --- The idle end ---------------------------------------------------------------------------------


def test_a_desk_without_a_policy_locks_after_15_minutes(desk: Client, clock: Clock) -> None:
    clock(14 * MINUTE)
    assert current_member_name(desk) == "Mia"
    clock(14 * MINUTE)
    assert current_member_name(desk) == "Mia"
    clock(15 * MINUTE)
    assert current_member_name(desk) is None
    assert desk.get(LIST)["Location"].startswith(AT_DESK)


def test_a_policy_without_an_idle_time_locks_after_15_minutes(
    northside: Org, desk: Client, clock: Clock
) -> None:
    lock_after(northside, None)
    clock(16 * MINUTE)
    assert current_member_name(desk) is None


def test_an_org_may_choose_a_longer_idle_time(
    northside: Org, mia: User, desk: Client, clock: Clock
) -> None:
    lock_after(northside, 60)
    take_over(desk, mia, PASSWORD)
    clock(59 * MINUTE)
    assert current_member_name(desk) == "Mia"


def test_live_updates_do_not_count_as_use(desk: Client, clock: Clock) -> None:
    clock(14 * MINUTE)
    desk.get(LIST, headers={"Live-Update": "true"})
    clock(2 * MINUTE)
    assert current_member_name(desk) is None


@pytest.mark.parametrize("htmx", [False, True])
def test_an_idle_session_without_a_desk_ends(superuser: Client, clock: Clock, htmx: bool) -> None:
    assert superuser.get("/admin/").status_code == 200
    clock(14 * MINUTE)
    assert superuser.get("/admin/").status_code == 200
    clock(15 * MINUTE)
    answer = superuser.get("/admin/", headers=HTMX if htmx else {})
    assert answer["HX-Redirect" if htmx else "Location"].startswith(reverse("login"))
    assert not Session.objects.exists()


def test_use_is_stored_once_a_minute(
    desk: Client, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(LIST)
    for seconds, queries in [(0, 3), (59, 3), (1, 4), (1, 3), (58, 3), (1, 4)]:
        clock(timedelta(seconds=seconds))
        with django_assert_num_queries(queries):
            desk.get(LIST)


# --- A new key ------------------------------------------------------------------------------------


def change_password(browser: Client) -> None:
    new = "another-long-password"
    typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post(reverse("admin:password_change"), typed).status_code == 302


@pytest.mark.parametrize("step", ["other member", "same member", "password", "new password"])
def test_a_step_up_gives_the_session_a_new_key(
    northside: Org, mia: User, desk: Client, step: str
) -> None:
    noah = make_user(username="noah", org=northside)
    for user in (mia, noah):
        give_pin(user)
    before = key_of(desk)
    if step == "new password":
        change_password(desk)
    else:
        desk.post(LOCK)
        take_over(desk, noah if step == "other member" else mia, *[PASSWORD][: step == "password"])

    assert key_of(desk) != before
    assert is_signed_in(desk)
    assert Session.objects.count() == 1
    assert not is_signed_in(browser_with(before))


def test_a_request_with_the_old_key_does_not_delete_the_new_cookie(mia: User, desk: Client) -> None:
    """Another tab may have sent it just before."""
    before = key_of(desk)
    take_over(desk, mia, PASSWORD)

    late = browser_with(before).get(LIST)

    assert late.status_code == 302
    assert settings.SESSION_COOKIE_NAME not in late.cookies


def test_signing_out_deletes_the_cookie(desk: Client) -> None:
    answer = desk.post(reverse("logout"))
    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""
