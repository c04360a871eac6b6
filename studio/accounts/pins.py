"""The PIN of a member, and the rate limit of wrong tries, which locks the member out.

A code has 4 to 8 digits and is kept like a password. Whoever tries is counted in the database, at
the member, so that another desk has no tries of its own; and before the hash is looked at, so that
of any number of wrong ones at the same moment five at most are looked at.
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
# What people choose where anything is allowed, besides runs and repetitions.
USUAL = {"1004", "1379", "1397", "2580", "0852", "2468", "1357", "1973", "2000", "147258", "159753"}


class LockedOut(Exception):
    """Too many wrong ones. Nothing was looked at."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


@sensitive_variables("secret")
def verify(member: Membership, secret: str) -> bool:
    """Whether `secret` is this member's code or password: that they are here themselves.

    Four to eight digits are taken for the code of a member who has one, and anything else for the
    password. A wrong one counts, wherever it was typed; `member` says afterwards how many those
    are and whether they are locked out by it. A right one starts the count anew.
    Raises `LockedOut` after five wrong ones, for a while, whatever the secret. Not to be called in
    a transaction, whose end could forget the count.
    """
    return _counted(member, lambda here: _is_code_or_password(here, secret))


@sensitive_variables("password")
def verify_password(member: Membership, password: str) -> bool:
    """As `verify`, but no code will do."""
    return _counted(member, lambda here: check_password(password, here.user.password))


def is_pin_attempt(member: Membership, secret: str) -> bool:
    return bool(member.pin) and secret.isascii() and secret.isdigit() and 4 <= len(secret) <= 8


def tries_left(member: Membership) -> int:
    return TRIES - member.wrong_tries


def set_pin(member: Membership, code: str) -> None:
    member.pin, member.pin_digits = make_password(code), len(code)
    member.save(update_fields=["pin", "pin_digits"])


def clear_pin(member: Membership) -> None:
    member.pin, member.pin_digits = "", None
    member.save(update_fields=["pin", "pin_digits"])


def lift_lockout(member: Membership) -> None:
    member.wrong_tries, member.locked_until = 0, None
    member.save(update_fields=["wrong_tries", "locked_until"])


def pin_problem(code: str) -> str | None:
    """What is wrong with a code that somebody wants to have, in words."""
    if not (code.isascii() and code.isdigit() and 4 <= len(code) <= 8):
        return _("A PIN has 4 to 8 digits and nothing else.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(code)}
    if steps == {0}:
        return _("A PIN of one repeated digit is easy to guess. Choose another PIN.")
    if steps in ({1}, {9}):
        return _("A PIN of digits in a row is easy to guess. Choose another PIN.")
    half = code[: len(code) // 2]
    if code in USUAL or code == half + half:
        return _("Many people choose this PIN, so it is easy to guess. Choose another PIN.")
    return None


@sensitive_variables("secret")
def _is_code_or_password(member: Membership, secret: str) -> bool:
    if is_pin_attempt(member, secret):
        return check_password(secret, member.pin)
    return check_password(secret, member.user.password)


def _counted(member: Membership, is_right: Callable[[Membership], bool]) -> bool:
    now = timezone.now()
    with transaction.atomic(durable=True):
        may_try = _count_one(member, now)
    here = Membership.objects.select_related("user").filter(pk=member.pk).first()
    if here is None or not here.user.is_active:
        return False
    member.wrong_tries, member.locked_until = here.wrong_tries, here.locked_until
    if not may_try:
        raise LockedOut(here.locked_until or now)
    if not is_right(here):
        return False
    lift_lockout(member)
    return True


def _count_one(member: Membership, now: datetime) -> bool:
    """Take one of the tries, the fifth of which locks; False where none is left. One UPDATE: of
    two at once the second sees what the first has counted."""
    not_locked_out = Q(locked_until=None) | Q(locked_until__lte=now)
    is_the_last = When(locked_until=None, wrong_tries__gte=TRIES - 1, then=Value(now + LOCKED_FOR))
    counted = Membership.objects.filter(not_locked_out, pk=member.pk).update(
        wrong_tries=Case(When(locked_until=None, then=F("wrong_tries") + 1), default=Value(1)),
        locked_until=Case(is_the_last, default=None, output_field=DateTimeField()),
    )
    return counted == 1
