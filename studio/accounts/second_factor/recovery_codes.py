"""Recovery codes, for a person whose phone is lost.

A code has 120 random bits, so an HMAC protects it as well as a slow hash would, and a wrong code
costs no time. The key of the HMAC is not in the database.
"""

import secrets

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from studio.accounts.second_factor.models import RecoveryCode
from studio.accounts.user import User

COUNT = 10
# 32 signs, without i, l, o and u, which people confuse.
SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH, GROUP = 24, 4
SALT = "studio.accounts.second_factor.recovery_code"


def replace_codes(user: User) -> list[str]:
    """Store ten new codes instead of all former ones, and return them. They are not readable
    again."""
    codes = [_new_code() for _ in range(COUNT)]
    with transaction.atomic():
        # Two concurrent calls must not store twenty codes.
        User.objects.select_for_update().get(pk=user.pk)
        RecoveryCode.objects.filter(user=user).delete()
        rows = [
            RecoveryCode(user=user, hash=_hash(user, code, settings.SECRET_KEY)) for code in codes
        ]
        RecoveryCode.objects.bulk_create(rows)
    return codes


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user).count()


@sensitive_variables("code", "typed")
def use_code(user: User, typed: str) -> bool:
    """Return whether the code is right, and delete it.

    PostgreSQL lets one of two concurrent tries delete the row.
    """
    code = "".join(sign for sign in typed.lower() if sign.isalnum())
    code = code.translate(str.maketrans("ilo", "110"))
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashes = [_hash(user, code, key) for key in keys]
    deleted, _ = RecoveryCode.objects.filter(user=user, hash__in=hashes).delete()
    return deleted == 1


def _new_code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[at : at + GROUP] for at in range(0, LENGTH, GROUP))


@sensitive_variables("code", "key")
def _hash(user: User, code: str, key: str) -> str:
    signs = code.replace("-", "")
    return salted_hmac(SALT, f"{user.pk} {signs}", secret=key, algorithm="sha256").hexdigest()
