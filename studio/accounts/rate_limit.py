"""The rate limit of wrong passwords and PINs, which all pages share.

A try is counted before its hash is checked, and a right try takes its own count back. Counts only
decrease with time: a right try between wrong ones resets nothing. After a number of wrong tries,
each further one doubles the time until the next try. A try in that time is refused, is not counted
and costs no hash.

A try counts for the account (also if there is no such account), for the address and for the whole
site. A browser in which the person has signed in before has a count of its own instead, so that
strangers cannot keep a person out of their own computer. docs/security/limits.md lists the limits.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from purchases import clock
from studio.accounts import limits, security_log
from studio.accounts.limits import Limit, RateLimit, TooManyTries
from studio.accounts.origin import REMEMBERED_FOR, UNKNOWN, Origin
from studio.accounts.security_event import SecurityEvent


@dataclass(frozen=True)
class Standing:
    """The tries of an account in a browser before the next delay, and the time to wait."""

    tries_left: int
    wait: timedelta


@dataclass(frozen=True)
class WrongTries:
    count: int
    since: datetime


def check(
    username: str,
    origin: Origin,
    is_right: Callable[[], bool],
    *,
    failure: SecurityEvent.Kind = SecurityEvent.Kind.WRONG_PASSWORD,
) -> bool:
    """Count a try, then return whether `is_right` finds the secret right.

    Every comparison of a password or PIN goes through this function. Raises `TooManyTries` without
    calling `is_right` during a delay, even if the secret is right. Must not be called in a
    transaction, because a rollback would lose the count. The security log gets a wrong try as
    `failure`.
    """
    return _check(username, origin, _limits(username, origin), is_right, failure)


def check_second_factor(username: str, is_right: Callable[[], bool]) -> bool:
    """Count a try of a code or passkey after a right password, like `check`.

    These tries have a count of their own for each account, in whatever browser they are made.
    Strangers who guess passwords do not delay it. A person who knows the password cannot get
    further tries by using another browser.
    """
    key, now = limits.second_factor_key(username), clock.now()
    row = RateLimit(key=key, account=limits.account_key(username), counted_at=now, free_at=now)
    RateLimit.objects.bulk_create([row], ignore_conflicts=True)
    counted = {key: limits.ACCOUNT}
    return _check(username, UNKNOWN, counted, is_right, SecurityEvent.Kind.WRONG_CODE)


def _check(
    username: str,
    origin: Origin,
    counted: Mapping[str, Limit],
    is_right: Callable[[], bool],
    failure: SecurityEvent.Kind,
) -> bool:
    try:
        with transaction.atomic(durable=True):
            counted_at = _count(counted, limits.account_key(username))
    except TooManyTries as refused:
        security_log.write_refused_try(username, refused.wait)
        raise
    if is_right():
        _take_back(counted, username, origin, counted_at)
        return True
    _note_wrong_try(username, counted_at)
    security_log.record(failure, username=username)
    return False


def standing(username: str, origin: Origin) -> Standing:
    """Return what is left for an account in this browser."""
    now = clock.now()
    rows = RateLimit.objects.filter(key__in=_limits(username, origin)).exclude(account="")
    row = rows.first()
    if row is None:
        return Standing(limits.ACCOUNT.tries, timedelta())
    left = limits.ACCOUNT.tries - round(limits.ACCOUNT.level(row, now))
    return Standing(max(0, left), max(row.free_at - now, timedelta()))


def waits_until(username: str) -> datetime | None:
    """Return the end of the longest delay of an account in any browser, or None without one."""
    return waits([username]).get(username)


def waits(usernames: Iterable[str]) -> dict[str, datetime]:
    """Return the end of the longest delay of each account that has one, in one query."""
    keys = {username: limits.account_key(username) for username in usernames}
    rows = RateLimit.objects.filter(account__in=keys.values(), free_at__gt=clock.now())
    # A later row of an account replaces an earlier one.
    ends = dict(rows.order_by("free_at").values_list("account", "free_at"))
    return {username: ends[key] for username, key in keys.items() if key in ends}


def lift(username: str) -> bool:
    """End the delays of an account, and return whether that was possible: once an hour.

    The counts stay, so the next wrong try starts a longer delay.
    """
    now, key = clock.now(), limits.account_key(username)
    limits.make_rows([key], key, now)
    may_lift = Q(lifted_at=None) | Q(lifted_at__lte=now - limits.LIFTED_ONCE_IN)
    with transaction.atomic():
        if not RateLimit.objects.filter(may_lift, key=key).update(lifted_at=now):
            return False
        RateLimit.objects.filter(account=key, free_at__gt=now).update(free_at=now)
    return True


def take_wrong_tries(username: str) -> WrongTries | None:
    """Return the wrong tries since the last call for this account, or None without any."""
    with transaction.atomic():
        rows = RateLimit.objects.select_for_update().filter(wrong_tries__gt=0)
        row = rows.filter(key=limits.account_key(username)).first()
        if row is None:
            return None
        found = WrongTries(row.wrong_tries, row.wrong_since or row.counted_at)
        row.wrong_tries, row.wrong_since = 0, None
        row.save(update_fields=["wrong_tries", "wrong_since"])
        return found


def forget_old() -> None:
    """Delete the rows of accounts, addresses and browsers that were not used for a long time."""
    RateLimit.objects.filter(counted_at__lt=clock.now() - REMEMBERED_FOR).delete()


def _limits(username: str, origin: Origin) -> Mapping[str, Limit]:
    """Return the limits of a try by key: that of a known browser alone, or those of strangers."""
    if origin.browser:
        browser = limits.browser_key(username, origin.browser)
        used_since = clock.now() - REMEMBERED_FOR
        if RateLimit.objects.filter(key=browser, counted_at__gt=used_since).exists():
            return {browser: limits.ACCOUNT}
    found = {limits.account_key(username): limits.ACCOUNT, limits.site_key(): limits.SITE}
    if origin.network:
        found[limits.address_key(origin.network)] = limits.ADDRESS
    return found


def _count(counted: Mapping[str, Limit], account: str) -> datetime:
    """Count a try for all limits and return its time. If a delay has not ended, raise
    `TooManyTries` and count the try for no limit.

    Two concurrent tries lock the same rows in the same order, so the second one sees the count of
    the first.
    """
    limits.make_rows(counted, account, clock.now())
    rows = limits.lock(counted)
    now = clock.now()
    free_at = max(row.free_at for row in rows)
    if free_at > now:
        raise TooManyTries(free_at - now)
    for row in rows:
        limit = counted[row.key]
        row.level = limit.level(row, now) + 1
        row.counted_at = now
        if delay := limit.delay(row.level):
            row.free_at = now + delay
    RateLimit.objects.bulk_update(rows, ["level", "counted_at", "free_at"])
    return now


def _take_back(
    counted: Mapping[str, Limit], username: str, origin: Origin, counted_at: datetime
) -> None:
    """Take the count of a right try back, and remember the browser."""
    account = limits.account_key(username)
    with transaction.atomic():
        rows = limits.lock(counted)
        for row in rows:
            row.level = max(0.0, row.level - 1)
            # The delay of a concurrent wrong try stays.
            if row.counted_at == counted_at:
                row.free_at = counted_at
        RateLimit.objects.bulk_update(rows, ["level", "free_at"])
        if origin.browser and limits.site_key() in counted:
            (level,) = (row.level for row in rows if row.key == account)
            _remember(limits.browser_key(username, origin.browser), account, level, counted_at)


def _remember(browser: str, account: str, level: float, now: datetime) -> None:
    """Give a browser a count of its own, which begins with the count of the account."""
    row = RateLimit(key=browser, account=account, level=level, counted_at=now, free_at=now)
    RateLimit.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["level", "counted_at", "free_at"],
    )


def _note_wrong_try(username: str, now: datetime) -> None:
    """Add a wrong try to those that the person is told after the next sign-in."""
    key = limits.account_key(username)
    limits.make_rows([key], key, now)
    RateLimit.objects.filter(key=key).update(
        wrong_tries=F("wrong_tries") + 1, wrong_since=Coalesce(F("wrong_since"), Value(now))
    )
