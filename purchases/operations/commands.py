"""The commands of operations: the validated input of a form.

`request_id` is the idempotency key, which is generated with the page.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from purchases.member import Approval


@dataclass(frozen=True, kw_only=True)
class Reinstate:
    """Give one session back. `event_id` is the use to reverse; None means the newest one."""

    request_id: UUID
    reason: str | None = None
    note: str = ""
    event_id: int | None = None
    approval: Approval | None = None


@dataclass(frozen=True, kw_only=True)
class Use:
    request_id: UUID
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Undo:
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class Extend:
    """Extend an expiry by `days`, or through the day `until`."""

    request_id: UUID
    days: int | None = None
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class UndoExtension:
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class CorrectExpiry:
    """Set an expiry to any time. None means that the purchase never expires."""

    request_id: UUID
    expires_at: datetime | None
