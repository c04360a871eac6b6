"""The requests that count as activity at the desk, and the cookie that stores its time."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from purchases import live_updates
from purchases.models import Org, Purchase
from studio.models import User
from tests.factories import PASSWORD
from tests.pages import HTMX, LIST, post_action
from tests.shared_desk.people import (
    AT_DESK,
    LOCK,
    activity_cookie,
    current_member_name,
    desk_cookie,
    give_pin,
    leave_idle,
    lock_after,
)
from tests.test_live_updates import etag

HERE = reverse("here_at_desk")
LIVE_UPDATE = {"Live-Update": "true"}


@pytest.mark.parametrize(
    "act",
    [
        lambda browser, pack: browser.get(LIST),
        lambda browser, pack: browser.get(LIST, {"q": "ana"}, headers=HTMX),
        lambda browser, pack: browser.get(HERE),
        lambda browser, pack: post_action(browser, "use", pack, htmx=True),
    ],
)
def test_pages_searches_actions_and_keys_count_as_activity(
    locking: Client, pack: Purchase, act: Callable[[Client, Purchase], object]
) -> None:
    leave_idle(locking, 4)
    before = desk_cookie(locking)
    act(locking, pack)
    assert desk_cookie(locking) != before


def test_recent_page_counts_as_activity_once_the_owner_enables_the_lock(
    northside: Org, mia: User, desk: Client, pack: Purchase
) -> None:
    give_pin(mia)
    assert settings.DESK_COOKIE_NAME in desk.get(LIST).cookies
    # Fragments set no cookie if the desk does not lock.
    assert settings.DESK_COOKIE_NAME not in post_action(desk, "use", pack, htmx=True).cookies
    lock_after(northside, 5)
    assert current_member_name(desk) == "Mia"


@pytest.mark.parametrize("path", ["rows", "changes", "list"])
def test_automatic_requests_do_not_count_as_activity(
    locking: Client, pack: Purchase, path: str
) -> None:
    leave_idle(locking, 4)
    before = desk_cookie(locking)
    match path:
        case "rows":
            url = reverse("purchases:rows") + f"?ids={pack.pk}"
            answer = locking.get(url, headers=HTMX | LIVE_UPDATE)
        case "changes":
            key = locking.cookies[settings.SESSION_COOKIE_NAME].value
            headers = {"Live-Token": live_updates.token(pack.org_id, key), "If-None-Match": etag()}
            answer = locking.get(reverse("purchases:changes"), headers=headers)
        case _:
            answer = locking.get(LIST, headers=LIVE_UPDATE)
    assert answer.status_code == (304 if path == "changes" else 200)
    assert desk_cookie(locking) == before


def test_requests_do_not_unlock_a_locked_desk(locking: Client) -> None:
    leave_idle(locking, 6)
    before = desk_cookie(locking)
    for path in (LIST, HERE, AT_DESK, reverse("login"), reverse("home")):
        locking.get(path)
    locking.post(reverse("login"), {"username": "mia", "password": PASSWORD})
    locking.post(LOCK)
    assert desk_cookie(locking) == before
    assert current_member_name(locking) is None


@pytest.mark.parametrize("cookie", ["", "here", "here:1vMxyz:forged"])
def test_missing_or_forged_cookie_locks(locking: Client, cookie: str) -> None:
    locking.cookies[settings.DESK_COOKIE_NAME] = cookie
    assert current_member_name(locking) is None


def test_cookie_of_another_session_locks(locking: Client) -> None:
    locking.cookies[settings.DESK_COOKIE_NAME] = activity_cookie("another-session", 0)
    assert current_member_name(locking) is None


def test_cookie_is_http_only_and_same_site(locking: Client) -> None:
    cookie = locking.get(LIST).cookies[settings.DESK_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
