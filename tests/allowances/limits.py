"""What an org allows its desk, and clients who were given sessions back already."""

from datetime import timedelta
from typing import Any

from purchases.models import Org, Purchase, SessionEvent, SessionRequest
from studio.models import Allowance, User
from tests.database import rows
from tests.ledger import reinstated_by, unguarded, used_by

LATE = SessionRequest.Reason.LATE_CANCEL_FORGIVEN


def allow(org: Org, sessions: int, *, reason: str = LATE, days: int = 30) -> Allowance:
    return Allowance.objects.create(org=org, reason=reason, sessions=sessions, days=days)


def given_back(
    by: User, pack: Purchase, *, reason: str | None = LATE, times: int = 1
) -> list[SessionEvent]:
    """So many sessions were used and given back: the count stands where it stood."""
    events = []
    for _ in range(times):
        used_by(by, pack)
        events.append(reinstated_by(by, pack, reason=reason))
    return events


def it_was(event: SessionEvent, ago: timedelta) -> None:
    """Moves what happened into the past, as nobody but the owner of the table can."""
    with unguarded("session_events"):
        moment: Any = ago
        rows("UPDATE session_events SET occurred_at = now() - %s WHERE id = %s", moment, event.pk)
