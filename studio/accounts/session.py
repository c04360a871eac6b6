"""What the database keeps of each browser that somebody signed in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import InterfaceError, OperationalError, connection, models
from django.utils import timezone

from purchases.database import read_statement
from purchases.models import Org
from purchases.models.row_mapper import RowMapper
from studio.accounts.membership import Membership
from studio.accounts.policy import Allowance, Policy
from studio.accounts.user import User


class Session(AbstractBaseSession):
    """Django's session, with whom it names in columns of their own. They only find the rows: what
    holds is what `session_data` says, which is signed."""

    # Without constraints: who is deleted is found no more, and takes nothing along.
    user = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    acting = models.ForeignKey(
        Membership,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )


@dataclass(frozen=True)
class ValidSession:
    """A session with the people it names, and what a request reads of their org's desk."""

    session: Session
    # The transactions that this request has seen, for live updates.
    snapshot: str
    has_pins: bool
    # By reason.
    allowances: dict[str, Allowance]


# What a session's row brings along.
SESSION_ROW = RowMapper(
    session=Session,
    person=User,
    member=Membership,
    org=Org,
    policy=Policy,
    acting=Membership,
    acting_person=User,
)
SELECT_SESSION = read_statement(Path(__file__).parent / "sql" / "select_session.sql")


def valid_session(key: str) -> ValidSession | None:
    """Load a session that is not over, with all that a request reads before its view, in one
    query."""
    row = _first_row({"key": key, "now": timezone.now()})
    if row is None:
        return None
    session, person, member, org, policy, acting, acting_person, snapshot, has_pins, allowed = row
    session.user, session.acting = person, acting
    if person:
        User.membership.related.set_cached_value(person, member)
    if acting:
        acting.user = acting_person
    if member:
        member.user, member.org = person, org
        Org.policy.related.set_cached_value(org, policy)
    # Django has JSON come as text.
    allowances = [Allowance(**columns) for columns in json.loads(allowed or "[]")]
    return ValidSession(
        session=session,
        snapshot=snapshot,
        has_pins=has_pins,
        allowances={allowance.reason: allowance for allowance in allowances},
    )


def _first_row(params: dict[str, Any]) -> list[Any] | None:
    # The first query of a request finds out by itself whether the connection still stands, and
    # saves the SELECT 1 that Django would ask before it.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return SESSION_ROW.first(SELECT_SESSION, params)
    except (InterfaceError, OperationalError):
        if connection.is_usable():
            raise
        connection.close()
        return SESSION_ROW.first(SELECT_SESSION, params)
