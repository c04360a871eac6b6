"""The rate limit of wrong passwords and PINs: delays that double, and decay with time alone."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.utils import timezone

from studio.accounts import limits, rate_limit
from studio.accounts.limits import ACCOUNT, ADDRESS, RateLimit, TooManyTries, account_key
from studio.accounts.origin import REMEMBERED_FOR, UNKNOWN, Origin
from studio.accounts.rate_limit import check
from tests.database import PATIENCE

pytestmark = pytest.mark.django_db

Later = Callable[[timedelta], None]
DESK = Origin(network="192.0.2.1", browser="a" * 32)
STRANGER = Origin(network="198.51.100.7", browser="b" * 32)
HOUR = timedelta(hours=1)


def wrong(username: str = "mia", origin: Origin = STRANGER) -> None:
    assert not check(username, origin, lambda: False)


def right(username: str = "mia", origin: Origin = STRANGER) -> None:
    assert check(username, origin, lambda: True)


def wait(username: str = "mia", origin: Origin = STRANGER) -> timedelta:
    """Return how long a try would have to wait."""
    rows = RateLimit.objects.filter(key__in=rate_limit._limits(username, origin))
    waits = [row.free_at - timezone.now() for row in rows]
    return max(*waits, timedelta(), timedelta())


def lock_out(username: str = "mia", origin: Origin = STRANGER) -> None:
    for _ in range(ACCOUNT.tries):
        wrong(username, origin)


# --- Delays ---------------------------------------------------------------------------------------


def test_delays_double_up_to_an_hour() -> None:
    delays = [ACCOUNT.delay(level) // timedelta(seconds=1) for level in range(4, 14)]
    assert delays == [0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert ACCOUNT.delay(10**6) == HOUR


def test_fifth_wrong_try_starts_a_delay_and_the_sixth_doubles_it(
    now: datetime, later: Later
) -> None:
    for _ in range(4):
        wrong()
        assert not wait()
    wrong()
    assert wait() == timedelta(seconds=30)
    later(timedelta(seconds=30))
    wrong()
    assert wait() == timedelta(minutes=1)


def test_refused_try_is_not_checked_and_not_counted(now: datetime) -> None:
    lock_out()
    before = [*RateLimit.objects.order_by("key").values()]
    for _ in range(3):
        with pytest.raises(TooManyTries):
            check("mia", STRANGER, lambda: pytest.fail("the secret was compared"))
    assert [*RateLimit.objects.order_by("key").values()] == before


def test_one_wrong_try_an_hour_is_forgotten(now: datetime, later: Later) -> None:
    lock_out()
    later(HOUR)
    assert rate_limit.standing("mia", STRANGER).tries_left == 1
    later(4 * HOUR)
    assert rate_limit.standing("mia", STRANGER).tries_left == 5


def guesses_in_a_day(later: Later, after_each_guess: Callable[[], None]) -> int:
    guesses, end = 0, timezone.now() + timedelta(days=1)
    while timezone.now() < end:
        try:
            wrong()
            guesses += 1
            after_each_guess()
        except TooManyTries as refused:
            later(refused.wait)
    return guesses


def test_a_patient_guesser_has_about_thirty_guesses_a_day(now: datetime, later: Later) -> None:
    assert guesses_in_a_day(later, lambda: None) <= 40


def test_right_tries_in_between_give_the_guesser_no_more_guesses(
    now: datetime, later: Later
) -> None:
    def sign_in() -> None:
        later(wait())
        right()

    assert guesses_in_a_day(later, sign_in) <= 40


def test_name_without_an_account_counts_like_any_other(now: datetime) -> None:
    lock_out("mia", UNKNOWN)
    lock_out("nobody-has-this-name", UNKNOWN)
    assert wait("mia", UNKNOWN) == wait("nobody-has-this-name", UNKNOWN) == timedelta(seconds=30)


def test_spellings_of_a_name_count_together() -> None:
    for name in ("mia", "MIA", "Mia", "ｍｉａ", "miA"):
        wrong(name)
    assert wait("mia")
    assert not wait("noah")


def test_names_are_not_stored() -> None:
    wrong("a-password-in-the-wrong-field")
    assert "wrong-field" not in str([*RateLimit.objects.values()])


def test_tries_cannot_be_counted_in_a_transaction_that_may_roll_back(
    transactional_db: None,
) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        wrong()


# --- Addresses, browsers and the site -------------------------------------------------------------


def test_an_address_that_tries_many_names_has_to_wait(now: datetime) -> None:
    for number in range(ADDRESS.tries):
        wrong(f"name-{number}")
    assert wait("mia", STRANGER)
    elsewhere = Origin(network="198.51.100.8", browser=STRANGER.browser)
    assert not wait("mia", elsewhere)


def test_strangers_cannot_delay_a_person_in_a_browser_they_have_used(
    now: datetime, later: Later
) -> None:
    right("mia", DESK)
    neighbour = Origin(network=DESK.network, browser=STRANGER.browser)
    for origin in (STRANGER, neighbour):
        for _ in range(30):
            try:
                wrong("mia", origin)
            except TooManyTries as refused:
                later(refused.wait)
    with pytest.raises(TooManyTries):
        lock_out("mia", STRANGER)
    assert wait("mia", STRANGER)
    right("mia", DESK)


def test_wrong_tries_in_a_known_browser_are_limited_too(now: datetime) -> None:
    right("mia", DESK)
    lock_out("mia", DESK)
    assert wait("mia", DESK) == timedelta(seconds=30)
    assert not wait("mia", STRANGER)


def test_new_browser_starts_with_the_count_of_the_account(now: datetime) -> None:
    for _ in range(4):
        wrong("mia", DESK)
    right("mia", DESK)
    wrong("mia", DESK)
    assert wait("mia", DESK)


def test_browser_of_a_colleague_is_not_known_for_the_person(now: datetime) -> None:
    right("noah", DESK)
    lock_out("mia", STRANGER)
    assert wait("mia", DESK)


def test_browser_is_forgotten_after_three_months(now: datetime, later: Later) -> None:
    right("mia", DESK)
    later(REMEMBERED_FOR)
    lock_out("mia", STRANGER)
    assert wait("mia", DESK)
    later(REMEMBERED_FOR + HOUR)
    rate_limit.forget_old()
    assert not RateLimit.objects.exists()


def test_strangers_together_have_one_hash_a_second(
    now: datetime, monkeypatch: pytest.MonkeyPatch, site_limit: limits.Limit
) -> None:
    monkeypatch.setattr(limits, "SITE", site_limit)
    right("mia", DESK)
    for number in range(2):
        wrong(f"name-{number}", Origin(network=f"192.0.2.{number}"))
    assert wait("noah", Origin(network="192.0.2.8")) == timedelta(seconds=1)
    assert not wait("mia", DESK)


# --- What the person is told, and what an owner can do --------------------------------------------


def test_wrong_tries_are_told_once(now: datetime, later: Later) -> None:
    for _ in range(3):
        wrong()
        later(HOUR)
    wrong("mia", DESK)
    right()
    found = rate_limit.take_wrong_tries("mia")
    assert found == rate_limit.WrongTries(4, since=now)
    assert rate_limit.take_wrong_tries("mia") is None


def test_lift_allows_one_try_and_keeps_the_count(now: datetime) -> None:
    right("mia", DESK)
    for origin in (DESK, STRANGER):
        lock_out("mia", origin)
    assert rate_limit.lift("mia")
    for origin in (DESK, STRANGER):
        wrong("mia", origin)
        assert wait("mia", origin) == timedelta(minutes=1)


def test_lift_works_once_an_hour(now: datetime, later: Later) -> None:
    lock_out()
    assert rate_limit.lift("mia")
    later(timedelta(minutes=59))
    assert not rate_limit.lift("mia")
    later(timedelta(minutes=1))
    assert rate_limit.lift("mia")


# --- Concurrent tries -----------------------------------------------------------------------------

AT_ONCE = 8


def try_at_once(count: int) -> int:
    """Make wrong tries at the same moment on connections of their own, and return how many were
    checked."""
    start = Barrier(count)

    def try_once(_: int) -> bool:
        try:
            start.wait(PATIENCE)
            return not check("mia", STRANGER, lambda: False)
        except TooManyTries:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(try_once, range(count), timeout=2 * PATIENCE))


def level() -> int:
    return round(RateLimit.objects.get(key=account_key("mia")).level)


def read_at_once(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let all tries read the rows before the first one writes them."""
    all_read = Barrier(count)

    def read(keys: object) -> list[RateLimit]:
        rows = [*RateLimit.objects.order_by("key")]
        all_read.wait(PATIENCE)
        return rows

    monkeypatch.setattr(limits, "lock", read)


def test_all_concurrent_tries_are_counted(transactional_db: None) -> None:
    wrong()
    assert try_at_once(3) == 3
    assert level() == 4


def test_concurrent_tries_without_the_lock_would_be_counted_once(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong()
    read_at_once(monkeypatch, 3)
    assert try_at_once(3) == 3
    assert level() == 2


def test_concurrent_tries_cannot_exceed_the_limit(transactional_db: None) -> None:
    wrong()
    assert try_at_once(AT_ONCE) == ACCOUNT.tries - 1
    assert level() == ACCOUNT.tries


def test_concurrent_tries_without_the_lock_would_exceed_the_limit(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong()
    read_at_once(monkeypatch, AT_ONCE)
    assert try_at_once(AT_ONCE) == AT_ONCE
