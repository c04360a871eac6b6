"""Passkeys: only an answer of the person's device, for this host and this page, signs in."""

import json
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client, override_settings

from studio.accounts.second_factor import factors, passkeys
from studio.models import Passkey, RecoveryCode, User
from tests.conftest import SignIn
from tests.factories import PASSWORD
from tests.pages import words_on
from tests.second_factor.device import PRESENT, Device
from tests.second_factor.people import (
    ADD_PASSKEY,
    CHECK,
    OWN,
    add_passkey,
    give_app,
    give_passkey,
    is_signed_in,
    options_on,
    password_typed,
    send_passkey,
)

REFUSED = "This passkey was not accepted. Try again."
# Answers of a phishing page, and of a device that does not verify the person.
BAD = {
    "another site": {"origin": "http://evil.example"},
    "a subdomain": {"origin": "http://a.testserver"},
    "another scheme": {"origin": "https://testserver"},
    "another port": {"origin": "http://testserver:8000"},
    "another host": {"host": "evil.example"},
    "the person is not verified": {"flags": PRESENT},
    "the person is not there": {"flags": 0},
}
MALFORMED = [
    "",
    "x",
    "null",
    "[]",
    "{}",
    '{"id": 1}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    '{"id": "a", "rawId": "b", "type": "x", "response": {"clientDataJSON": "AA"}}',
    "[" * 19_000,
    "9" * 19_000,
    '{"id":"\\ud800"}',
]


@pytest.fixture
def device(mia: User, desk: Client) -> Device:
    return give_passkey(mia, desk)


# --- Adding ---------------------------------------------------------------------------------------


def test_a_person_adds_a_passkey_and_signs_in_with_it(mia: User, desk: Client) -> None:
    device = Device()
    response = add_passkey(desk, device, name="Mia’s phone")
    assert "Recovery codes" in words_on(response)
    assert "Passkey: Mia’s phone" in words_on(desk.get(OWN))

    browser = password_typed(mia)
    assert not is_signed_in(browser)
    assert send_passkey(browser, device).status_code == 302
    assert is_signed_in(browser)
    assert "last used" in words_on(browser.get(OWN))


def test_the_options_demand_verification_and_exclude_former_passkeys(
    desk: Client, device: Device
) -> None:
    options = options_on(desk.get(ADD_PASSKEY))
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["rp"]["id"] == "testserver"
    assert [each["type"] for each in options["excludeCredentials"]] == ["public-key"]
    assert "mia" not in options["user"]["id"]


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_a_passkey_that_is_not_for_this_page_is_not_added(
    desk: Client, change: dict[str, object]
) -> None:
    device = Device(**change)  # type: ignore[arg-type]
    assert REFUSED in words_on(add_passkey(desk, device))
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("answer", MALFORMED)
def test_a_malformed_answer_is_not_added(desk: Client, answer: str) -> None:
    desk.get(ADD_PASSKEY)
    typed = {"password": PASSWORD, "name": "x", "passkey": answer}
    assert desk.post(ADD_PASSKEY, typed).status_code == 200
    assert not Passkey.objects.exists()


def test_a_challenge_is_of_one_page(desk: Client) -> None:
    device = Device()
    options = options_on(desk.get(ADD_PASSKEY))
    desk.get(ADD_PASSKEY)
    typed = {"password": PASSWORD, "name": "x", "passkey": device.create(options)}
    assert REFUSED in words_on(desk.post(ADD_PASSKEY, typed))


@pytest.mark.parametrize(
    ("name", "password"), [("", PASSWORD), ("a\u202eb", PASSWORD), ("x", "no")]
)
def test_a_passkey_needs_a_name_and_the_password(desk: Client, name: str, password: str) -> None:
    response = add_passkey(desk, Device(), name=name, password=password)
    assert response.status_code == 200
    assert not Passkey.objects.exists()


def test_a_person_has_twenty_passkeys_at_most(mia: User, desk: Client) -> None:
    for number in range(passkeys.MAX_PASSKEYS):
        give_passkey(mia, desk, Device(credential_id=b"number-%d" % number))
    assert "Remove a passkey" in words_on(desk.get(ADD_PASSKEY, follow=True))


