"""The PIN of a member, and the rate limit of wrong tries, which locks the member out.

A PIN has 4 to 8 digits, and its hash is stored like that of a password. The database counts the
tries per member, so the rate limit covers all desks together. A try is counted before its hash is
checked, so that concurrent tries cannot exceed the limit of five.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from studio.accounts.membership import Membership

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
# Common PINs, besides runs and repetitions of digits.
USUAL = {"1004", "1379", "1397", "2580", "0852", "2468", "1357", "1973", "2000", "147258", "159753"}


class LockedOut(Exception):
    """The member is locked out after too many wrong tries. The secret was not checked."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@sensitive_variables("secret")
def verify(member: Membership, secret: str) -> bool:
    """Return whether `secret` is the member's PIN or password.

    If the member has a PIN, four to eight digits are compared with the PIN. Any other secret is
    compared with the password. A wrong secret counts as a try on every page, and the fifth locks
    the member out. A right secret resets the count. The function refreshes `wrong_tries` and
    `locked_until` of `member`.

    Raises `LockedOut` during a lockout, even if the secret is right. Must not be called in a
    transaction, because a rollback would lose the count.
    """
    return _verify_within_limit(member, lambda current: _is_pin_or_password(current, secret))


@sensitive_variables("password")
def verify_password(member: Membership, password: str) -> bool:
    """Return whether `password` is the member's password, like `verify` but without the PIN."""
    return _verify_within_limit(
        member, lambda current: check_password(password, current.user.password)
    )


def is_pin_attempt(member: Membership, secret: str) -> bool:
    return bool(member.pin) and secret.isascii() and secret.isdigit() and 4 <= len(secret) <= 8


def tries_left(member: Membership) -> int:
    return TRIES - member.wrong_tries


def set_pin(member: Membership, pin: str) -> None:
    member.pin, member.pin_digits = make_password(pin), len(pin)
    member.save(update_fields=["pin", "pin_digits"])


def clear_pin(member: Membership) -> None:
    member.pin, member.pin_digits = "", None
    member.save(update_fields=["pin", "pin_digits"])


def lift_lockout(member: Membership) -> None:
    member.wrong_tries, member.locked_until = 0, None
    member.save(update_fields=["wrong_tries", "locked_until"])


def pin_problem(pin: str) -> str | None:
    """Return why a member cannot choose this PIN, as a text for the member, or None."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        return _("A PIN has 4 to 8 digits and nothing else.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps == {0}:
        return _("A PIN of one repeated digit is easy to guess. Choose another PIN.")
    if steps in ({1}, {9}):
        return _("A PIN of digits in a row is easy to guess. Choose another PIN.")
    half = pin[: len(pin) // 2]
    if pin in USUAL or pin == half + half:
        return _("Many people choose this PIN, so it is easy to guess. Choose another PIN.")
    return None


@sensitive_variables("secret")
def _is_pin_or_password(member: Membership, secret: str) -> bool:
    if is_pin_attempt(member, secret):
        return check_password(secret, member.pin)
    return check_password(secret, member.user.password)


def _verify_within_limit(member: Membership, is_right: Callable[[Membership], bool]) -> bool:
    now = timezone.now()
    with transaction.atomic(durable=True):
        may_try = _count_try(member, now)
    current = Membership.objects.select_related("user").filter(pk=member.pk).first()
    if current is None or not current.user.is_active:
        return False
    member.wrong_tries, member.locked_until = current.wrong_tries, current.locked_until
    if not may_try:
        raise LockedOut(current.locked_until or now)
    if not is_right(current):
        return False
    lift_lockout(member)
    return True


def _count_try(member: Membership, now: datetime) -> bool:
    """Count one try, lock the member out at the fifth, and return whether a try was left.

    This is one UPDATE, so that the second of two concurrent tries sees the count of the first.
    """
    not_locked_out = Q(locked_until=None) | Q(locked_until__lte=now)
    is_the_last = When(locked_until=None, wrong_tries__gte=TRIES - 1, then=Value(now + LOCKED_FOR))
    updated_rows = Membership.objects.filter(not_locked_out, pk=member.pk).update(
        wrong_tries=Case(When(locked_until=None, then=F("wrong_tries") + 1), default=Value(1)),
        locked_until=Case(is_the_last, default=None, output_field=DateTimeField()),
    )
    return updated_rows == 1
