"""The acting member and their approvals, as protocols that do not depend on HTTP or the site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
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
    "edit_clients",
    "export",
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


class ActorOfOrg(Actor, Protocol):
    """The user who acts, and the org in which they act."""

    @property
    def org_id(self) -> UUID: ...


class Member(Protocol):
    """The acting member: a user with a role in one org."""

    @property
    def pk(self) -> int:
        """Return the id of the membership. Another org of the user has another one."""

    @property
    def org(self) -> Org: ...

    @property
    def org_id(self) -> UUID: ...

    @property
    def user_id(self) -> int: ...

    @property
    def country(self) -> str:
        """Return the country of the org (ISO 3166), or an empty text if it chose none."""

    @property
    def currency(self) -> str:
        """Return the currency of the org in lower case, or an empty text if it chose none."""

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

    def record_export(self, request: Any, detail: str) -> None:
        """Record in the security log that the acting member took data out of the site."""
