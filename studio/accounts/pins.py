"""The PIN of a member: which PINs are allowed, and whether a typed secret is right.

A PIN has 4 to 8 digits. `studio.accounts.pin` stores its hash, and `studio.accounts.rate_limit`
limits wrong tries.
"""

from collections.abc import Callable
from itertools import pairwise

from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from studio.accounts import rate_limit
from studio.accounts.membership import Membership
from studio.accounts.origin import UNKNOWN, Origin
from studio.accounts.pin import Pin
from studio.accounts.security_event import SecurityEvent

Kind = SecurityEvent.Kind

# Common PINs, besides runs and repetitions of digits.
USUAL = {"1004", "1379", "1397", "2580", "0852", "2468", "1357", "1973", "2000", "147258", "159753"}


@sensitive_variables("secret")
def verify(
    member: Membership,
    secret: str,
    origin: Origin = UNKNOWN,
    *,
    failure: SecurityEvent.Kind | None = None,
) -> bool:
    """Return whether `secret` is the member's PIN or password.

    If the member has a PIN, four to eight digits are compared with the PIN. Any other secret is
    compared with the password. Raises `TooManyTries` as `rate_limit.check` does. The security log
    gets a wrong try as `failure`, by default as a wrong PIN or password.
    """
    if failure is None:
        failure = Kind.WRONG_PIN if is_pin_attempt(member, secret) else Kind.WRONG_PASSWORD
    return _verify(member, origin, lambda current: _is_pin_or_password(current, secret), failure)


@sensitive_variables("password")
def verify_password(member: Membership, password: str, origin: Origin = UNKNOWN) -> bool:
    """Return whether `password` is the member's password, like `verify` but without the PIN."""
    return _verify(
        member,
        origin,
        lambda current: check_password(password, current.user.password),
        Kind.WRONG_PASSWORD,
    )


def is_pin_attempt(member: Membership, secret: str) -> bool:
    return member.has_pin and secret.isascii() and secret.isdigit() and 4 <= len(secret) <= 8


def set_pin(member: Membership, pin: str) -> None:
    row = Pin(membership=member, digits=len(pin))
    row.set_hash(pin)
    # One statement, so that two concurrent changes cannot both insert.
    Pin.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["membership"],
        update_fields=["hash", "key_id", "digits", "set_at"],
    )
    member.pin_set_at = row.set_at


def clear_pin(member: Membership) -> None:
    Pin.objects.filter(membership=member).delete()
    member.pin_set_at = None


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
        return member.pin.matches(secret)
    return check_password(secret, member.user.password)


def _verify(
    member: Membership,
    origin: Origin,
    is_right: Callable[[Membership], bool],
    failure: SecurityEvent.Kind,
) -> bool:
    def is_right_now() -> bool:
        members = Membership.usable().select_related("user", "pin")
        current = members.filter(pk=member.pk).first()
        return current is not None and is_right(current)

    return rate_limit.check(member.user.username, origin, is_right_now, failure=failure)
