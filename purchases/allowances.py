"""How often a client was given sessions back of late, held against what the org allows.

It only reads. Whether a press goes beyond the allowance is decided with the press, behind a lock
(migrations/0014_count_reinstatements.sql).
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
    """How many sessions of a client were reinstated for a reason."""

    client_id: UUID
    reason: str
    times: int


@dataclass(frozen=True)
class AllowanceUse:
    """What one more session that is given back to a client for a reason would be."""

    ordinal: int
    allowance: Allowance

    @property
    def is_beyond(self) -> bool:
        return self.ordinal > self.allowance.sessions


# By client, then by reason; "" is for none. Only what is worth a word: not the first time, unless
# even that is beyond the allowance.
AllowanceUses = Mapping[UUID, Mapping[str, AllowanceUse]]


def allowance_uses(member: Member, purchases: Iterable[Purchase]) -> AllowanceUses:
    """Of the clients of those purchases that can be reinstated. No query where nothing can."""
    clients = {each.client_id for each in purchases if each.reinstate_refusal is None}
    found: defaultdict[UUID, dict[str, AllowanceUse]] = defaultdict(dict)
    if not clients or not member.allowances:
        return found
    for client_id in clients:
        for reason, allowance in member.allowances.items():
            if allowance.sessions == 0:
                found[client_id][reason] = AllowanceUse(1, allowance)
    params = {
        "org_id": member.org_id,
        "client_ids": list(clients),
        "reasons": list(member.allowances),
        "days": [allowance.days for allowance in member.allowances.values()],
    }
    for count in fetch_all(COUNT_REINSTATEMENTS, params, ReinstatementCount):
        allowance = member.allowances[count.reason]
        found[count.client_id][count.reason] = AllowanceUse(count.times + 1, allowance)
    return found
