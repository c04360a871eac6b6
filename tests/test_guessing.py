"""Guessing passwords and PINs: every page that asks for one counts wrong tries, tells how long to
wait, and does not tell whether an account exists."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.accounts import rate_limit
from studio.models import Membership, Pin, User
from tests.allowances.limits import allow
from tests.approvals.approval import approve, owners_form
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_purchase
from tests.pages import LIST, note_on, words_on
from tests.shared_desk.people import PIN, WRONG, give_pin, problem_on, take_over

Later = Callable[[timedelta], None]
PASSWORD_CHANGE = reverse("admin:password_change")
MEMBERSHIPS = reverse("admin:studio_membership_changelist")
WAIT = "There were too many wrong tries. Wait 30 seconds, then try again."


def sign_in(
    username: str, password: str = PASSWORD, browser: Client | None = None, **headers: str
) -> HttpResponseBase:
    typed = {"username": username, "password": password}
    return (browser or Client()).post(reverse("login"), typed, **headers)  # type: ignore[arg-type]


def guess(username: str, count: int) -> None:
    for number in range(count):
        assert sign_in(username, f"wrong-{number}").status_code == 200


def choose(browser: Client, action: str, member: Membership) -> str:
    chosen = {"action": action, "_selected_action": [str(member.pk)]}
    return words_on(browser.post(MEMBERSHIPS, chosen, follow=True))


# --- The sign-in page -----------------------------------------------------------------------------


def test_right_password_is_refused_after_five_wrong_ones_until_the_delay_ends(
    mia: User, now: datetime, later: Later
) -> None:
    guess("mia", 5)
    assert problem_on(sign_in("mia")) == WAIT
    later(timedelta(seconds=30))
    assert sign_in("mia").status_code == 302


def test_texts_do_not_tell_whether_an_account_exists(mia: User, now: datetime) -> None:
    texts = {
        name: [problem_on(sign_in(name, "wrong")) for _ in range(7)] for name in ("mia", "nemo")
    }
    assert texts["mia"] == texts["nemo"]
    assert texts["mia"][-1] == WAIT


@pytest.mark.parametrize("username", ["mia", "nemo", "inactive"])
def test_a_try_costs_one_hash_and_a_refused_try_costs_none(
    mia: User, username: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("inactive", password=PASSWORD, is_active=False)
    hashes: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashes.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    guess(username, 5)
    assert len(hashes) == 5
    guess(username, 3)
    assert len(hashes) == 5


def test_people_are_told_in_their_language(mia: User) -> None:
    guess("mia", 5)
    page = sign_in("mia", HTTP_ACCEPT_LANGUAGE="es")
    assert problem_on(page).startswith("Ha habido demasiados intentos fallidos. Espera ")


def test_strangers_do_not_keep_a_person_out_of_their_own_browser(mia: User) -> None:
    browser = Client()
    assert sign_in("mia", browser=browser).status_code == 302
    browser.post(reverse("logout"))
    guess("mia", 6)
    assert sign_in("mia", browser=browser).status_code == 302


def test_browser_cookie_is_hard_to_read_and_grants_nothing(mia: User, otto: User) -> None:
    browser = Client()
    sign_in("mia", browser=browser)
    cookie = browser.cookies[settings.BROWSER_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    other = Client()
    other.cookies[settings.BROWSER_COOKIE_NAME] = cookie.value
    assert other.get(LIST).status_code == 302


def test_each_address_behind_a_trusted_proxy_counts_for_itself(mia: User) -> None:
    with override_settings(TRUSTED_PROXIES=1):
        for number in range(25):
            sign_in(f"name-{number}", HTTP_X_FORWARDED_FOR=f"forged-{number}, 192.0.2.1")
        assert problem_on(sign_in("mia", HTTP_X_FORWARDED_FOR="192.0.2.1")).startswith("There were")
        assert sign_in("mia", HTTP_X_FORWARDED_FOR="192.0.2.2").status_code == 302


# --- Every other page -----------------------------------------------------------------------------


def change_password(browser: Client, old: str) -> HttpResponseBase:
    new = {"new_password1": "an-unusual-new-one", "new_password2": "an-unusual-new-one"}
    return browser.post(PASSWORD_CHANGE, {"old_password": old} | new)


def test_change_of_password_counts_wrong_tries(
    mia: User, desk: Client, now: datetime, later: Later
) -> None:
    for _ in range(5):
        assert "incorrectly" in words_on(change_password(desk, "wrong"))
    assert WAIT in words_on(change_password(desk, PASSWORD))
    later(timedelta(seconds=30))
    assert change_password(desk, PASSWORD).status_code == 302
    assert sign_in("mia", "an-unusual-new-one").status_code == 302


def test_all_pages_share_one_count(
    mia: User, olivia: User, desk: Client, signed_in: SignIn, northside: Org
) -> None:
    pack: Purchase = make_purchase(org=northside)
    give_pin(olivia)
    allow(northside, 0)
    fields = owners_form(desk, pack)
    assert "tries are left" in note_on(approve(desk, pack, fields, WRONG))
    take_over(desk, olivia, WRONG)
    change_password(signed_in(olivia), WRONG)
    owner = signed_in(olivia)
    typed = {"password": WRONG, "pin": "50821", "again": "50821"}
    owner.post(reverse("own_pin"), typed)
    guess("olivia", 1)

    assert "Too many wrong tries" in note_on(approve(desk, pack, fields, PASSWORD))
    assert problem_on(take_over(desk, olivia)).startswith("Too many wrong tries: Olivia can")
    assert "too many wrong tries" in words_on(change_password(owner, PASSWORD))
    assert "Too many wrong tries" in words_on(
        owner.post(reverse("own_pin"), typed | {"password": PASSWORD})
    )
    assert "too many wrong tries" in problem_on(sign_in("olivia"))


# --- What people are told, and what owners can do -------------------------------------------------

TOLD = (
    "2 wrong tries with your password, PIN or code since today. If that was not you, tell an owner."
)


def test_person_is_told_about_wrong_tries_once_after_the_sign_in(mia: User, now: datetime) -> None:
    guess("mia", 2)
    browser = Client()
    sign_in("mia", browser=browser)
    assert TOLD in words_on(browser.get(LIST))
    assert "wrong tries" not in words_on(browser.get(LIST))
    again = Client()
    sign_in("mia", browser=again)
    assert "wrong tries" not in words_on(again.get(LIST))


def test_person_is_told_the_day_of_the_first_wrong_try(
    mia: User, now: datetime, later: Later
) -> None:
    for days, since in ((1, "since yesterday"), (2, "since ")):
        guess("mia", 2)
        later(timedelta(days=days))
        browser = Client()
        sign_in("mia", browser=browser)
        page = words_on(browser.get(LIST))
        assert f"2 wrong tries with your password, PIN or code {since}" in page
        assert ("yesterday" in page) == (days == 1)


def test_person_is_told_after_taking_over_the_desk(
    mia: User, olivia: User, desk: Client, now: datetime
) -> None:
    give_pin(olivia)
    for _ in range(2):
        take_over(desk, olivia, WRONG)
    take_over(desk, olivia)
    assert TOLD.removesuffix(" If that was not you, tell an owner.") in words_on(desk.get(LIST))


def test_unlocking_is_recorded_and_allows_one_try_an_hour(
    mia: User, olivia: User, signed_in: SignIn, now: datetime
) -> None:
    member = give_pin(mia)
    owner = signed_in(olivia)
    assert "Mia is not locked out." in choose(owner, "lift_lockouts", member)
    guess("mia", 5)
    assert "Mia is unlocked." in choose(owner, "lift_lockouts", member)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        olivia,
        str(member.pk),
        "Mia is unlocked.",
    )
    guess("mia", 1)
    assert rate_limit.waits_until("mia") == now + timedelta(minutes=1)
    assert "unlocked less than an hour ago" in choose(owner, "lift_lockouts", member)
    assert LogEntry.objects.count() == 1


def test_clearing_a_pin_is_recorded(mia: User, olivia: User, signed_in: SignIn) -> None:
    member = give_pin(mia)
    assert "The PIN of Mia is cleared." in choose(signed_in(olivia), "clear_pins", member)
    assert not Pin.objects.exists()
    assert LogEntry.objects.get().change_message == "The PIN of Mia is cleared."


def test_form_of_a_member_shows_the_delay(mia: User, olivia: User, signed_in: SignIn) -> None:
    guess("mia", 5)
    form = reverse("admin:studio_membership_change", args=[mia.membership.pk])
    assert "locked out until: " in words_on(signed_in(olivia).get(form)).lower()
    assert PIN
