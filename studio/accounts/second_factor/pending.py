"""A sign-in that waits for the second factor. The session stores it, and no one is signed in yet.

If the role of a person without a second factor needs one, the sign-in waits until it is set up.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import auth
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from purchases import clock
from studio.accounts.second_factor import factors
from studio.accounts.session_store import BACKEND
from studio.accounts.user import User

# The key of the session data.
PENDING = "second_factor"
CHECK, SET_UP = "check", "set_up"
# The time between the password and the second factor. Setting one up takes longer.
ENDS_AFTER = {CHECK: timedelta(minutes=5), SET_UP: timedelta(minutes=30)}


@dataclass(frozen=True)
class Pending:
    user: User
    # The page after the sign-in.
    next_url: str


def step_after_password(user: User) -> str:
    """Return what a sign-in waits for, or an empty text if the password is enough."""
    if factors.has_factor(user):
        return CHECK
    return SET_UP if factors.is_required(user) else ""


def begin(request: HttpRequest, user: User, step: str, next_url: str) -> None:
    request.session.cycle_key()
    request.session[PENDING] = {
        "step": step,
        "user": user.pk,
        # Another password ends it, as it ends a session.
        "hash": user.get_session_auth_hash(),
        "at": clock.now().timestamp(),
        "next": next_url,
    }


def pending_of(request: HttpRequest, step: str) -> Pending | None:
    """Return the sign-in that waits for this step in this browser, or None."""
    data = request.session.get(PENDING)
    if request.user.is_authenticated or data is None or data["step"] != step:
        return None
    age = clock.now().timestamp() - data["at"]
    if age >= ENDS_AFTER[step].total_seconds():
        return None
    user = User.objects.filter(pk=data["user"], is_active=True).first()
    if user is None or not constant_time_compare(data["hash"], user.get_session_auth_hash()):
        return None
    # The factors may have changed in another browser.
    return Pending(user, data["next"]) if step_after_password(user) == step else None


def is_waiting(request: HttpRequest) -> bool:
    return not request.user.is_authenticated and PENDING in request.session


def sign_in(request: HttpRequest, pending: Pending) -> None:
    """Sign the person in, with a new key of the session."""
    request.session.pop(PENDING)
    auth.login(request, pending.user, backend=BACKEND)
