"""What counts as somebody being at the desk, and the cookie in which it stands."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from purchases import live_updates
from purchases.models import Org, Purchase
from studio.models import User
from tests.factories import PASSWORD
from tests.pages import HTMX, LIST, press
from tests.shared_desk.people import (
    LOCK,
    WHO,
    give_pin,
    leave_alone,
    lock_after,
    presence,
    seen,
    who_is_at_the_desk,
)
from tests.test_live_updates import etag

HERE = reverse("here_at_desk")
BY_ITSELF = {"Live-Update": "true"}


@pytest.mark.parametrize(
    "what",
    [
        lambda browser, pack: browser.get(LIST),
        lambda browser, pack: browser.get(LIST, {"q": "ana"}, headers=HTMX),
        lambda browser, pack: browser.get(HERE),
        lambda browser, pack: press(browser, "use", pack, htmx=True),
    ],
)
def test_a_page_a_search_a_press_and_a_key_are_somebody(
    locking: Client, pack: Purchase, what: Callable[[Client, Purchase], object]
) -> None:
    leave_alone(locking, 4)
    before = seen(locking)
    what(locking, pack)
    assert seen(locking) != before


def test_whose_page_was_just_shown_is_there_when_an_owner_first_wants_a_lock(
    northside: Org, mia: User, desk: Client, pack: Purchase
) -> None:
    give_pin(mia)
    assert settings.DESK_COOKIE_NAME in desk.get(LIST).cookies
    # Until then, parts of a page need not carry it.
    assert settings.DESK_COOKIE_NAME not in press(desk, "use", pack, htmx=True).cookies
    lock_after(northside, 5)
    assert who_is_at_the_desk(desk) == "Mia"


@pytest.mark.parametrize("path", ["rows", "changes", "list"])
def test_what_a_page_asks_by_itself_is_nobody(locking: Client, pack: Purchase, path: str) -> None:
    leave_alone(locking, 4)
    before = seen(locking)
    match path:
        case "rows":
            url = reverse("purchases:rows") + f"?ids={pack.pk}"
            answer = locking.get(url, headers=HTMX | BY_ITSELF)
        case "changes":
            asked = {"Live-Token": live_updates.token(pack.org_id), "If-None-Match": etag()}
            answer = locking.get(reverse("purchases:changes"), headers=asked)
        case _:
            answer = locking.get(LIST, headers=BY_ITSELF)
    assert answer.status_code == (304 if path == "changes" else 200)
    assert seen(locking) == before


def test_a_locked_desk_is_not_opened_by_asking(locking: Client) -> None:
    leave_alone(locking, 6)
    before = seen(locking)
    for path in (LIST, HERE, WHO, reverse("login"), reverse("home")):
        locking.get(path)
    locking.post(reverse("login"), {"username": "mia", "password": PASSWORD})
    locking.post(LOCK)
    assert seen(locking) == before
    assert who_is_at_the_desk(locking) is None


@pytest.mark.parametrize("cookie", ["", "here", "here:1vMxyz:forged"])
def test_a_cookie_that_is_missing_or_forged_locks(locking: Client, cookie: str) -> None:
    locking.cookies[settings.DESK_COOKIE_NAME] = cookie
    assert who_is_at_the_desk(locking) is None


def test_nor_does_the_cookie_of_another_computer_open_it(locking: Client) -> None:
    locking.cookies[settings.DESK_COOKIE_NAME] = presence("another-session", 0)
    assert who_is_at_the_desk(locking) is None


def test_the_cookie_is_for_the_server_alone(locking: Client) -> None:
    cookie = locking.get(LIST).cookies[settings.DESK_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
