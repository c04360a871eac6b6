"""The person who acts, as operations and queries see them: no HTTP, no table of the site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

from purchases.models import Org

Action = Literal[
    "see", "reinstate", "use", "extend", "undo", "undo_any", "exceed_allowance", "administer"
]


class Allowance(Protocol):
    """So many sessions may be given back to a client within so many days."""

    @property
    def sessions(self) -> int: ...

    @property
    def days(self) -> int: ...


@dataclass(frozen=True)
class Approver:
    """An owner who can confirm what goes beyond an allowance."""

    user_id: int
    name: str


@dataclass(frozen=True)
class Approval:
    """What an owner types to confirm another person's press."""

    user_id: int
    secret: str = field(repr=False)


class Member(Protocol):
    """The person who acts, as the site made them known: a user with a role in one org."""

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
        """By reason; that of "" is for a press without one. A reason without any is free."""

    @property
    def approvers(self) -> Sequence[Approver]:
        """The other people who can confirm what this one may not do alone."""

    def may(self, action: Action) -> bool: ...


class Desk(Protocol):
    """The computer at which the member acts, as far as the pages of purchases use it."""

    @property
    def snapshot(self) -> str:
        """The transactions that the request has seen, for live updates."""

    def approval_problem(self, approval: Approval) -> str | None:
        """Return None if the secret is that of one of the member's approvers, else why not, in
        words. Wrong tries are counted."""
