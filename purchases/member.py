"""The acting member and their approvals, as protocols that do not depend on HTTP or the site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

from purchases.models import Org

Action = Literal[
    "see",
    "reinstate",
    "use",
    "extend",
    "move_use",
    "receive_payment",
    "correct",
    "transfer",
    "refund",
    "sell",
    "undo",
    "undo_any",
    "exceed_allowance",
    "administer",
]


class Allowance(Protocol):
    """A limit: at most `sessions` reinstatements for a client within `days`."""

    @property
    def sessions(self) -> int: ...

    @property
    def days(self) -> int: ...


@dataclass(frozen=True)
class Approver:
    """An owner who can approve a reinstatement beyond an allowance."""

    user_id: int
    name: str


@dataclass(frozen=True)
class Approval:
    """An owner's password or PIN, typed to approve another person's reinstatement."""

    user_id: int
    secret: str = field(repr=False)


class Actor(Protocol):
    """The user who acts, for operations that check no role themselves."""

    @property
    def user_id(self) -> int: ...


class Member(Protocol):
    """The acting member: a user with a role in one org."""

    @property
    def org(self) -> Org: ...

    @property
    def org_id(self) -> UUID: ...

    @property
    def user_id(self) -> int: ...

    @property
    def must_give_reason(self) -> bool: ...

    @property
    def allowances(self) -> Mapping[str, Allowance]:
        """Return the allowances by reason; "" means no reason. Other reasons have no limit."""

    @property
    def approvers(self) -> Sequence[Approver]:
        """Return the other owners, who can approve a reinstatement beyond the allowance."""

    def may(self, action: Action) -> bool: ...


class Desk(Protocol):
    """The computer at which the member acts."""

    @property
    def snapshot(self) -> str:
        """Return the transaction snapshot of the request, for live updates."""

    def approval_problem(self, approval: Approval) -> str | None:
        """Return None if the secret belongs to one of the approvers, else a message.

        Wrong tries are counted.
        """
