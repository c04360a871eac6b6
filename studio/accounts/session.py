"""What the database keeps of each browser that somebody signed in."""

from __future__ import annotations

import json
from typing import Any, cast

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import InterfaceError, OperationalError, connection, models
from django.utils import timezone

from purchases.models import Org
from purchases.models.row_mapper import RowMapper
from studio.accounts.membership import Membership
from studio.accounts.policy import Policy
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
SELECT_VALID_SESSION = f"""
    SELECT {SESSION_ROW.columns},
        pg_current_snapshot()::text AS snapshot,
        EXISTS (
            SELECT FROM public.studio_membership AS colleague
            WHERE colleague.org_id = org.id AND colleague.code <> ''
        ) AS org_has_pins,
        (
            SELECT jsonb_agg(
                jsonb_build_object('reason', reason, 'sessions', sessions, 'days', days)
            )
            FROM public.studio_allowance AS allowance WHERE allowance.org_id = org.id
        ) AS allowed
    FROM public.studio_session AS session
    LEFT JOIN public.studio_user AS person ON person.id = session.user_id
    LEFT JOIN public.studio_membership AS member ON member.user_id = person.id
    LEFT JOIN public.orgs AS org ON org.id = member.org_id
    LEFT JOIN public.studio_policy AS policy ON policy.org_id = org.id
    LEFT JOIN public.studio_membership AS acting ON acting.id = session.acting_id
    LEFT JOIN public.studio_user AS acting_person ON acting_person.id = acting.user_id
    WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
"""  # noqa: S608


def valid_session(key: str) -> Session | None:
    """The session with whom it names, their org with all that it chose for its desk, and with the
    snapshot of its news: whatever a request has to know before it begins, in one query."""
    found = _found({"key": key, "now": timezone.now()})
    if found is None:
        return None
    session, person, member, org, policy, acting, acting_person, snapshot, has_pins, allowed = found
    session.user, session.acting = person, acting
    if person:
        User.membership.related.set_cached_value(person, member)
    if acting:
        acting.user = acting_person
    if member:
        member.user, member.org = person, org
        Org.policy.related.set_cached_value(org, policy)
        org.snapshot, org.has_pins = snapshot, has_pins
        # Django has JSON come as text.
        org.allowed = json.loads(allowed or "[]")
    return cast("Session", session)


def _found(asked: dict[str, Any]) -> list[Any] | None:
    # The first query of a request finds out by itself whether the connection still stands, and
    # saves the SELECT 1 that Django would ask before it.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return SESSION_ROW.first(SELECT_VALID_SESSION, asked)
    except (InterfaceError, OperationalError):
        if connection.is_usable():
            raise
        connection.close()
        return SESSION_ROW.first(SELECT_VALID_SESSION, asked)
