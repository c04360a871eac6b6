"""Django's sign-in without a query of its own: the session's query brings the user along.

Every check stays Django's own. A session that was ended, a password that was changed and an account
that was switched off all end the sign-in at the next request.
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
    loaded = cast("SessionStore", request.session).valid_session
    before = _came_along.set(loaded.session.user if loaded else None)
    try:
        return auth.get_user(request)
    finally:
        _came_along.reset(before)
