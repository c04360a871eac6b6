"""Every page is for a signed-in member of an org, unless its view says otherwise."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from purchases.access import DeskRequest
from studio.accounts.shared_desk import current_member
from studio.accounts.shared_desk.current_member import Desk, SharedDeskRequest
from studio.accounts.shared_desk.views import ask_who, go_on_to, page_to_go_on
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


def page_for_405(get_response: GetResponse) -> GetResponse:
    """Give a page to a person who opens the address of a button. Django's verb decorators answer
    405 without one."""

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
        """A part of a page can't become the sign-in form: htmx is told to load that page whole,
        and to come back to the page where the person was."""
        # Django looks the session and its user up first, which `changes` is too frequent for.
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
    """Sets `request.desk` and `request.member`, who acts there; from there on the org's language
    and time zone hold. Nobody gets past a locked desk. Superusers without an org reach the admin
    alone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        desk: Desk | None = getattr(request, "desk", None)
        if desk and desk.acting and current_member.counts_as_activity(request, desk):
            current_member.record_activity(request, response)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., object],
        args: object,
        kwargs: object,
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.url_name in {"login", "logout", "healthz", "changes"}:
            return None
        desk = recognise(request)
        at_desk = cast("Any", request)
        is_in_admin = match.app_name == "admin"
        if desk is None:
            if not request.user.is_authenticated or (is_in_admin and request.user.is_superuser):
                return None
            if at_desk.htmx:
                return HttpResponseClientRefresh()
            return render(request, "no_membership.html", status=403)
        if desk.acting is None:
            return None if match.url_name in {"at_desk", "lock_desk"} else ask_who_is_there(at_desk)
        if is_in_admin and not desk.is_by_password:
            return render(request, "shared_desk/admin_closed.html", {"desk": desk}, status=403)
        if match.app_name == "purchases" and is_of_somebody_else(request, desk.acting):
            return ask_to_press_again(at_desk, desk.acting)
        return None


def recognise(request: HttpRequest) -> Desk | None:
    """Sets whose desk it is and who acts there; from here on its org's language and clock hold."""
    desk = current_member.desk_of(request)
    at_desk = cast("Any", request)
    at_desk.desk, at_desk.member = desk, desk and desk.acting
    if desk:
        timezone.activate(desk.signed_in.time_zone)
        if desk.signed_in.language:
            translation.activate(desk.signed_in.language)
    return desk


def ask_who_is_there(request: SharedDeskRequest) -> HttpResponse:
    """The desk is locked, and nothing was done."""
    asked = ask_who(here_of(request), pressed=request.method not in ("GET", "HEAD"))
    answer = go_on_to(request, asked)
    answer["Desk-Locked"] = "true"
    return answer


def is_of_somebody_else(request: HttpRequest, member: Membership) -> bool:
    """Whether the page that this press comes from was made for somebody who acted before."""
    return request.POST.get("by", "") not in ("", str(member.user_id))


def ask_to_press_again(request: SharedDeskRequest, member: Membership) -> HttpResponse:
    told = _("Nothing was changed: %(name)s is at the desk now. Press again to do it as %(name)s.")
    messages.warning(request, told % {"name": member.name})
    return go_on_to(request, here_of(request))


def here_of(request: SharedDeskRequest) -> str:
    """The page where the person is; a press says on which one it was."""
    if request.htmx:
        return request.htmx.current_url_abs_path or resolve_url("home")
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return page_to_go_on(request)
