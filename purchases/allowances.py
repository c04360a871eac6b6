"""How much of an org's allowances a client has used, to show on the desk.

The reinstatement itself checks the allowance again, behind a lock
(migrations/0013_count_reinstatements.sql).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.member import Allowance, Member
from purchases.models import Purchase

COUNT_REINSTATEMENTS = read_statement(SQL_DIR / "count_reinstatements.sql")


class ReinstatementCount(NamedTuple):
    """The number of sessions of a client that were reinstated for a reason."""

    client_id: UUID
    reason: str
    times: int


@dataclass(frozen=True)
class AllowanceUse:
    """The position of a client's next reinstatement within an allowance: 1 for the first."""

    ordinal: int
    allowance: Allowance

    @property
    def is_beyond(self) -> bool:
        return self.ordinal > self.allowance.sessions


# Allowance uses by client id, then by reason; "" means no reason. A first reinstatement is omitted
# unless it already exceeds the allowance.
AllowanceUses = Mapping[UUID, Mapping[str, AllowanceUse]]


def allowance_uses(member: Member, purchases: Iterable[Purchase]) -> AllowanceUses:
    """Return the allowance uses of clients whose purchases can be reinstated, by one query."""
    clients = {purchase.client_id for purchase in purchases if purchase.reinstate_refusal is None}
    uses: defaultdict[UUID, dict[str, AllowanceUse]] = defaultdict(dict)
    if not clients or not member.allowances:
        return uses
    for client_id in clients:
        for reason, allowance in member.allowances.items():
            if allowance.sessions == 0:
                uses[client_id][reason] = AllowanceUse(1, allowance)
    params = {
        "org_id": member.org_id,
        "client_ids": list(clients),
        "reasons": list(member.allowances),
        "days": [allowance.days for allowance in member.allowances.values()],
    }
    for count in fetch_all(COUNT_REINSTATEMENTS, params, ReinstatementCount):
        allowance = member.allowances[count.reason]
        uses[count.client_id][count.reason] = AllowanceUse(count.times + 1, allowance)
    return uses
