"""Encrypt the secrets of authenticator apps with a key that is not in the database.

Unlike a password, such a secret cannot be hashed: the site computes codes from it.
"""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

PURPOSE = b"studio.accounts.second_factor"


@sensitive_variables("secret")
def encrypt(secret: str) -> str:
    return _cipher().encrypt(secret.encode()).decode()


def decrypt(encrypted: str) -> str | None:
    """Return the secret, or None if it was encrypted with a key that is not set any more."""
    from cryptography.fernet import InvalidToken

    try:
        return _cipher().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        return None


def encrypt_again(encrypted: str) -> str:
    """Replace the encryption by one with the current SECRET_KEY."""
    return _cipher().rotate(encrypted.encode()).decode()


def _cipher() -> "MultiFernet":
    from cryptography.fernet import MultiFernet

    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(key) for key in keys])


@sensitive_variables("key")
def _fernet(key: str) -> "Fernet":
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))
