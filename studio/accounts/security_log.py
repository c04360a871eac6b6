"""The security log: an append-only row and a line of the logger `studio.security` per event.

A failed insert never fails the request: the line of the logger is written in any case. Outside of
a transaction, an event is committed at once, so a refused request leaves its event. In a
transaction, an event is stored with the change that it describes.
"""

import logging
import re
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import Error, connection, transaction
from django.http import HttpRequest

from purchases.database import fetch_one, read_statement
from studio.accounts import limits
from studio.accounts.client_address import client_address
from studio.accounts.security_event import SecurityEvent
from studio.database.errors import describe
from studio.logs import current_request, log_id

Kind = SecurityEvent.Kind
Door = SecurityEvent.Door

LOGGER = logging.getLogger("studio.security")
INSERT = read_statement(Path(__file__).parent / "sql" / "insert_security_event.sql")
FAILURES = {
    Kind.SIGN_IN_FAILED,
    Kind.WRONG_PIN,
    Kind.WRONG_PASSWORD,
    Kind.WRONG_CODE,
    Kind.WRONG_LINK,
    Kind.NAME_TAKEN,
    Kind.APPROVAL_REFUSED,
    Kind.NOT_ALLOWED,
    Kind.NOT_FOUND,
}
# Doors by the name of the URL, then by the app of the URL.
DOORS = {
    "login": Door.SIGN_IN,
    "logout": Door.SIGN_OUT,
    "admin:logout": Door.SIGN_OUT,
    "at_desk": Door.SHARED_DESK,
    "lock_desk": Door.SHARED_DESK,
    "own_pin": Door.OWN_PIN,
    "own_sessions": Door.OWN_SESSIONS,
    "own_studios": Door.OWN_STUDIOS,
    "join_studio": Door.JOIN_STUDIO,
    "admin:password_change": Door.OWN_PASSWORD,
    "forgotten_password": Door.LINK,
    "choose_password": Door.LINK,
    "start_link": Door.NEW_STUDIO,
    "new_studio": Door.NEW_STUDIO,
    "studio_settings": Door.STUDIO_SETTINGS,
    "second_factor": Door.SECOND_FACTOR,
    "people": Door.PEOPLE,
    "person": Door.PEOPLE,
    "admin": Door.ADMIN,
    "purchases": Door.DESK,
}
ROW_ID = re.compile(r"[0-9]{1,19}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Stored(NamedTuple):
    org_id: UUID | None
    account_id: int | None


def record(
    kind: SecurityEvent.Kind,
    *,
    account_id: int | None = None,
    username: str = "",
    actor_id: int | None = None,
    org_id: UUID | None = None,
    detail: str = "",
) -> None:
    """Record an event of the current request.

    The account is given by its id or by a typed name. An unknown name is stored as a digest. The
    org is that of the account by default, and the actor is the acting member. An account of several
    orgs is recorded in the org of the actor or the desk. `detail` has codes and ids only.
    """
    request = current_request.get()
    # At a locked desk no member acts.
    desk = getattr(request, "desk", None)
    member = getattr(request, "member", None) or (desk and desk.signed_in)
    params = {
        "kind": kind.value,
        "org_id": org_id,
        "org_of_actor": member and member.org_id,
        "account_id": account_id,
        "username": username,
        "unknown_name": limits.account_key(username) if username else "",
        "actor_id": actor_id or _actor_id(request),
        "detail": detail,
        "log_id": log_id(request) if request else "",
        **_place(request, kind),
    }
    if stored := _insert(params):
        params |= stored._asdict()
    if params["account_id"]:
        params["unknown_name"] = ""
    _write_line(logging.WARNING if kind in FAILURES else logging.INFO, params)


def record_in(request: HttpRequest, kind: SecurityEvent.Kind, *, detail: str) -> None:
    """Record an event of a request in another thread, after the response began."""
    token = current_request.set(request)
    try:
        record(kind, detail=detail)
    finally:
        current_request.reset(token)


def record_refused_page(request: HttpRequest, kind: SecurityEvent.Kind) -> None:
    """Record that a signed-in person may not see a page. NOT_FOUND needs a page of a row."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if match is None or user is None or not user.is_authenticated:
        return
    ids = [str(value) for value in match.kwargs.values() if ROW_ID.fullmatch(str(value))]
    if ids or kind is not Kind.NOT_FOUND:
        record(kind, detail=" ".join([match.view_name, *ids]))


def write_refused_try(username: str, wait: timedelta) -> None:
    """Write a line for a try during a delay. It is not stored, because strangers could fill the
    table."""
    params = {
        "kind": "refused_try",
        "unknown_name": limits.account_key(username),
        "actor_id": _actor_id(current_request.get()),
        "detail": f"{wait.total_seconds():.0f}s",
        **_place(current_request.get()),
    }
    _write_line(logging.WARNING, params)


def _insert(params: dict[str, Any]) -> Stored | None:
    """Insert an event. Return None if that fails: the request goes on without it."""
    try:
        # A failed statement must not abort the transaction of the request.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            return fetch_one(INSERT, params, Stored)
    except Error as error:
        LOGGER.error("the security log could not be written: %s", describe(error))
        return None


def _write_line(level: int, params: dict[str, Any]) -> None:
    names = {
        "org_id": "org",
        "actor_id": "member",
        "account_id": "account",
        "unknown_name": "name",
        "door": "door",
        "address": "address",
        "detail": "detail",
    }
    details = {name: params.get(key) for key, name in names.items()}
    known = {name: value for name, value in details.items() if value}
    LOGGER.log(level, params["kind"], extra={"details": known})


def _place(request: HttpRequest | None, kind: SecurityEvent.Kind | None = None) -> dict[str, str]:
    """Return the door and the address."""
    if request is None:
        return {"door": "", "address": ""}
    door = Door.APPROVAL if kind is Kind.APPROVAL_REFUSED else _door(request)
    return {"door": str(door), "address": client_address(request)}


def _door(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    return str(DOORS.get(match.view_name) or DOORS.get(match.app_name) or match.view_name)


def _actor_id(request: HttpRequest | None) -> int | None:
    """Return the acting member's user id, or else that of the signed-in user. Return None at a
    locked desk."""
    if member := getattr(request, "member", None):
        return int(member.user_id)
    is_locked = getattr(request, "desk", None) is not None
    user = getattr(request, "user", None)
    return None if is_locked or user is None else user.pk
