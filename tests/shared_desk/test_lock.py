"""The lock: after a time that nobody did anything, and when somebody wants it. What counts as
doing something is in test_presence.py."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.accounts.pins import TRIES
from studio.models import User
from tests.factories import PASSWORD
from tests.pages import HTMX, LIST, html_of, press, words_on
from tests.purchase_kinds import used
from tests.shared_desk.people import (
    LOCK,
    PIN,
    WHO,
    WRONG,
    give_pin,
    leave_alone,
    lock_after,
    problem_on,
    seen,
    take_over,
    who_is_at_the_desk,
)


def test_who_has_just_signed_in_is_there(locking: Client) -> None:
    assert who_is_at_the_desk(locking) == "Mia"


def test_after_that_time_nobody_acts_and_nothing_can_be_read(
    locking: Client, pack: Purchase
) -> None:
    leave_alone(locking, 4.9)
    assert who_is_at_the_desk(locking) == "Mia"
    leave_alone(locking, 5.1)

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
        assert fragment["HX-Redirect"].startswith(WHO)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_press_changes_nothing_says_so_and_comes_back_to_the_page(
    locking: Client, mia: User, pack: Purchase, htmx: bool
) -> None:
    leave_alone(locking, 6)
    page = f"{LIST}?q=quil"

    answer = locking.post(
        reverse("purchases:reinstate", args=[pack.pk]),
        {"request_id": "0192f0c1-9b1e-7c3e-8a54-3f0f5b1e2d11", "next": page},
        headers=HTMX | {"HX-Current-URL": f"http://testserver{page}"} if htmx else {},
    )

    assert used(pack) == 3
    asked = answer["HX-Redirect" if htmx else "Location"]
    who = locking.get(asked)
    assert problem_on(who).startswith("Nothing was changed: the desk was locked.")
    (to,) = set(re.findall(r'name="next" value="([^"]*)"', html_of(who)))
    assert to == page
    assert take_over(locking, mia, page=to)["Location"] == page
    press(locking, "reinstate", pack)
    assert used(pack) == 2


def test_whoever_has_a_code_opens_it_again(locking: Client, mia: User, olivia: User) -> None:
    leave_alone(locking, 6)
    take_over(locking, olivia, WRONG)
    assert who_is_at_the_desk(locking) is None
    take_over(locking, olivia)
    assert who_is_at_the_desk(locking) == "Olivia"


def test_without_any_code_the_password_opens_it(northside: Org, mia: User) -> None:
    lock_after(northside, 5)
    browser = Client()
    browser.force_login(mia)
    assert who_is_at_the_desk(browser) is None, "nobody has been seen at this computer"
    page = browser.get(WHO)
    assert "Mia: use the password" in words_on(page)
    assert 'type="radio"' not in html_of(page)
    told = problem_on(take_over(browser, mia, WRONG))
    assert told == "That is not Mia’s password. 4 tries left."
    take_over(browser, mia, PASSWORD)
    assert who_is_at_the_desk(browser) == "Mia"


def test_without_a_policy_it_never_locks_by_itself(mia: User, desk: Client) -> None:
    give_pin(mia)
    leave_alone(desk, 600)
    assert who_is_at_the_desk(desk) == "Mia"


def test_the_desk_that_locks_is_the_one_that_was_left(locking: Client, mia: User) -> None:
    other = Client()
    other.post(reverse("login"), {"username": "mia", "password": PASSWORD})
    leave_alone(locking, 6)
    assert who_is_at_the_desk(other) == "Mia"
    assert who_is_at_the_desk(locking) is None


# --- On demand ------------------------------------------------------------------------------------


def test_somebody_locks_it_and_any_code_opens_it(mia: User, olivia: User, desk: Client) -> None:
    for user in (mia, olivia):
        give_pin(user)
    page = f"{LIST}?state=active"
    answer = desk.post(LOCK, {"next": page})
    assert answer["Location"].startswith(WHO)
    assert who_is_at_the_desk(desk) is None
    assert desk.post(LOCK, {"next": page}).status_code == 302, "twice is as good as once"
    assert take_over(desk, olivia, page=page)["Location"] == page
    assert who_is_at_the_desk(desk) == "Olivia"


def test_no_link_locks_it_and_no_other_site(mia: User, desk: Client) -> None:
    give_pin(mia)
    assert desk.get(LOCK).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(mia)
    assert strict.post(LOCK).status_code == 403
    assert who_is_at_the_desk(strict) == "Mia"


def test_an_older_cookie_does_not_open_what_was_locked(locking: Client) -> None:
    before = seen(locking)
    locking.post(LOCK)
    locking.cookies[settings.DESK_COOKIE_NAME] = before
    assert who_is_at_the_desk(locking) is None


def test_from_a_locked_desk_one_can_sign_out_and_in(locking: Client, mia: User) -> None:
    for _ in range(TRIES):
        take_over(locking, mia, WRONG)
    locking.post(LOCK)
    assert problem_on(take_over(locking, mia, PIN)).startswith("Mia is locked out until")
    locking.post(reverse("logout"))
    locking.post(reverse("login"), {"username": "mia", "password": PASSWORD})
    assert who_is_at_the_desk(locking) == "Mia"


def test_a_lock_is_offered_where_there_is_one(desk: Client, mia: User) -> None:
    assert "Lock the desk" not in words_on(desk.get(WHO))
    give_pin(mia)
    page = html_of(desk.get(WHO))
    assert 'form="lock"' in page
    assert '<form id="lock"' in page
