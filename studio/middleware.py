"""Every page is for a signed-in member of an org, unless its view says otherwise."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from purchases import news
from purchases.access import DeskRequest
from studio.models import Membership

GetResponse = Callable[[HttpRequest], HttpResponse]


def language_and_clock(get_response: GetResponse) -> GetResponse:
    """Speaks the browser's language, by the site's clock, until it is known who asks: an org's own
    come with its member. The next request starts anew."""

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
    """Counts and names stay out of every cache: Back asks the server again."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def whole_request(get_response: GetResponse) -> GetResponse:
    """Refuses a form of which only a part arrived, as where the line was cut while it was sent.
    The part can read like a form by itself: another event was chosen, or no reason given.

    And one in another encoding than the pages have: Django does so for a form without files, and
    lets Python's codecs loose on one with files, some of which make no text."""

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise BadRequest("this request is not in UTF-8")
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and len(request.body) < int(announced):
            raise BadRequest("only a part of this request arrived")
        return get_response(request)

    return middleware


class SignInRequired(LoginRequiredMiddleware):
    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """A part of a page can't become the sign-in form: htmx is told to load that page whole,
        and to come back to the page where the person was."""
        # Django looks the session and its user up first, which `latest` is too frequent for.
        if not getattr(view_func, "login_required", True):
            return None
        response = super().process_view(request, view_func, view_args, view_kwargs)
        htmx = cast("DeskRequest", request).htmx
        if response and htmx:
            here = htmx.current_url_abs_path or resolve_url("home")
            return HttpResponseClientRedirect(redirect_to_login(here).url)
        if response and request.method not in ("GET", "HEAD"):
            # A press of a button is no page to come back to; it says on which page it was.
            return redirect_to_login(request.POST.get("next") or resolve_url("home"))
        return response


class MembershipRequired:
    """Sets `request.member`, and from there on the org's language and time zone. Superusers
    without an org reach the admin alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., object],
        args: object,
        kwargs: object,
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name in {"login", "logout", "healthz", "latest"}:
            return None
        members = Membership.objects.select_related("org__policy").annotate(mark=news.MARK)
        member = members.filter(user=request.user.pk).first()
        cast("Any", request).member = member
        if member:
            timezone.activate(member.time_zone)
        if member and member.language:
            translation.activate(member.language)
        in_admin_as_superuser = match.app_name == "admin" and request.user.is_superuser
        if member is None and request.user.is_authenticated and not in_admin_as_superuser:
            if cast("DeskRequest", request).htmx:
                return HttpResponseClientRefresh()
            return render(request, "no_membership.html", status=403)
        return None
