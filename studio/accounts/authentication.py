"""Django's authentication, without a query for the user, who was loaded with the session.

Django still makes every check. Deleting a session, changing a password and deactivating an account
each end the sign-in at the next request.
"""

from contextvars import ContextVar
from typing import cast

from django.contrib import auth
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from studio.accounts.session_store import SessionStore
from studio.accounts.user import User


class SignedInMiddleware(AuthenticationMiddleware):
    """Django's middleware, which sets `request.user` here without a query of its own."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = cast("User", SimpleLazyObject(lambda: _signed_in(request)))


class Backend(ModelBackend):
    """Django's backend for user name and password. It reuses the user loaded with the session."""

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
    finally:
        _session_user.reset(token)
