"""PINs: which are allowed, how they are stored, and the rate limit on wrong tries."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Lock

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from studio.accounts import pins
from studio.accounts.pins import LockedOut, pin_problem, verify, verify_password
from studio.models import Membership, User
from tests.concurrent_browsers import ConcurrentBrowsers
from tests.database import PATIENCE
from tests.factories import PASSWORD, make_org, make_user
from tests.shared_desk.people import AT_DESK, PIN, WRONG, give_pin


@pytest.fixture
def member(mia: User) -> Membership:
    return give_pin(mia)


def lock_out(member: Membership) -> None:
    for _ in range(pins.TRIES):
        assert not verify(member, WRONG)


# --- Allowed PINs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("pin", ["4071", "8305", "50821", "13795246", "1123", "9113"])
def test_strong_pin_is_accepted(pin: str) -> None:
    assert pin_problem(pin) is None


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("", "4 to 8 digits"),
        ("407", "4 to 8 digits"),
        ("407140714", "4 to 8 digits"),
        ("40a1", "4 to 8 digits"),
        ("４０７１", "4 to 8 digits"),
        ("40.1", "4 to 8 digits"),
        ("0000", "repeated digit"),
        ("77777777", "repeated digit"),
        ("1234", "in a row"),
        ("7890", "in a row"),
        ("9012", "in a row"),
        ("4321", "in a row"),
        ("87654321", "in a row"),
        ("2580", "Many people choose"),
        ("1212", "Many people choose"),
        ("407407", "Many people choose"),
    ],
)
def test_weak_pin_is_rejected_with_a_reason(pin: str, problem: str) -> None:
    assert problem in (pin_problem(pin) or "")


# --- Storage --------------------------------------------------------------------------------------


def test_pin_is_hashed_like_a_password(member: Membership) -> None:
    member.refresh_from_db()
    assert PIN not in member.pin
    assert check_password(PIN, member.pin)


def test_equal_pins_have_different_hashes(member: Membership, olivia: User) -> None:
    assert give_pin(olivia).pin != member.pin


@pytest.mark.parametrize(
    "columns", [{"pin": "x", "pin_digits": None}, {"pin": "x", "pin_digits": 3}]
)
def test_constraint_checks_the_number_of_digits(
    member: Membership, columns: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError, match="a_pin_has_4_to_8_digits"), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(**columns)


# --- Verification ---------------------------------------------------------------------------------


def test_pin_and_password_verify(member: Membership) -> None:
    assert verify(member, PIN)
    assert verify(member, PASSWORD)
    assert not verify(member, WRONG)
    assert not verify(member, "not-the-password")
    assert not verify(member, "")


def test_verify_password_rejects_the_pin(member: Membership) -> None:
    assert verify_password(member, PASSWORD)
    assert not verify_password(member, PIN)


def test_member_without_a_pin_verifies_with_the_password(mia: User) -> None:
    assert verify(mia.membership, PASSWORD)
    assert not verify(mia.membership, PIN)


def test_inactive_user_does_not_verify(member: Membership, mia: User) -> None:
    User.objects.filter(pk=mia.pk).update(is_active=False)
    assert not verify(member, PIN)


def test_removed_member_does_not_verify(member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).delete()
    assert not verify(member, PIN)


def test_verify_reads_the_current_hash(member: Membership) -> None:
    stale_member = Membership.objects.get(pk=member.pk)
    pins.set_pin(member, "50821")
    assert not verify(stale_member, PIN)
    assert verify(stale_member, "50821")


# --- Rate limit -----------------------------------------------------------------------------------


def test_wrong_pins_and_passwords_share_one_count(member: Membership) -> None:
    verify(member, WRONG)
    verify(member, "not-the-password")
    verify_password(member, PIN)
    assert pins.tries_left(member) == 2


def test_correct_pin_resets_the_count(member: Membership) -> None:
    for _ in range(4):
        verify(member, WRONG)
    assert verify(member, PIN)
    assert pins.tries_left(member) == 5


def test_locked_out_member_is_refused_even_with_the_correct_pin(member: Membership) -> None:
    lock_out(member)
    assert member.is_locked_out
    for secret in [PIN, PASSWORD, WRONG]:
        with pytest.raises(LockedOut) as locked:
            verify(member, secret)
        assert locked.value.until == member.locked_until


def test_lockout_ends_and_the_count_restarts(
    member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_out(member)
    later = timezone.now() + pins.LOCKED_FOR + timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert not member.is_locked_out
    assert not verify(member, WRONG)
    assert pins.tries_left(member) == 4
    assert verify(member, PIN)


def test_lockout_is_per_member(member: Membership, olivia: User) -> None:
    lock_out(member)
    assert verify(give_pin(olivia), PIN)


@pytest.mark.django_db(transaction=True)
def test_verify_requires_a_durable_transaction(member: Membership) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        verify(member, WRONG)


# --- Twenty concurrent tries ----------------------------------------------------------------------

AT_ONCE = 20


@pytest.fixture
def olivia_member(transactional_db: None) -> Membership:
    org = make_org()
    make_user(username="mia", org=org)
    return give_pin(make_user(username="olivia", org=org, role="owner"))


@pytest.fixture
def browsers(olivia_member: Membership) -> Iterator[ConcurrentBrowsers]:
    browsers = ConcurrentBrowsers(User.objects.get(username="mia"), AT_ONCE)
    yield browsers
    browsers.close()


@pytest.fixture
def checked_secrets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect each secret that is compared with a hash."""
    secrets: list[str] = []
    lock = Lock()

    def check(secret: str, encoded: str) -> bool:
        with lock:
            secrets.append(secret)
        return check_password(secret, encoded)

    monkeypatch.setattr(pins, "check_password", check)
    return secrets


