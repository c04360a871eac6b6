"""The middleware: language, caching, whole requests, sign-in, membership and the desk's lock."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRefresh

from studio import uploads
from studio.accounts import security_log
from studio.accounts.policy import IDLE_TIME
from studio.accounts.security_event import SecurityEvent
from studio.accounts.session_store import SessionStore
from studio.accounts.shared_desk import current_member
from studio.accounts.shared_desk.current_member import Desk, SharedDeskRequest
from studio.accounts.shared_desk.views import redirect_to
from studio.refused_requests import (
    is_form_of_other_member,
    redirect_to_at_desk,
    redirect_to_sign_in,
    refuse_form,
)

GetResponse = Callable[[HttpRequest], HttpResponse]

# The names of URLs for which the desk and its lock do not matter.
WITHOUT_DESK = {
    "changes",
    "choose_password",
    "forgotten_password",
    "healthz",
    "login",
    "logout",
    "metrics",
    "new_studio",
    "start_link",
}

# The names of URLs that open without a studio, for people who have one.
WITHOUT_STUDIO = {"own_studios", "own_sessions", "join_studio"}


def language_and_time_zone(get_response: GetResponse) -> GetResponse:
    """Set the browser's language and the site's time zone, and reset both after the response.

    `MembershipRequired` then activates the language and time zone of the member's org.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        by_browser = translation.get_language_from_request(request)
        with translation.override(by_browser, deactivate=True), timezone.override(None):
            response = get_response(request)
            chosen = getattr(getattr(request, "member", None), "language", "")
            if response.get("Content-Type", "").startswith("text/html"):
                response.headers.setdefault("Content-Language", translation.get_language())
                if not chosen:
                    patch_vary_headers(response, ["Accept-Language"])
        return response

    return middleware


def no_store(get_response: GetResponse) -> GetResponse:
    """Forbid caches to store responses, so that the Back button fetches current counts."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def whole_request(get_response: GetResponse) -> GetResponse:
    """Refuse truncated requests and requests that are not in UTF-8.

    If the connection breaks, a part of a form may arrive that is valid by itself: without its
    reason, for example. Django refuses other encodings only in forms without files. In forms with
    files it would use any Python codec, also one that does not return text.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise BadRequest("this request is not in UTF-8")
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if request.path == uploads.PATH and announced.isdecimal():
            keep_upload(request, int(announced))
        if announced.isdecimal() and len(request.body) < int(announced):
            raise BadRequest("only a part of this request arrived")
        return get_response(request)

    return middleware


class GZipPages(GZipMiddleware):
    """Compress pages, and no download: it would take processor time from the desk."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        return response if response.streaming else super().process_response(request, response)


def keep_upload(request: HttpRequest, length: int) -> None:
    """Read a file to import, which may be longer than Django's limit for other requests."""
    if length <= uploads.LONGEST:
        request._body = request.read(length)


def page_for_405(get_response: GetResponse) -> GetResponse:
    """Add a page to responses with status 405, for people who open the URL of a button.

    Django's verb decorators respond without content.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method in ("GET", "HEAD"):
            response.content = render_to_string("405.html", {}, request)
        return response

    return middleware


class SignInRequired(LoginRequiredMiddleware):
    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        # Django would load the session and user first, which is too slow for polling `changes`.
        if not getattr(view_func, "login_required", True):
            return None
        if super().process_view(request, view_func, view_args, view_kwargs) is None:
            return None
        return redirect_to_sign_in(cast("SharedDeskRequest", request))


class MembershipRequired:
    """Set `request.desk` and `request.member`, and refuse requests at a locked desk.

    Superusers without a membership can open only the admin and the pages of their own account. A
    person with studios of which none is open chooses one first: an owner has switched off the
    membership that was open, or the person has never chosen.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        desk: Desk | None = getattr(request, "desk", None)
        if desk and desk.acting and current_member.needs_cookie(request, desk):
            current_member.record_activity(request, response)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., object],
        args: object,
        kwargs: object,
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.url_name in WITHOUT_DESK:
            return None
        desk = recognise(request)
        at_desk = cast("Any", request)
        is_in_admin = match.app_name == "admin"
        if desk is None:
            if not request.user.is_authenticated:
                return None
            if (redirect := end_idle_session(at_desk)) is not None:
                return redirect
            if match.url_name == "join_studio":
                return None
            if request.user.memberships.filter(is_active=True).exists():
                is_open = match.url_name in WITHOUT_STUDIO or match.app_name == "second_factor"
                return None if is_open else redirect_to(at_desk, resolve_url("own_studios"))
            is_own_page = match.url_name == "own_sessions" or match.app_name == "second_factor"
            if request.user.is_superuser and (is_in_admin or is_own_page):
                return None
            if at_desk.htmx:
                return HttpResponseClientRefresh()
            security_log.record_refused_page(request, SecurityEvent.Kind.NOT_ALLOWED)
            return render(request, "no_membership.html", status=403)
        if desk.acting is None:
            is_open = match.url_name in {"at_desk", "lock_desk"}
            return None if is_open else redirect_to_at_desk(at_desk)
        record_use(request)
        if is_in_admin and not desk.is_by_password:
            security_log.record_refused_page(request, SecurityEvent.Kind.NOT_ALLOWED)
            return render(request, "shared_desk/admin_closed.html", {"desk": desk}, status=403)
        if match.app_name == "purchases" and is_form_of_other_member(request, desk.acting):
            return refuse_form(at_desk, desk.acting)
        return None


def recognise(request: HttpRequest) -> Desk | None:
    """Set the desk and acting member of a request. Activate the org's language and time zone."""
    desk = current_member.desk_of(request)
    at_desk = cast("Any", request)
    at_desk.desk, at_desk.member = desk, desk and desk.acting
    if desk:
        timezone.activate(desk.signed_in.time_zone)
        if desk.signed_in.language:
            translation.activate(desk.signed_in.language)
    return desk


def record_use(request: HttpRequest) -> None:
    """Store that a person uses the session, at most once a minute."""
    if current_member.counts_as_activity(request):
        cast("SessionStore", request.session).record_use()


def end_idle_session(request: SharedDeskRequest) -> HttpResponseBase | None:
    """End the session of a user without a desk if it is idle, and redirect to the sign-in page."""
    loaded = cast("SessionStore", request.session).valid_session
    if loaded is None or not loaded.session.is_unused_for(IDLE_TIME):
        record_use(request)
        return None
    logout(request)
    return redirect_to_sign_in(request)
