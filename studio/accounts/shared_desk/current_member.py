"""The acting member of a shared desk, and the lock of the desk.

The session stores the account that signed in (`request.user`), the member who took over by PIN, and
whether the desk was locked.

An org may choose the idle time. A signed cookie then stores the time of the last activity, so that
no request has to write to the database. An older cookie only makes the desk lock sooner. Without a
choice, the desk locks after IDLE_TIME by `Session.last_used_at`, which is exact to a minute.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from purchases.access import DeskRequest
from purchases.member import Allowance, Approval
from studio.accounts import approvals, security_log
from studio.accounts.membership import Membership
from studio.accounts.origin import Origin, origin_of
from studio.accounts.policy import IDLE_TIME
from studio.accounts.second_factor import factors
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session import Session
from studio.accounts.session_store import ACTING, LOCKED, MEMBERSHIP, SessionStore

# The header of requests that a page sends without a person, such as polling.
LIVE_UPDATE_HEADER = "Live-Update"


@dataclass(frozen=True)
class Desk:
    """The state of a computer of an org in one request."""

    signed_in: Membership
    # None if the desk is locked.
    acting: Membership | None
    # The member in the session, also during a lock. None if their PIN, role or account has changed.
    previous: Membership | None
    is_by_password: bool
    # The PostgreSQL snapshot of this request, for live updates.
    snapshot: str
    has_pins: bool
    # The allowances of the org, by reason.
    allowances: Mapping[str, Allowance]
    # Return the browser, for the count of wrong tries. Few requests need it.
    find_origin: Callable[[], Origin]

    @property
    def is_shared(self) -> bool:
        """Return whether the org uses PINs or chose an idle time."""
        return self.has_pins or chosen_idle_time(self.signed_in) is not None

    @property
    def locks_after(self) -> int:
        """Return after how many seconds without activity the desk locks."""
        return int((chosen_idle_time(self.signed_in) or IDLE_TIME).total_seconds())

    @property
    def needs_second_factor(self) -> bool:
        """Return whether the person who signed in has a second factor. It takes two queries."""
        return factors.has_factor(self.signed_in.user)

    def approval_problem(self, approval: Approval) -> str | None:
        """Return why an approval of what the acting member does is not valid, or None if it is."""
        assert self.acting is not None
        return approvals.approval_problem(self.acting, approval, self.find_origin())

    def record_export(self, request: HttpRequest, detail: str) -> None:
        """Record in the security log that the acting member took data out of the site."""
        security_log.record_in(request, SecurityEvent.Kind.EXPORTED, detail=detail)


class SharedDeskRequest(DeskRequest):
    desk: Desk


def desk_of(request: HttpRequest) -> Desk | None:
    """Return the desk of a request, or None if its user is anonymous or has no membership open."""
    loaded = cast("SessionStore", request.session).valid_session
    if loaded is None:
        return None
    session = loaded.session
    signed_in = session.membership
    if signed_in is None or session.user != request.user:
        return None
    if request.session.get(MEMBERSHIP) != signed_in.pk:
        return None
    acting_id, stamp = request.session.get(ACTING, (None, ""))
    previous: Membership | None = signed_in
    if acting_id is not None:
        previous = session.acting if session.acting_id == acting_id else None
        if previous and _may_act_here(previous, signed_in, stamp):
            previous.org = signed_in.org
        else:
            previous = None
    if previous:
        previous.allowances = loaded.allowances
    is_locked = LOCKED in request.session or _is_idle(request, session, signed_in)
    return Desk(
        signed_in=signed_in,
        acting=None if is_locked else previous,
        previous=previous,
        is_by_password=acting_id is None,
        snapshot=loaded.snapshot,
        has_pins=loaded.has_pins,
        allowances=loaded.allowances,
        find_origin=partial(origin_of, request),
    )


def switch_to(request: SharedDeskRequest, member: Membership, *, by_password: bool) -> None:
    """Make `member` the acting member, unlock the desk, and give the session a new key.

    If `member` is the signed-in member and typed the password, the session is as after the sign-in,
    so that the admin opens again. With a second factor, a password alone opens the desk only.
    """
    is_signed_in = member.pk == request.desk.signed_in.pk
    if by_password and is_signed_in and not request.desk.needs_second_factor:
        request.session.pop(ACTING, None)
    else:
        request.session[ACTING] = [member.pk, stamp_of(member)]
    request.session.pop(LOCKED, None)
    request.session.cycle_key()


def lock(request: HttpRequest) -> None:
    request.session[LOCKED] = True


def counts_as_activity(request: HttpRequest) -> bool:
    """Return whether a request counts as activity of a person."""
    return LIVE_UPDATE_HEADER not in request.headers


def needs_cookie(request: HttpRequest, desk: Desk) -> bool:
    """Return whether the response needs a new cookie.

    If the org chose no idle time, only whole pages set it, which keeps it ready for a later choice.
    """
    is_page = not cast("DeskRequest", request).htmx
    has_choice = chosen_idle_time(desk.signed_in) is not None
    return counts_as_activity(request) and (is_page or has_choice)


def record_activity(request: HttpRequest, response: HttpResponseBase) -> None:
    """Restart the time until the desk locks, by a new cookie."""
    response.set_signed_cookie(
        settings.DESK_COOKIE_NAME,
        "here",
        salt=_salt(request),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def stamp_of(member: Membership) -> str:
    """Return a digest of the member's role, password hash and the time when they set their PIN.
    Their turn ends if one of them changes."""
    value = f"{member.role} {member.pin_set_at} {member.user.password}"
    return salted_hmac("studio.shared_desk.acting", value, algorithm="sha256").hexdigest()


def chosen_idle_time(member: Membership) -> timedelta | None:
    """Return the idle time that the member's org chose, or None if it chose none."""
    minutes = member.policy and member.policy.desk_locks_after_minutes
    return timedelta(minutes=minutes) if minutes else None


def _may_act_here(member: Membership, signed_in: Membership, stamp: str) -> bool:
    is_colleague = member.org_id == signed_in.org_id and member.is_usable
    return is_colleague and constant_time_compare(stamp, stamp_of(member))


def _is_idle(request: HttpRequest, session: Session, signed_in: Membership) -> bool:
    chosen = chosen_idle_time(signed_in)
    if chosen is None:
        return session.is_unused_for(IDLE_TIME)
    cookie = request.get_signed_cookie(
        settings.DESK_COOKIE_NAME, default=None, salt=_salt(request), max_age=chosen
    )
    return cookie is None


def _salt(request: HttpRequest) -> str:
    return f"studio.shared_desk.{request.session.session_key}"
