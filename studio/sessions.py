"""Django's sessions and its sign-in, in one query: with the session comes whom it names.

Every check stays Django's own. A session that was ended, a password that was changed, a person who
was switched off: each is out at the next request.
"""

from contextvars import ContextVar
from typing import Any, cast

from django.contrib import auth
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from studio.models import Session, User
from studio.models.session import valid_session

# The key of the session that names the membership of who acts there, first of a list.
ACTING = "acting"


class SessionStore(db.SessionStore):
    _row: Session | None = None

    @property
    def row(self) -> Session | None:
        """As it was found, with the people whom it names. None for a new session."""
        self.keys()  # loads it
        return self._row

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:
        key = self.session_key
        # PostgreSQL has no NUL, and a cookie may say anything.
        self._row = valid_session(key) if key and "\0" not in key else None
        if self._row is None:
            self._session_key = None
            return {}
        return self.decode(self._row.session_data)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = data.get(auth.SESSION_KEY)
        row.acting_id = data[ACTING][0] if ACTING in data else None
        return row


class SignedInMiddleware(AuthenticationMiddleware):
    """Who is signed in, by Django's rules, without a query of its own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast("User", SimpleLazyObject(lambda: _signed_in(request)))


class Backend(ModelBackend):
    """By name and password. Whom the session brought along is not looked up again."""

    def get_user(self, user_id: int) -> User | None:
        user = _came_along.get()
        if user is None or user.pk != user_id:
            return super().get_user(user_id)
        return user if self.user_can_authenticate(user) else None


_came_along: ContextVar[User | None] = ContextVar("came_along", default=None)


def _signed_in(request: HttpRequest) -> User | AnonymousUser:
    row = cast("SessionStore", request.session).row
    before = _came_along.set(row.user if row else None)
    try:
        return auth.get_user(request)
    finally:
        _came_along.reset(before)
