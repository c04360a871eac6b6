"""The limits of wrong passwords and PINs, and the table that counts the tries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils.crypto import salted_hmac


@dataclass(frozen=True)
class Limit:
    """The number of wrong tries before the first delay, that delay, and the longest one.

    Delays double. After the longest delay, one wrong try is forgotten.
    """

    tries: int
    first: timedelta
    longest: timedelta

    def delay(self, level: float) -> timedelta:
        """Return the delay after a try. The level counts wrong tries, less the forgotten ones."""
        beyond = round(level) - self.tries
        # The exponent is bounded, because a larger one would overflow.
        return min(self.first * 2 ** min(beyond, 30), self.longest) if beyond >= 0 else timedelta()

    def level(self, row: "RateLimit", now: datetime) -> float:
        """Return the level of a row now."""
        forgotten = max(now - row.counted_at, timedelta()) / self.longest
        return max(0.0, row.level - forgotten)


ACCOUNT = Limit(tries=5, first=timedelta(seconds=30), longest=timedelta(hours=1))
ADDRESS = Limit(tries=20, first=timedelta(seconds=30), longest=timedelta(minutes=10))
# A hash keeps a thread of the web server busy for a third of a second. So strangers together get
# one hash a second.
SITE = Limit(tries=2, first=timedelta(seconds=1), longest=timedelta(seconds=1))
# An owner can end the delays of a person once in this time, so that it is of no use for guessing.
LIFTED_ONCE_IN = timedelta(hours=1)


class TooManyTries(Exception):
    """The try is refused until the delay ends. The secret was not checked."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class RateLimit(models.Model):
    """The wrong tries of one account, address or browser, or of the site.

    A key is a digest by SECRET_KEY, because people type passwords into the field for the name.
    """

    key = models.TextField(primary_key=True)
    # The key of the account, in the rows of accounts and of their browsers. Otherwise empty.
    account = models.TextField(db_index=True)
    level = models.FloatField(default=0)
    counted_at = models.DateTimeField()
    # The time from which a try is checked.
    free_at = models.DateTimeField()
    # In the rows of accounts: the wrong tries since the last sign-in, and the time of the first.
    wrong_tries = models.PositiveIntegerField(default=0)
    wrong_since = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "rate limit"

    def __str__(self) -> str:
        return self.key


def account_key(username: str) -> str:
    # Names that differ in case count together.
    return _key("account", AbstractBaseUser.normalize_username(username).casefold())


def address_key(network: str) -> str:
    return _key("address", network)


def site_key() -> str:
    return _key("site")


def _key(kind: str, value: str = "") -> str:
    return salted_hmac(f"studio.rate_limit.{kind}", value, algorithm="sha256").hexdigest()


def browser_key(username: str, browser: str) -> str:
    return _key("browser", f"{browser} {account_key(username)}")


def second_factor_key(username: str) -> str:
    return _key("second_factor", account_key(username))


def make_rows(keys: Iterable[str], account: str, now: datetime) -> None:
    """Insert the missing rows. Only the row of an account names the account."""
    rows = [
        RateLimit(key=key, account=account if key == account else "", counted_at=now, free_at=now)
        for key in sorted(keys)
    ]
    RateLimit.objects.bulk_create(rows, ignore_conflicts=True)


def lock(keys: Iterable[str]) -> list[RateLimit]:
    rows = RateLimit.objects.select_for_update().filter(key__in=[*keys])
    return [*rows.order_by("key")]
