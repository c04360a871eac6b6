"""The session table, and the query that loads a session with its users, members and org."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import InterfaceError, OperationalError, connection, models
from django.db.models.functions import Now

from purchases import clock, org_scope
from purchases.database import read_statement
from purchases.models import Org
from purchases.models.row_mapper import RowMapper
from purchases.session_keys import stored_key
from studio.accounts.membership import Membership
from studio.accounts.policy import Allowance, Policy
from studio.accounts.user import User
from studio.database.errors import describe

LOGGER = logging.getLogger("studio.database")


class Session(AbstractBaseSession):
    """Django's session, with the ids of its user, its membership and its acting member as columns.

    The columns are for the join that loads the rows. Only the ids in `session_data` grant access,
    because that is signed. The other columns are for the page of a person's sessions.
    """

    # The hash of the key in the cookie, see `stored_key`.
    session_key = models.CharField(max_length=64, primary_key=True)
    # No foreign key constraint: deleting a user or member must not cascade to sessions.
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
    # The membership that the session has open, or null until a person of several studios chooses.
    membership = models.ForeignKey(
        Membership,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    signed_in_at = models.DateTimeField(db_default=Now())
    # The time of the last request of a person. It is up to a minute late, to save writes.
    last_used_at = models.DateTimeField(db_default=Now())
    browser = models.TextField(blank=True, default="", db_default="")

    def is_unused_for(self, time: timedelta) -> bool:
        return clock.now() - self.last_used_at >= time


@dataclass(frozen=True)
class ValidSession:
    """A session that has not expired, with its users and members and the facts about their desk."""

    session: Session
    # The PostgreSQL snapshot of this request, for live updates.
    snapshot: str
    has_pins: bool
    # The allowances of the org, by reason.
    allowances: dict[str, Allowance]


# The models of the columns in select_session.sql, in order.
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
    """Load a session that has not expired, with all that the middleware needs, in one query.

    The key is that of the cookie.
    """
    org_scope.set_by_statement()
    params = {"key": stored_key(key), "now": clock.now()}
    before = clock.machine_now()
    row = _first_row(params)
    if row is None:
        org_scope.not_set()
        return None
    session, person, member, org, policy, acting, acting_person, *further = row
    snapshot, database_time, has_pins, *pins_set_at, allowed, _org_ids = further
    member_pin_set_at, acting_pin_set_at = pins_set_at
    clock.compare(database_time, before, clock.machine_now())
    session.user, session.acting = person, acting
    session.membership = member
    if person and member:
        person.membership = member
    if acting:
        acting.user, acting.pin_set_at = acting_person, acting_pin_set_at
    if member:
        member.user, member.org, member.pin_set_at = person, org, member_pin_set_at
        Org.policy.related.set_cached_value(org, policy)
    # Django configures psycopg to return JSON as text.
    allowances = [Allowance(**columns) for columns in json.loads(allowed or "[]")]
    return ValidSession(
        session=session,
        snapshot=snapshot,
        has_pins=has_pins,
        allowances={allowance.reason: allowance for allowance in allowances},
    )


def end_sessions_of(user: User, *, but: str | None = None) -> None:
    """Sign the user out of every browser, except the session with the key `but` in its cookie."""
    sessions = Session.objects.filter(user=user.pk)
    if but is not None:
        sessions = sessions.exclude(pk=stored_key(but))
    sessions.delete()


def close_in_sessions(member: Membership) -> None:
    """Close the membership in every browser. The person stays signed in, and may open another."""
    Session.objects.filter(membership=member.pk).update(membership=None)


def _first_row(params: dict[str, Any]) -> list[Any] | None:
    # Skip Django's health check (SELECT 1). If the connection is broken, this query fails and is
    # retried on a new connection.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return SESSION_ROW.first(SELECT_SESSION, params)
    except (InterfaceError, OperationalError) as error:
        if connection.is_usable():
            raise
        LOGGER.warning("connecting again: %s", describe(error))
        connection.close()
        return SESSION_ROW.first(SELECT_SESSION, params)
