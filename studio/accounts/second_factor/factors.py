"""The second factors of an account: whether there is one, who needs one, adding and removing."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.views.decorators.debug import sensitive_variables

from studio.accounts.second_factor import recovery_codes, totp
from studio.accounts.second_factor.models import (
    Passkey,
    RecoveryCode,
    SecondFactorRole,
    Totp,
)
from studio.accounts.user import User


def has_factor(user: User) -> bool:
    return Totp.objects.filter(user=user).exists() or Passkey.objects.filter(user=user).exists()


def is_required(user: User) -> bool:
    """Return whether the person needs a factor: a superuser, or a role that the policy of any of
    their orgs names.

    A superuser sees and changes every studio, and no policy of a studio can require it of them.
    """
    if user.is_superuser:
        return True
    members = user.memberships.filter(is_active=True, org=OuterRef("policy__org"))
    roles = SecondFactorRole.objects.filter(Exists(members.filter(role=OuterRef("role"))))
    return roles.exists()


def of_member() -> Q:
    """Return the condition of members who have a second factor, for a query."""
    user = OuterRef("user")
    return Q(Exists(Totp.objects.filter(user=user)) | Exists(Passkey.objects.filter(user=user)))


@sensitive_variables("code")
def use_code(user: User, code: str) -> bool:
    """Return whether this is a code of the app or a recovery code, and mark it as used."""
    typed = "".join(code.split())
    if len(typed) == 6 and typed.isascii() and typed.isdigit():
        return totp.use_code(user, typed)
    return recovery_codes.use_code(user, typed)


def add(row: Totp | Passkey, *, must_be_first: bool) -> list[str] | None:
    """Save a factor. Return the recovery codes if the person had no codes, else an empty list.

    Returns None if `must_be_first` is set and there is a factor. A person who is not signed in sets
    up a first factor, and cannot add one to those of another browser. Also returns None for a
    passkey that another account has, which is not saved.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=row.user.pk)
        if must_be_first and has_factor(row.user):
            return None
        # A form may arrive twice.
        if isinstance(row, Totp):
            Totp.objects.bulk_create([row], ignore_conflicts=True)
        else:
            Passkey.objects.bulk_create([row], ignore_conflicts=True)
            if not Passkey.objects.filter(user=row.user, credential_id=row.credential_id).exists():
                return None
        return [] if recovery_codes.codes_left(row.user) else recovery_codes.replace_codes(row.user)


def is_last(factor: Totp | Passkey) -> bool:
    """Return whether the account has no other factor than this one."""
    others = Passkey.objects.filter(user=factor.user_id)
    if isinstance(factor, Totp):
        return not others.exists()
    has_app = Totp.objects.filter(user=factor.user_id).exists()
    return not (has_app or others.exclude(pk=factor.pk).exists())


class Required(Exception):
    """The person needs a second factor, and this is the last one."""


def remove(factor: Totp | Passkey) -> None:
    """Remove a factor. Recovery codes are of no use without one, so they go with the last.

    Raise `Required` for the last factor of a person who needs one. The lock comes before the check:
    the second of two concurrent calls sees that the first has removed the other factor.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=factor.user_id)
        if is_last(factor) and is_required(user):
            raise Required
        factor.delete()
        if not has_factor(user):
            RecoveryCode.objects.filter(user=user).delete()


def remove_all(user: User) -> bool:
    """Remove the factors and recovery codes of a person, and return whether there was any."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        removed = [
            rows.filter(user=user).delete()[0]
            for rows in (Totp.objects, Passkey.objects, RecoveryCode.objects)
        ]
    return any(removed)
