"""The one-time secret of the link to the first page of an empty site.

It is a file of the data folder that only the user of the site can read. It works until a person has
used it, and not if any studio has an owner.
"""

import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils.crypto import constant_time_compare

from studio.accounts.permissions import Role
from studio.models import Membership


class AlreadyUsed(Exception):
    """Another request has used the secret."""


def is_needed() -> bool:
    """Return whether no studio has an owner."""
    return not Membership.objects.filter(role=Role.OWNER).exists()


def make() -> str:
    """Return the secret, which is made by the first call."""
    file = _file()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text().strip()


def is_right(typed: str) -> bool:
    return is_right_digest(digest(typed))


def is_right_digest(typed: str) -> bool:
    """Return whether this is the digest of the secret. Without a file, every digest is wrong."""
    try:
        stored = _file().read_text().strip()
    except FileNotFoundError:
        return False
    return bool(stored) and constant_time_compare(typed, digest(stored))


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def use() -> None:
    """Delete the secret. Only one of several concurrent callers can; the others get an error."""
    try:
        _file().unlink()
    except FileNotFoundError:
        raise AlreadyUsed from None


def _file() -> Path:
    return Path(settings.DATA_DIR) / "first-owner-secret"
