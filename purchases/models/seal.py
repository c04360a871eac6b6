"""The daily seals of the ledgers: a chain of digests for each org.

The SQL function `seal_days` writes these tables. The database refuses to change or delete a seal
or a leaf.
"""

import re
from uuid import UUID

from django.db import models

# Rows whose org is not in `orgs` are in the chain of this org.
NO_ORG = UUID(int=0)


class Ledger(models.TextChoices):
    """The sealed tables, in the order in which a seal covers their rows."""

    EXPIRY_EVENTS = "expiry_events"
    PURCHASE_EVENTS = "purchase_events"
    SESSION_EVENTS = "session_events"
    SESSION_REQUESTS = "session_requests"


class Seal(models.Model):
    """The digest of what the ledgers recorded until the end of a day."""

    # No foreign key, because a seal stays if another program deletes the org.
    org_id = models.UUIDField()
    number = models.IntegerField()
    day = models.DateField()
    # The number of events and requests, and of the events alone.
    lines = models.BigIntegerField()
    events = models.BigIntegerField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "seals"

    def __str__(self) -> str:
        return f"{self.day} {self.code}"

    @property
    def code(self) -> str:
        """Return the beginning of the hash for people, as in "A4F9-03C2-77E1"."""
        return short_code(self.hash)

    @property
    def full_code(self) -> str:
        return bytes(self.hash).hex().upper()


class SealLeaf(models.Model):
    """The SHA-256 of a sealed row, which names the row if it changes."""

    pk = models.CompositePrimaryKey("ledger", "row_id")
    ledger = models.TextField()
    row_id = models.TextField()
    seal = models.ForeignKey(Seal, models.DO_NOTHING, related_name="leaves", db_index=False)
    leaf = models.BinaryField()
    personal_hash = models.BinaryField(null=True)

    class Meta:
        db_table = "seal_leaves"

    def __str__(self) -> str:
        return f"{self.ledger} {self.row_id}"


class SealSalt(models.Model):
    """The salt of a note or of the subject of a JWT. Deleting it makes the hash unguessable."""

    pk = models.CompositePrimaryKey("ledger", "row_id")
    ledger = models.TextField()
    row_id = models.TextField()
    salt = models.UUIDField()

    class Meta:
        db_table = "seal_salts"

    def __str__(self) -> str:
        return f"{self.ledger} {self.row_id}"


def short_code(digest: bytes | memoryview) -> str:
    """Return the first 12 hexadecimal digits in groups of four."""
    digits = bytes(digest[:6]).hex().upper()
    return "-".join(digits[at : at + 4] for at in range(0, 12, 4))


def code_digits(code: str) -> str:
    """Return the digits of a code that a person typed, without spaces and hyphens."""
    return "".join(code.split()).replace("-", "").upper()


def is_code(text: str) -> bool:
    """Return whether a text has the 12 digits of a short code, or up to the 64 of a whole one."""
    return re.fullmatch(r"[0-9A-F]{12,64}", code_digits(text)) is not None
