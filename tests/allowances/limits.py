"""Set allowances of an org, and create earlier reinstatements that count towards them."""

from datetime import timedelta
from typing import Any

from purchases.models import Org, Purchase, SessionEvent, SessionRequest
from studio.models import Allowance, User
from tests.database import rows
from tests.ledger import reinstated_by, unguarded, used_by

LATE = SessionRequest.Reason.LATE_CANCEL_FORGIVEN


def allow(org: Org, sessions: int, *, reason: str = LATE, days: int = 30) -> Allowance:
    return Allowance.objects.create(org=org, reason=reason, sessions=sessions, days=days)


def reinstate_times(
    by: User, pack: Purchase, *, reason: str | None = LATE, times: int = 1
) -> list[SessionEvent]:
    """Use and reinstate a session `times` times. The pack's count stays the same."""
    events = []
    for _ in range(times):
        used_by(by, pack)
        events.append(reinstated_by(by, pack, reason=reason))
    return events


def move_into_past(event: SessionEvent, ago: timedelta) -> None:
    """Move an event into the past, with the append-only triggers disabled."""
    with unguarded("session_events"):
        interval: Any = ago
        rows("UPDATE session_events SET occurred_at = now() - %s WHERE id = %s", interval, event.pk)
