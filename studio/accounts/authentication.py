"""Django's authentication, without a query for the user, who was loaded with the session.

Django still makes every check. Deleting a session, changing a password and deactivating an account
each end the sign-in at the next request.
"""

from contextvars import ContextVar
from typing import Any, cast

from django.contrib import auth
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.views.decorators.debug import sensitive_variables

from studio.accounts import rate_limit
from studio.accounts.origin import origin_of
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session_store import SessionStore
from studio.accounts.user import User


class SignedInMiddleware(AuthenticationMiddleware):
    """Django's middleware, which sets `request.user` here without a query of its own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast("User", SimpleLazyObject(lambda: _signed_in(request)))


class Backend(ModelBackend):
    """Django's backend for user name and password, with a limit of wrong tries.

    It reuses the user loaded with the session.
    """

    @sensitive_variables("password")
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """Return the user if the password is right, else None. Raises `TooManyTries`.

        For a name without an account, Django hashes the password too, so it takes the same time.
        """
        if username is None or password is None:
            return None
        found: list[User] = []

        def is_right() -> bool:
            user = ModelBackend.authenticate(self, request, username, password, **kwargs)
            found.extend([user] if user else [])
            return user is not None

        rate_limit.check(
            username, origin_of(request), is_right, failure=SecurityEvent.Kind.SIGN_IN_FAILED
        )
        return found[0] if found else None

    def get_user(self, user_id: int) -> User | None:
        user = _session_user.get()
        if user is None or user.pk != user_id:
            return super().get_user(user_id)
        return user if self.user_can_authenticate(user) else None


_session_user: ContextVar[User | None] = ContextVar("session_user", default=None)


def _signed_in(request: HttpRequest) -> User | AnonymousUser:
    loaded = cast("SessionStore", request.session).valid_session
    token = _session_user.set(loaded.session.user if loaded else None)
    try:
        return auth.get_user(request)
    except SessionInterrupted:
        # After a change of SECRET_KEY, a concurrent request has moved the session to a new key.
        return AnonymousUser()
    finally:
        _session_user.reset(token)