def test_the_passkey_of_another_account_is_not_added(mia: User, olivia: User, desk: Client) -> None:
    passkeys = [
        Passkey(user=user, name="key", credential_id=b"same", credential=b"-", sign_count=0)
        for user in (olivia, mia)
    ]
    added = [factors.add(passkey, must_be_first=True) for passkey in passkeys]
    assert [codes is None for codes in added] == [False, True]
    assert not RecoveryCode.objects.filter(user=mia).exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_an_address_of_numbers_has_no_passkeys(mia: User, desk: Client, host: str) -> None:
    with override_settings(ALLOWED_HOSTS=[host]):
        words = words_on(desk.get(OWN, headers={"Host": host}))
    assert "Passkeys need a host name" in words
    assert "Add a passkey" not in words


def test_a_host_that_is_not_allowed_gets_no_options(desk: Client) -> None:
    assert desk.get(ADD_PASSKEY, headers={"Host": "evil.example"}).status_code == 400


# --- Signing in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_an_answer_for_another_page_is_refused(
    mia: User, device: Device, change: dict[str, object]
) -> None:
    browser = password_typed(mia)
    for name, value in change.items():
        setattr(device, name, value)
    assert REFUSED in words_on(send_passkey(browser, device))
    assert not is_signed_in(browser)


def test_the_key_of_another_device_is_refused(mia: User, device: Device) -> None:
    browser = password_typed(mia)
    assert REFUSED in words_on(send_passkey(browser, Device()))
    assert not is_signed_in(browser)


def test_the_passkey_of_a_colleague_is_refused(
    mia: User, olivia: User, device: Device, signed_in: SignIn
) -> None:
    give_passkey(olivia, signed_in(olivia), Device(credential_id=b"of-olivia"))
    browser = password_typed(olivia)
    assert REFUSED in words_on(send_passkey(browser, device))
    assert not is_signed_in(browser)


def test_an_answer_works_once(mia: User, device: Device) -> None:
    browser = password_typed(mia)
    answer = device.get(options_on(browser.get(CHECK)))
    # The same session in another browser, as if both requests arrived together.
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[
        settings.SESSION_COOKIE_NAME
    ].value
    assert browser.post(CHECK, {"passkey": answer}).status_code == 302
    other.post(CHECK, {"passkey": answer})
    assert not is_signed_in(other)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_count_of_signatures_that_does_not_grow_is_refused(
    mia: User, device: Device, count: int
) -> None:
    """A copy of the passkey would report a count that the site has seen."""
    Passkey.objects.update(sign_count=6)
    browser = password_typed(mia)
    device.count = count
    send_passkey(browser, device)
    assert not is_signed_in(browser)
    device.count = 6
    send_passkey(browser, device)
    assert is_signed_in(browser)
    assert Passkey.objects.get().sign_count == 7


def test_a_device_that_counts_no_signatures_is_accepted_each_time(mia: User, desk: Client) -> None:
    device = give_passkey(mia, desk, Device(counts=False))
    for _ in range(2):
        browser = password_typed(mia)
        send_passkey(browser, device)
        assert is_signed_in(browser)


@pytest.mark.parametrize("answer", MALFORMED[1:])
def test_a_malformed_answer_is_refused(mia: User, device: Device, answer: str) -> None:
    browser = password_typed(mia)
    browser.get(CHECK)
    assert browser.post(CHECK, {"passkey": answer}).status_code == 200
    assert not is_signed_in(browser)


def test_a_changed_byte_anywhere_is_refused(mia: User, device: Device, now: datetime) -> None:
    browser = password_typed(mia)
    for field in ("clientDataJSON", "authenticatorData", "signature"):
        answer = json.loads(device.get(options_on(browser.get(CHECK))))
        value = answer["response"][field]
        answer["response"][field] = ("B" if value[0] == "A" else "A") + value[1:]
        browser.post(CHECK, {"passkey": json.dumps(answer)})
        assert not is_signed_in(browser)


def test_wrong_passkeys_and_codes_share_one_count(mia: User, device: Device, now: datetime) -> None:
    give_app(mia)
    browser = password_typed(mia)
    for _ in range(5):
        send_passkey(browser, Device())
    assert "There were too many wrong tries." in words_on(send_passkey(browser, device))


def test_the_page_without_a_passkey_loads_no_script_for_it(mia: User) -> None:
    give_app(mia)
    assert "passkey.js" not in password_typed(mia).get(CHECK).content.decode()
