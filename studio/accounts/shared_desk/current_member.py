"""Who acts at this computer, and whether it is locked.

The session says who signed the computer in (`request.user`), who took over by a code, and whether
somebody locked it. When somebody last did something here is in a signed cookie of that session, so
that no request has to write it down: an older cookie only locks sooner.
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
# What a page asks by itself, while nobody may be there, has this header.
BY_ITSELF = "Live-Update"


@dataclass(frozen=True)
class Desk:
    """One computer of an org, as it stands in this request."""

    signed_in: Membership
    # Nobody, where the desk is locked.
    acting: Membership | None
    # Whom the session names; they may have lost their code or role since.
    previous: Membership | None
    is_by_password: bool
    # The transactions that this request has seen, for live updates.
    snapshot: str
    has_pins: bool
    # Those of the org, by reason.
    allowances: Mapping[str, Allowance]

    @property
    def is_shared(self) -> bool:
        """Whether there is anybody to change places with, or a lock to come back from."""
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
    """None where nobody is signed in, or who is belongs to no org."""
    loaded = cast("SessionStore", request.session).valid_session
    if loaded is None:
        return None
    session = loaded.session
    if session.user != request.user or not hasattr(session.user, "membership"):
        return None
    signed_in: Membership = session.user.membership
    named, stamp = request.session.get(ACTING, (None, ""))
    previous: Membership | None = signed_in
    if named is not None:
        previous = session.acting if session.acting_id == named else None
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
        is_by_password=named is None,
        snapshot=loaded.snapshot,
        has_pins=loaded.has_pins,
        allowances=loaded.allowances,
    )


def switch_to(request: SharedDeskRequest, member: Membership, *, by_password: bool) -> None:
    """From now on it is they who act. Who signed in with the password and comes back with it is
    where they were at first; nobody else gets there."""
    if by_password and member.pk == request.desk.signed_in.pk:
        request.session.pop(ACTING, None)
    else:
        request.session[ACTING] = [member.pk, stamp_of(member)]
    request.session.pop(LOCKED, None)


def lock(request: HttpRequest) -> None:
    request.session[LOCKED] = True


def counts_as_activity(request: HttpRequest, desk: Desk) -> bool:
    """Whether a person did something that is noted. Where no desk locks by itself, whole pages are,
    for the day on which an owner wants that."""
    htmx = cast("DeskRequest", request).htmx
    return BY_ITSELF not in request.headers and (desk.locks_after is not None or not htmx)


def record_activity(request: HttpRequest, response: HttpResponseBase) -> None:
    """Somebody is here: the time until the desk locks starts anew."""
    response.set_signed_cookie(
        settings.DESK_COOKIE_NAME,
        "here",
        salt=_salt(request),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def stamp_of(member: Membership) -> str:
    """What changes with their role and their code."""
    return salted_hmac("studio.shared_desk.acting", f"{member.role} {member.pin}").hexdigest()


def locks_after(member: Membership) -> int | None:
    """Seconds."""
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
    seen = request.get_signed_cookie(
        settings.DESK_COOKIE_NAME, default=None, salt=_salt(request), max_age=seconds
    )
    return seen is None


def _salt(request: HttpRequest) -> str:
    return f"studio.shared_desk.{request.session.session_key}"
