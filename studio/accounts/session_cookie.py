"""Django's middleware for the cookie of the session, for browsers whose session gets a new key."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from studio.accounts.session_store import SessionStore


class SessionCookieMiddleware(SessionMiddleware):
    """Django's middleware, which deletes the cookie only if this request ended the session.

    Django also deletes it if the session is unknown. A request of another tab may arrive with the
    old key just after the session got a new one. Its response must not delete the new cookie.
    """

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if isinstance(request.session, SessionStore):
            request.session.user_agent = request.headers.get("User-Agent", "")

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        session = request.session
        if isinstance(session, SessionStore) and session.is_empty() and not session.was_flushed:
            response.cookies.pop(settings.SESSION_COOKIE_NAME, None)
        return response
