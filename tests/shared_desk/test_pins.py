"""A code: which may be one, how it is kept, and how often a wrong one may be tried."""

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
from tests.shared_desk.people import PIN, WHO, WRONG, give_pin


@pytest.fixture
def member(mia: User) -> Membership:
    return give_pin(mia)


def lock_out(member: Membership) -> None:
    for _ in range(pins.TRIES):
        assert not verify(member, WRONG)


# --- Which may be one -----------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["4071", "8305", "50821", "13795246", "1123", "9113"])
def test_a_code_that_nobody_guesses_is_fine(code: str) -> None:
    assert pin_problem(code) is None


@pytest.mark.parametrize(
    ("code", "because"),
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
def test_a_weak_code_is_refused_in_words(code: str, because: str) -> None:
    assert because in (pin_problem(code) or "")


# --- How it is kept -------------------------------------------------------------------------------


def test_it_is_kept_like_a_password(member: Membership) -> None:
    member.refresh_from_db()
    assert PIN not in member.code
    assert check_password(PIN, member.code)


def test_two_people_with_one_code_have_different_hashes(member: Membership, olivia: User) -> None:
    assert give_pin(olivia).code != member.code


@pytest.mark.parametrize(
    "columns", [{"code": "x", "code_digits": None}, {"code": "x", "code_digits": 3}]
)
def test_the_database_knows_how_long_each_code_is(
    member: Membership, columns: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError, match="a_code_has_4_to_8_digits"), transaction.atomic():
        Membership.objects.filter(pk=member.pk).update(**columns)


# --- Who confirms ---------------------------------------------------------------------------------


def test_the_code_and_the_password_confirm(member: Membership) -> None:
    assert verify(member, PIN)
    assert verify(member, PASSWORD)
    assert not verify(member, WRONG)
    assert not verify(member, "not-the-password")
    assert not verify(member, "")


def test_where_only_the_password_will_do_the_code_does_not(member: Membership) -> None:
    assert verify_password(member, PASSWORD)
    assert not verify_password(member, PIN)


def test_who_has_no_code_confirms_by_password(mia: User) -> None:
    assert verify(mia.membership, PASSWORD)
    assert not verify(mia.membership, PIN)


def test_nobody_confirms_whose_account_was_closed(member: Membership, mia: User) -> None:
    User.objects.filter(pk=mia.pk).update(is_active=False)
    assert not verify(member, PIN)


def test_nor_whose_membership_has_ended(member: Membership) -> None:
    Membership.objects.filter(pk=member.pk).delete()
    assert not verify(member, PIN)


def test_what_stands_in_the_database_counts_not_what_was_read_before(member: Membership) -> None:
    read_before = Membership.objects.get(pk=member.pk)
    pins.set_pin(member, "50821")
    assert not verify(read_before, PIN)
    assert verify(read_before, "50821")


# --- How often ------------------------------------------------------------------------------------


def test_each_wrong_one_counts_whatever_it_is(member: Membership) -> None:
    verify(member, WRONG)
    verify(member, "not-the-password")
    verify_password(member, PIN)
    assert pins.tries_left(member) == 2


def test_a_right_one_starts_anew(member: Membership) -> None:
    for _ in range(4):
        verify(member, WRONG)
    assert verify(member, PIN)
    assert pins.tries_left(member) == 5


def test_after_five_nothing_is_looked_at_not_even_the_right_one(member: Membership) -> None:
    lock_out(member)
    assert member.is_locked_out
    for secret in [PIN, PASSWORD, WRONG]:
        with pytest.raises(LockedOut) as locked:
            verify(member, secret)
        assert locked.value.until == member.locked_until


def test_it_ends_by_itself_and_another_five_are_counted(
    member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_out(member)
    later = timezone.now() + pins.LOCKED_FOR + timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert not member.is_locked_out
    assert not verify(member, WRONG)
    assert pins.tries_left(member) == 4
    assert verify(member, PIN)


def test_one_who_is_locked_out_locks_nobody_else_out(member: Membership, olivia: User) -> None:
    lock_out(member)
    assert verify(give_pin(olivia), PIN)


@pytest.mark.django_db(transaction=True)
def test_what_is_counted_cannot_be_rolled_back(member: Membership) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        verify(member, WRONG)


# --- Twenty at the same moment --------------------------------------------------------------------

AT_ONCE = 20


@pytest.fixture
def olivia_at_once(transactional_db: None) -> Membership:
    org = make_org()
    make_user(username="mia", org=org)
    return give_pin(make_user(username="olivia", org=org, role="owner"))


@pytest.fixture
def windows(olivia_at_once: Membership) -> Iterator[ConcurrentBrowsers]:
    windows = ConcurrentBrowsers(User.objects.get(username="mia"), AT_ONCE)
    yield windows
    windows.close()


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each code whose hash was looked at."""
    seen: list[str] = []
    one_by_one = Lock()

    def check(secret: str, encoded: str) -> bool:
        with one_by_one:
            seen.append(secret)
        return check_password(secret, encoded)

    monkeypatch.setattr(pins, "check_password", check)
    return seen


def try_wrong_ones(windows: ConcurrentBrowsers, member: Membership) -> list[int]:
    guesses = [(WHO, {"who": str(member.pk), "secret": f"{guess:04}"}) for guess in range(AT_ONCE)]
    return [answer.status_code for answer in windows.all_at_once(guesses, htmx=False)]


def test_of_twenty_wrong_ones_at_once_five_are_looked_at(
    windows: ConcurrentBrowsers, olivia_at_once: Membership, looked_at: list[str]
) -> None:
    assert try_wrong_ones(windows, olivia_at_once) == [200] * AT_ONCE

    assert len(looked_at) == pins.TRIES
    olivia_at_once.refresh_from_db()
    assert olivia_at_once.is_locked_out


def test_counting_afterwards_would_look_at_more(
    windows: ConcurrentBrowsers,
    olivia_at_once: Membership,
    looked_at: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The naive way: read the count, look at the hash, write the count. Everybody has read before
    the first one writes: the unlucky moment, made certain."""
    all_have_read = Barrier(AT_ONCE)

    def naive(member: Membership, now: object) -> bool:
        wrong_tries = Membership.objects.get(pk=member.pk).wrong_tries
        all_have_read.wait(PATIENCE)
        Membership.objects.filter(pk=member.pk).update(wrong_tries=wrong_tries + 1)
        return wrong_tries < pins.TRIES

    monkeypatch.setattr(pins, "_count_one", naive)
    try_wrong_ones(windows, olivia_at_once)

    assert len(looked_at) > pins.TRIES
    olivia_at_once.refresh_from_db()
    assert not olivia_at_once.is_locked_out


def test_another_desk_has_no_tries_of_its_own(
    windows: ConcurrentBrowsers, olivia_at_once: Membership, looked_at: list[str]
) -> None:
    for _ in range(3):
        verify(olivia_at_once, WRONG)
    looked_at.clear()

    try_wrong_ones(windows, olivia_at_once)

    assert len(looked_at) == 2