def try_wrong_pins(browsers: ConcurrentBrowsers, member: Membership) -> list[int]:
    guesses = [
        (AT_DESK, {"who": str(member.pk), "secret": f"{guess:04}"}) for guess in range(AT_ONCE)
    ]
    return [answer.status_code for answer in browsers.all_at_once(guesses, htmx=False)]


def test_twenty_concurrent_wrong_pins_are_limited_to_five_checks(
    browsers: ConcurrentBrowsers, olivia_member: Membership, checked_secrets: list[str]
) -> None:
    assert try_wrong_pins(browsers, olivia_member) == [200] * AT_ONCE

    assert len(checked_secrets) == pins.TRIES
    olivia_member.refresh_from_db()
    assert olivia_member.is_locked_out


def test_counting_after_the_check_would_exceed_the_limit(
    browsers: ConcurrentBrowsers,
    olivia_member: Membership,
    checked_secrets: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control reads the count, checks the hash and then writes the count. A barrier
    makes all threads read before the first one writes."""
    all_read = Barrier(AT_ONCE)

    def naive(member: Membership, now: object) -> bool:
        wrong_tries = Membership.objects.get(pk=member.pk).wrong_tries
        all_read.wait(PATIENCE)
        Membership.objects.filter(pk=member.pk).update(wrong_tries=wrong_tries + 1)
        return wrong_tries < pins.TRIES

    monkeypatch.setattr(pins, "_count_try", naive)
    try_wrong_pins(browsers, olivia_member)

    assert len(checked_secrets) > pins.TRIES
    olivia_member.refresh_from_db()
    assert not olivia_member.is_locked_out


def test_tries_are_shared_between_desks(
    browsers: ConcurrentBrowsers, olivia_member: Membership, checked_secrets: list[str]
) -> None:
    for _ in range(3):
        verify(olivia_member, WRONG)
    checked_secrets.clear()

    try_wrong_pins(browsers, olivia_member)

    assert len(checked_secrets) == 2
