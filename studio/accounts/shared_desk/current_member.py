"""The acting member of a shared desk, and the lock of the desk.

The session stores the account that signed in (`request.user`), the member who took over by PIN, and
whether the desk was locked. A signed cookie stores the time of the last activity, so that no
request has to write to the database. An older cookie only makes the desk lock sooner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from purchases.access import DeskRequest
from purchases.member import Allowance, Approval
from studio.accounts import approvals
from studio.accounts.membership import Membership
from studio.accounts.policy import Policy
from studio.accounts.session_store import ACTING, SessionStore

LOCKED = "locked"
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

    @property
    def is_shared(self) -> bool:
        """Return whether the org uses PINs or a lock."""
        return self.has_pins or self.locks_after is not None

    @property
    def locks_after(self) -> int | None:
        return locks_after(self.signed_in)

    def approval_problem(self, approval: Approval) -> str | None:
        """Return why an approval of what the acting member does is not valid, or None if it is."""
        assert self.acting is not None
        return approvals.approval_problem(self.acting, approval)


class SharedDeskRequest(DeskRequest):
    desk: Desk


def desk_of(request: HttpRequest) -> Desk | None:
    """Return the desk of a request, or None if its user is anonymous or has no membership."""
    loaded = cast("SessionStore", request.session).valid_session
    if loaded is None:
        return None
    session = loaded.session
    if session.user != request.user or not hasattr(session.user, "membership"):
        return None
    signed_in: Membership = session.user.membership
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
    is_locked = LOCKED in request.session or _is_idle(request, signed_in)
    return Desk(
        signed_in=signed_in,
        acting=None if is_locked else previous,
        previous=previous,
        is_by_password=acting_id is None,
        snapshot=loaded.snapshot,
        has_pins=loaded.has_pins,
        allowances=loaded.allowances,
    )


def switch_to(request: SharedDeskRequest, member: Membership, *, by_password: bool) -> None:
    """Make `member` the acting member, and unlock the desk.

    If `member` is the signed-in member and typed the password, the session is as after the sign-in,
    so that the admin opens again.
    """
    if by_password and member.pk == request.desk.signed_in.pk:
        request.session.pop(ACTING, None)
    else:
        request.session[ACTING] = [member.pk, stamp_of(member)]
    request.session.pop(LOCKED, None)


def lock(request: HttpRequest) -> None:
    request.session[LOCKED] = True


def counts_as_activity(request: HttpRequest, desk: Desk) -> bool:
    """Return whether a request counts as activity of a person.

    If the org has no lock, only whole pages count, which keeps the cookie ready for a later lock.
    """
    htmx = cast("DeskRequest", request).htmx
    return LIVE_UPDATE_HEADER not in request.headers and (desk.locks_after is not None or not htmx)


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
    """Return a digest of the member's role and PIN, which ends their turn if either changes."""
    return salted_hmac("studio.shared_desk.acting", f"{member.role} {member.pin}").hexdigest()


def locks_after(member: Membership) -> int | None:
    """Return after how many seconds without activity the desk locks, or None if it never locks."""
    policy: Policy | None = getattr(member.org, "policy", None)
    minutes = policy and policy.desk_locks_after_minutes
    return minutes * 60 if minutes else None


def _may_act_here(member: Membership, signed_in: Membership, stamp: str) -> bool:
    is_colleague = member.org_id == signed_in.org_id and member.user.is_active
    return is_colleague and constant_time_compare(stamp, stamp_of(member))


def _is_idle(request: HttpRequest, signed_in: Membership) -> bool:
    seconds = locks_after(signed_in)
    if seconds is None:
        return False
    cookie = request.get_signed_cookie(
        settings.DESK_COOKIE_NAME, default=None, salt=_salt(request), max_age=seconds
    )
    return cookie is None


def _salt(request: HttpRequest) -> str:
    return f"studio.shared_desk.{request.session.session_key}"
