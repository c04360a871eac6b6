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
    """Undo a use, a reinstatement or a correction of the used sessions."""

    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class CorrectUsed:
    """Add to the used sessions, or take from them if `adjust_by` is negative."""

    request_id: UUID
    adjust_by: int
    note: str


@dataclass(frozen=True, kw_only=True)
class CorrectTotal:
    """Add to the bought sessions, or take from them if `adjust_by` is negative."""

    request_id: UUID
    adjust_by: int
    note: str


@dataclass(frozen=True, kw_only=True)
class MoveUse:
    """Charge another pack of the client. `event_id` is the use; None means the newest one."""

    request_id: UUID
    to_purchase_id: UUID
    event_id: int | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class UndoMove:
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class Transfer:
    request_id: UUID
    client_id: UUID
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Refund:
    """Mark a purchase as refunded. `amount_cents` is what the person gave back; no money moves."""

    request_id: UUID
    amount_cents: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ReceivePayment:
    request_id: UUID
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class UndoChange:
    """Undo a correction of the bought sessions, a transfer, a refund, a payment or a sale."""

    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class NewClient:
    """A client to add in the same transaction as their first purchase."""

    full_name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sell:
    """Add a purchase for a client. None for `purchased_at` means now.

    `new_client` is added under `client_id`. `refuses_retired` refuses an offer that was retired.
    """

    request_id: UUID
    client_id: UUID
    offer_id: UUID
    sessions_total: int | None
    amount_paid_cents: int
    currency: str
    payment_status: str
    payment_method: str | None = None
    purchased_at: datetime | None = None
    expires_at: datetime | None = None
    note: str = ""
    new_client: NewClient | None = None
    refuses_retired: bool = False


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


@dataclass(frozen=True, kw_only=True)
class OfferTerms:
    """The columns of an offer that an owner sets. `valid_days` None means that it never expires."""

    request_id: UUID
    name: str
    offer_type: str
    price_cents: int
    currency: str
    sessions: int | None
    bonus: int
    valid_days: int | None


@dataclass(frozen=True, kw_only=True)
class RetireOffer:
    """Retire an offer, or bring it back if `is_active`."""

    request_id: UUID
    is_active: bool


@dataclass(frozen=True)
class ClientValues:
    """The values of a client that a person types. A missing value is None."""

    full_name: str
    email: str | None = None
    phone: str | None = None
    notes: str | None = None


@dataclass(frozen=True, kw_only=True)
class AddClient:
    request_id: UUID
    values: ClientValues


@dataclass(frozen=True, kw_only=True)
class EditClient:
    """Change a client that still has the values that the person saw."""

    request_id: UUID
    before: ClientValues
    values: ClientValues


@dataclass(frozen=True, kw_only=True)
class MergeClient:
    """Merge another record of a person. `take` names the columns whose value comes from it;
    "both_notes" joins the notes."""

    request_id: UUID
    take: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UndoMerge:
    request_id: UUID
