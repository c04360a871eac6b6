"""PINs: which are allowed, how they are stored, and the rate limit on wrong tries."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from threading import Barrier, Lock

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from studio.accounts import pins, rate_limit
from studio.accounts.limits import ACCOUNT, TooManyTries
from studio.accounts.origin import UNKNOWN, Origin
from studio.accounts.pin import peppered
from studio.accounts.pins import pin_problem, verify, verify_password
from studio.models import Membership, Pin, SecurityEvent, User
from tests.concurrent_browsers import ConcurrentBrowsers
from tests.database import PATIENCE, migrate, rows
from tests.factories import PASSWORD, make_org, make_user
from tests.pages import LIST
from tests.shared_desk.people import AT_DESK, PIN, WRONG, give_pin


@pytest.fixture
def member(mia: User) -> Membership:
    return give_pin(mia)


def tries_left(member: Membership) -> int:
    return rate_limit.standing(member.user.username, UNKNOWN).tries_left


def lock_out(member: Membership) -> None:
    for _ in range(ACCOUNT.tries):
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


def test_hash_needs_a_key_that_is_not_in_the_database(member: Membership) -> None:
    assert PIN not in member.pin.hash
    assert not check_password(PIN, member.pin.hash)
    assert check_password(peppered(PIN, settings.SECRET_KEY), member.pin.hash)


def test_equal_pins_have_different_hashes(member: Membership, olivia: User) -> None:
    assert give_pin(olivia).pin.hash != member.pin.hash


@pytest.mark.parametrize("digits", [3, 9])
def test_constraint_checks_the_number_of_digits(member: Membership, digits: int) -> None:
    with pytest.raises(IntegrityError, match="pin_digits_is_between_4_and_8"), transaction.atomic():
        Pin.objects.update(digits=digits)


def test_no_admin_lists_the_table_of_pins() -> None:
    assert Pin not in admin.site._registry


def test_pages_do_not_load_the_hash(member: Membership, desk: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        for page in (AT_DESK, reverse("own_pin"), LIST):
            assert desk.get(page).status_code == 200
    statements = [query["sql"] for query in queries]
    assert any("studio_pin" in statement for statement in statements)
    assert not any("hash" in statement for statement in statements)


def test_hash_of_an_older_version_is_replaced_at_the_next_right_pin(member: Membership) -> None:
    Pin.objects.update(hash=make_password(PIN), key_id="")
    set_at = member.pin_set_at
    assert not verify(member, WRONG)
    assert not Pin.objects.get().key_id
    for _ in range(2):
        assert verify(member, PIN)
        assert check_password(peppered(PIN, settings.SECRET_KEY), Pin.objects.get().hash)
    assert Pin.objects.get().set_at == set_at, "the turn of the member goes on"


def test_older_hash_is_not_restored_over_a_new_pin(member: Membership) -> None:
    Pin.objects.update(hash=make_password(PIN), key_id="")
    stale = Pin.objects.get()
    pins.set_pin(member, "50821")
    assert stale.matches(PIN)
    assert not verify(member, PIN)
    assert verify(member, "50821")


def test_pin_stays_right_while_the_older_key_is_a_fallback(member: Membership) -> None:
    former = settings.SECRET_KEY
    with override_settings(SECRET_KEY="new" * 20, SECRET_KEY_FALLBACKS=["other" * 9, former]):
        assert not verify(member, WRONG)
        assert verify(member, PIN)
    with override_settings(SECRET_KEY="new" * 20):
        assert verify(member, PIN), "the hash has the new key since the right PIN"


def test_pin_of_an_unknown_key_is_wrong_until_it_is_set_again(member: Membership) -> None:
    with override_settings(SECRET_KEY="new" * 20):
        assert not verify(member, PIN)
        pins.set_pin(member, PIN)
        assert verify(member, PIN)


@pytest.mark.django_db(transaction=True)
def test_migration_moves_the_hashes_and_back() -> None:
    mia = give_pin(make_user(username="mia", org=make_org()))
    Pin.objects.update(hash=make_password(PIN), key_id="", digits=4)
    try:
        migrate("studio", "0001")
        ((moved, digits),) = rows("SELECT pin, pin_digits FROM studio_membership")
        assert check_password(PIN, moved)
        assert digits == len(PIN)
    finally:
        migrate()
    pin = Pin.objects.get(membership=mia)
    assert (pin.hash, pin.key_id, pin.digits) == (moved, "", len(PIN))
    assert verify(mia, PIN)


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
    assert tries_left(member) == 2


def test_correct_pin_in_between_resets_nothing(member: Membership) -> None:
    for _ in range(4):
        verify(member, WRONG)
    assert verify(member, PIN)
    assert tries_left(member) == 1


def test_locked_out_member_is_refused_even_with_the_correct_pin(
    member: Membership, now: datetime
) -> None:
    lock_out(member)
    for secret in [PIN, PASSWORD, WRONG]:
        with pytest.raises(TooManyTries) as refused:
            verify(member, secret)
        assert refused.value.wait == ACCOUNT.first


def test_delay_ends(member: Membership, now: datetime, later: Callable[[timedelta], None]) -> None:
    lock_out(member)
    later(ACCOUNT.first)
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

    is_right = pins._is_pin_or_password

    def check(member: Membership, secret: str) -> bool:
        with lock:
            secrets.append(secret)
        return is_right(member, secret)

    monkeypatch.setattr(pins, "_is_pin_or_password", check)
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

    assert len(checked_secrets) == ACCOUNT.tries
    assert tries_left(olivia_member) == 0


def test_counting_after_the_check_would_exceed_the_limit(
    browsers: ConcurrentBrowsers,
    olivia_member: Membership,
    checked_secrets: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control checks the hash and then counts the try. A barrier makes all threads
    check before the first one counts."""
    all_checked = Barrier(AT_ONCE)
    check = rate_limit.check

    def naive(
        username: str,
        origin: Origin,
        is_right: Callable[[], bool],
        failure: SecurityEvent.Kind,
    ) -> bool:
        answer = is_right()
        all_checked.wait(PATIENCE)
        check(username, origin, lambda: answer, failure=failure)
        return answer

    monkeypatch.setattr(rate_limit, "check", naive)
    try_wrong_pins(browsers, olivia_member)

    assert len(checked_secrets) == AT_ONCE


def test_tries_are_shared_between_desks(
    browsers: ConcurrentBrowsers, olivia_member: Membership, checked_secrets: list[str]
) -> None:
    for _ in range(3):
        verify(olivia_member, WRONG)
    checked_secrets.clear()

    try_wrong_pins(browsers, olivia_member)

    assert len(checked_secrets) == 2
