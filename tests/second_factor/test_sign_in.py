"""The sign-in with a second factor: the password alone opens nothing, and each code works once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from studio.accounts import rate_limit
from studio.accounts.second_factor import pending
from studio.models import RecoveryCode, Session, Totp, User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.pages import LIST, words_on
from tests.second_factor.people import (
    ADD_APP,
    CHECK,
    OWN,
    SECRET,
    code,
    give_app,
    give_codes,
    is_signed_in,
    password_typed,
    send_code,
    wrong_code,
)

Later = Callable[[timedelta], None]
WRONG = "That code is not right."
WAIT = "There were too many wrong tries."


@pytest.fixture
def app(mia: User) -> str:
    return give_app(mia)


# --- The password alone ---------------------------------------------------------------------------


def test_a_person_without_a_factor_signs_in_by_the_password(mia: User) -> None:
    assert is_signed_in(password_typed(mia))


def test_the_password_alone_signs_no_one_in(mia: User, app: str) -> None:
    browser = Client()
    typed = {"username": "mia", "password": PASSWORD, "next": LIST}
    response = browser.post(reverse("login"), typed)

    assert response["Location"] == CHECK
    for page in (LIST, OWN, ADD_APP, reverse("admin:index"), reverse("own_sessions")):
        assert browser.get(page)["Location"].startswith(reverse("login")), page
    assert not Session.objects.filter(user=mia.pk).exists()
    mia.refresh_from_db()
    assert mia.last_login is None


def test_a_wrong_password_does_not_tell_that_there_is_a_factor(mia: User, app: str) -> None:
    typed = {"username": "mia", "password": "wrong"}
    assert "second factor" not in words_on(Client().post(reverse("login"), typed)).lower()


def test_the_code_page_without_a_password_leads_to_the_sign_in(mia: User, app: str) -> None:
    for browser in (Client(), Client()):
        assert browser.get(CHECK)["Location"].startswith(reverse("login"))
        assert send_code(browser, code())["Location"].startswith(reverse("login"))
        assert not is_signed_in(browser)


# --- Codes of the app -----------------------------------------------------------------------------


def test_a_right_code_signs_in_with_a_new_key_and_goes_to_the_page(mia: User, app: str) -> None:
    page = f"{LIST}?q=ana"
    browser = password_typed(mia, next=page)
    before = browser.cookies[settings.SESSION_COOKIE_NAME].value

    response = send_code(browser, code())

    assert response["Location"] == page
    assert is_signed_in(browser)
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert settings.DESK_COOKIE_NAME in response.cookies
    assert pending.PENDING not in browser.session
    mia.refresh_from_db()
    assert mia.last_login is not None


@pytest.mark.parametrize("typed", ["", "   ", "12345", "1234567", "x", "٣٣٣٣٣٣", "0" * 5000])
def test_a_malformed_code_is_refused(mia: User, app: str, typed: str) -> None:
    browser = password_typed(mia)
    assert send_code(browser, typed).status_code == 200
    assert not is_signed_in(browser)


def test_a_wrong_code_is_refused_and_told_after_the_sign_in(mia: User, app: str) -> None:
    browser = password_typed(mia)
    assert WRONG in words_on(send_code(browser, wrong_code()))
    assert not is_signed_in(browser)

    send_code(browser, code())
    assert "1 wrong try with your password, PIN or code" in words_on(browser.get(LIST))


@pytest.mark.parametrize(
    ("steps_ago", "is_right"), [(-1, False), (0, True), (1, True), (2, False), (3, False)]
)
def test_the_current_code_and_the_one_before_are_right(
    mia: User, app: str, now: datetime, steps_ago: int, is_right: bool
) -> None:
    browser = password_typed(mia)
    send_code(browser, code(steps_ago=steps_ago))
    assert is_signed_in(browser) == is_right


def test_a_code_works_once(mia: User, app: str, now: datetime) -> None:
    used = code()
    assert send_code(password_typed(mia), used).status_code == 302
    other = password_typed(mia)
    assert WRONG in words_on(send_code(other, used))
    assert not is_signed_in(other)


def test_an_older_code_is_refused_after_a_newer_one(mia: User, app: str, now: datetime) -> None:
    send_code(password_typed(mia), code())
    other = password_typed(mia)
    send_code(other, code(steps_ago=1))
    assert not is_signed_in(other)


def test_the_code_of_a_colleague_is_refused(mia: User, olivia: User, app: str) -> None:
    give_app(olivia, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    browser = password_typed(olivia)
    send_code(browser, code())
    assert not is_signed_in(browser)


# --- Recovery codes -------------------------------------------------------------------------------


def test_a_recovery_code_works_once(mia: User, app: str) -> None:
    first, second, *_ = give_codes(mia)
    for typed in (first, second.upper().replace("-", " ")):
        browser = password_typed(mia)
        send_code(browser, typed)
        assert is_signed_in(browser)
        again = password_typed(mia)
        assert WRONG in words_on(send_code(again, typed))
        assert not is_signed_in(again)
    assert RecoveryCode.objects.filter(user=mia).count() == 8


def test_recovery_codes_of_colleagues_and_former_ones_are_refused(
    mia: User, olivia: User, app: str
) -> None:
    former, others = give_codes(mia), give_codes(olivia)
    give_codes(mia)
    browser = password_typed(mia)
    for typed in (former[0], others[0]):
        send_code(browser, typed)
        assert not is_signed_in(browser)


def test_recovery_codes_are_stored_as_hashes_and_have_120_bits(mia: User) -> None:
    codes = give_codes(mia)
    stored = str([*RecoveryCode.objects.values()])
    assert len({*codes}) == 10
    assert all(len(each.replace("-", "")) == 24 for each in codes)
    assert not any(each in stored or each.replace("-", "") in stored for each in codes)


# --- Guessing -------------------------------------------------------------------------------------


def test_wrong_codes_are_counted_in_all_browsers_of_the_account(
    mia: User, app: str, now: datetime, later: Later
) -> None:
    """A guesser with the password has no further tries by another browser and password."""
    for _ in range(5):
        assert WRONG in words_on(send_code(password_typed(mia), wrong_code()))
    browser = password_typed(mia)
    assert WAIT in words_on(send_code(browser, code()))
    assert not is_signed_in(browser)

    later(timedelta(seconds=30))
    send_code(browser, code())
    assert is_signed_in(browser)


def test_a_right_code_in_between_resets_nothing(
    mia: User, app: str, now: datetime, later: Later
) -> None:
    for _ in range(4):
        send_code(password_typed(mia), wrong_code())
    send_code(password_typed(mia), code())
    later(timedelta(seconds=30))
    send_code(password_typed(mia), wrong_code())
    assert WAIT in words_on(send_code(password_typed(mia), code()))


def test_wrong_passwords_of_strangers_do_not_delay_the_code(
    mia: User, app: str, now: datetime
) -> None:
    browser = password_typed(mia)
    for _ in range(6):
        Client().post(reverse("login"), {"username": "mia", "password": "wrong"})
    send_code(browser, code())
    assert is_signed_in(browser)


def test_an_owner_ends_the_delay_of_wrong_codes(mia: User, app: str, now: datetime) -> None:
    browser = password_typed(mia)
    for _ in range(5):
        send_code(browser, wrong_code())
    assert rate_limit.waits_until("mia") == now + timedelta(seconds=30)
    assert rate_limit.lift("mia")
    send_code(browser, code())
    assert is_signed_in(browser)


# --- The end of the sign-in -----------------------------------------------------------------------


def test_a_sign_in_ends_five_minutes_after_the_password(
    mia: User, app: str, now: datetime, later: Later
) -> None:
    browser = password_typed(mia)
    later(timedelta(minutes=5))

    response = browser.post(CHECK, {"code": code()}, follow=True)

    assert "The sign-in took too long. Sign in again." in words_on(response)
    assert not is_signed_in(browser)


@pytest.mark.parametrize("change", ["password", "inactive", "no factor"])
def test_a_change_of_the_account_ends_the_sign_in(mia: User, app: str, change: str) -> None:
    browser = password_typed(mia)
    if change == "password":
        mia.set_password("another-long-password")
    elif change == "inactive":
        mia.is_active = False
    else:
        Totp.objects.all().delete()
    mia.save()
    send_code(browser, code())
    assert not is_signed_in(browser)


def test_another_person_may_sign_in_instead(mia: User, olivia: User, app: str) -> None:
    browser = password_typed(olivia, password_typed(mia))
    assert is_signed_in(browser)
    assert browser.session["_auth_user_id"] == str(olivia.pk)
    assert browser.get(CHECK)["Location"] == reverse("home")


# --- Secrets --------------------------------------------------------------------------------------


def test_a_secret_is_encrypted_with_a_key_that_is_not_in_the_database(mia: User, app: str) -> None:
    stored = Totp.objects.get().secret
    assert SECRET not in stored
    with override_settings(SECRET_KEY="another-key"):
        browser = password_typed(mia)
        send_code(browser, code())
        assert not is_signed_in(browser)


def test_factors_stay_right_while_the_older_key_is_a_fallback(mia: User, app: str) -> None:
    codes, before = give_codes(mia), Totp.objects.get().secret
    fallback = override_settings(
        SECRET_KEY="another-key", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]
    )
    with fallback:
        for typed in (code(), codes[0]):
            browser = password_typed(mia)
            send_code(browser, typed)
            assert is_signed_in(browser)
    assert Totp.objects.get().secret != before
    with override_settings(SECRET_KEY="another-key"):
        browser = password_typed(mia)
        send_code(browser, code(steps_ago=-1))
        assert not is_signed_in(browser)


def test_requests_after_the_sign_in_load_no_factors(
    mia: User, signed_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    give_app(mia)
    desk = signed_in(mia)
    desk.get(LIST)
    with django_assert_num_queries(1) as captured:
        desk.get(reverse("here_at_desk"))
    assert "studio_totp" not in captured[0]["sql"]


def test_the_texts_are_spanish_in_a_spanish_browser(mia: User, app: str) -> None:
    browser = password_typed(mia, Client(headers={"Accept-Language": "es"}))
    words = words_on(send_code(browser, wrong_code()))
    assert "Segundo factor" in words
    assert "Ese código no es correcto." in words
    assert "code" not in words
