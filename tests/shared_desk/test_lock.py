"""The desk locks after idle time and on demand. test_activity.py tests which requests count as
activity."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.models import User
from tests.factories import PASSWORD
from tests.pages import HTMX, LIST, html_of, post_action, words_on
from tests.purchase_kinds import used
from tests.shared_desk.people import (
    AT_DESK,
    LOCK,
    WRONG,
    current_member_name,
    desk_cookie,
    give_pin,
    leave_idle,
    lock_after,
    problem_on,
    take_over,
)


@pytest.mark.parametrize(
    "page",
    [
        reverse("forgotten_password"),
        reverse("choose_password", args=["MQ", "set-password"]),
        reverse("logout"),
        "/no-such-page/",
    ],
)
def test_no_page_at_a_locked_desk_has_the_key_of_what_was_typed(desk: Client, page: str) -> None:
    assert 'data-key=""' not in html_of(desk.get(LIST))
    desk.post(LOCK)
    assert 'data-key=""' in html_of(desk.get(page))


def test_desk_is_unlocked_after_sign_in(locking: Client) -> None:
    assert current_member_name(locking) == "Mia"


def test_idle_desk_locks_every_page(locking: Client, pack: Purchase) -> None:
    leave_idle(locking, 4.9)
    assert current_member_name(locking) == "Mia"
    leave_idle(locking, 5.1)

    for path in [
        LIST,
        reverse("purchases:client_detail", args=[pack.client_id]),
        reverse("purchases:purchase_detail", args=[pack.pk]),
        reverse("purchases:rows") + f"?ids={pack.pk}",
        reverse("purchases:cancelled_class"),
        reverse("own_pin"),
        "/admin/",
        "/admin/purchases/client/",
    ]:
        page = locking.get(path, follow=True)
        assert "The desk is locked." in words_on(page), path
        assert "Quil" not in html_of(page), path
        assert "Desk Class cancelled" not in words_on(page)
        fragment = locking.get(path, headers=HTMX | {"HX-Current-URL": f"http://testserver{path}"})
        assert html_of(fragment) == "", path
        assert fragment["HX-Redirect"].startswith(AT_DESK)


@pytest.mark.parametrize("htmx", [False, True])
def test_action_on_a_locked_desk_changes_nothing_and_returns_to_the_page(
    locking: Client, mia: User, pack: Purchase, htmx: bool
) -> None:
    leave_idle(locking, 6)
    page = f"{LIST}?q=quil"

    answer = locking.post(
        reverse("purchases:reinstate", args=[pack.pk]),
        {"request_id": "0192f0c1-9b1e-7c3e-8a54-3f0f5b1e2d11", "next": page},
        headers=HTMX | {"HX-Current-URL": f"http://testserver{page}"} if htmx else {},
    )

    assert used(pack) == 3
    location = answer["HX-Redirect" if htmx else "Location"]
    take_over_page = locking.get(location)
    assert problem_on(take_over_page).startswith("Nothing was changed: the desk was locked.")
    (next_url,) = set(re.findall(r'name="next" value="([^"]*)"', html_of(take_over_page)))
    assert next_url == page
    assert take_over(locking, mia, page=next_url)["Location"] == page
    post_action(locking, "reinstate", pack)
    assert used(pack) == 2


def test_any_member_with_a_pin_unlocks_the_desk(locking: Client, mia: User, olivia: User) -> None:
    leave_idle(locking, 6)
    take_over(locking, olivia, WRONG)
    assert current_member_name(locking) is None
    take_over(locking, olivia)
    assert current_member_name(locking) == "Olivia"


def test_password_unlocks_the_desk_if_nobody_has_a_pin(northside: Org, mia: User) -> None:
    lock_after(northside, 5)
    browser = Client()
    browser.force_login(mia)
    assert current_member_name(browser) is None, "the browser has no activity yet"
    page = browser.get(AT_DESK)
    assert "Mia: use the password" in words_on(page)
    assert 'type="radio"' not in html_of(page)
    problem = problem_on(take_over(browser, mia, WRONG))
    assert problem == "That is not Mia’s password. 4 tries left."
    take_over(browser, mia, PASSWORD)
    assert current_member_name(browser) == "Mia"


def test_only_the_idle_browser_locks(locking: Client, mia: User) -> None:
    other = Client()
    other.post(reverse("login"), {"username": "mia", "password": PASSWORD})
    leave_idle(locking, 6)
    assert current_member_name(other) == "Mia"
    assert current_member_name(locking) is None


# --- On demand ------------------------------------------------------------------------------------


def test_locked_on_demand_and_unlocked_by_any_pin(mia: User, olivia: User, desk: Client) -> None:
    for user in (mia, olivia):
        give_pin(user)
    page = f"{LIST}?state=active"
    answer = desk.post(LOCK, {"next": page})
    assert answer["Location"].startswith(AT_DESK)
    assert current_member_name(desk) is None
    assert desk.post(LOCK, {"next": page}).status_code == 302, "locking is idempotent"
    assert take_over(desk, olivia, page=page)["Location"] == page
    assert current_member_name(desk) == "Olivia"


def test_lock_requires_post_and_csrf_token(mia: User, desk: Client) -> None:
    give_pin(mia)
    assert desk.get(LOCK).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(mia)
    assert strict.post(LOCK).status_code == 403
    assert current_member_name(strict) == "Mia"


def test_older_cookie_does_not_unlock_the_desk(locking: Client) -> None:
    before = desk_cookie(locking)
    locking.post(LOCK)
    locking.cookies[settings.DESK_COOKIE_NAME] = before
    assert current_member_name(locking) is None


def test_member_can_sign_out_and_in_on_a_locked_desk(locking: Client, mia: User) -> None:
    locking.post(LOCK)
    assert problem_on(take_over(locking, mia, WRONG)).startswith("That is not Mia’s PIN.")
    locking.post(reverse("logout"))
    locking.post(reverse("login"), {"username": "mia", "password": PASSWORD})
    assert current_member_name(locking) == "Mia"


def test_lock_button_is_shown_if_somebody_has_a_pin(desk: Client, mia: User) -> None:
    assert "Lock the desk" not in words_on(desk.get(AT_DESK))
    give_pin(mia)
    page = html_of(desk.get(AT_DESK))
    assert 'form="lock"' in page
    assert '<form id="lock"' in page
