"""What the database keeps of each browser that somebody signed in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import InterfaceError, OperationalError, connection, models
from django.utils import timezone

from purchases.models import Org
from studio.models.member import Membership, User
from studio.models.policy import Policy


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


# What comes along with a session, by its name in the query.
ALONG: dict[str, type[models.Model]] = {
    "person": User,
    "member": Membership,
    "org": Org,
    "policy": Policy,
    "acting_member": Membership,
    "acting_person": User,
}


def _read(name: str, field: Any) -> str:
    """As the ORM reads it: a moment that Python has not must not take the page down."""
    sql, _ = field.select_format(None, f"{name}.{field.column}", [])
    return f"{sql} AS {name}__{field.attname}"


# One by one: an upgrade that adds a column changes nothing for a statement that is planned already.
COLUMNS = ", ".join(
    [f"session.{field.column}" for field in Session._meta.concrete_fields]
    + [_read(name, field) for name, model in ALONG.items() for field in model._meta.concrete_fields]
)
# By hand: put together by the ORM, on every request, this takes five times as long as PostgreSQL
# takes to answer it.
VALID = f"""
    SELECT {COLUMNS},
        pg_current_snapshot()::text AS mark,
        EXISTS (
            SELECT FROM public.studio_membership AS colleague
            WHERE colleague.org_id = org.id AND colleague.code <> ''
        ) AS org_has_codes,
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
    LEFT JOIN public.studio_membership AS acting_member ON acting_member.id = session.acting_id
    LEFT JOIN public.studio_user AS acting_person ON acting_person.id = acting_member.user_id
    WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
"""  # noqa: S608


def valid_session(key: str) -> Session | None:
    """The session with whom it names, their org with all that it chose for its desk, and with the
    mark of its news: whatever a request has to know before it begins, in one query."""
    for session in _found({"key": key, "now": timezone.now()}):
        person, member, org, policy, acting, acting_person = _along(session)
        session.user, session.acting = person, acting
        if person:
            User.membership.related.set_cached_value(person, member)
        if acting:
            acting.user = acting_person
        if member:
            member.user, member.org = person, org
            Org.policy.related.set_cached_value(org, policy)
            org.allowed = json.loads(session.allowed or "[]")
            org.mark, org.has_codes = session.mark, session.org_has_codes
        return cast("Session", session)
    return None


def _found(asked: dict[str, Any]) -> list[Any]:
    # The first query of a request finds out by itself whether the connection still stands, and
    # saves the SELECT 1 that Django would ask before it.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return list(Session.objects.raw(VALID, asked))
    except (InterfaceError, OperationalError):
        if connection.is_usable():
            raise
        connection.close()
        return list(Session.objects.raw(VALID, asked))


def _along(session: Session) -> Iterator[Any]:
    """An object for each of `ALONG`, None for what is not there."""
    columns = vars(session)
    for name, model in ALONG.items():
        fields = [field.attname for field in model._meta.concrete_fields]
        values = [columns[f"{name}__{field}"] for field in fields]
        is_there = columns[f"{name}__{model._meta.pk.attname}"] is not None
        yield model.from_db(session._state.db, fields, values) if is_there else None
