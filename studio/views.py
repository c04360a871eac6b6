"""The pages of the site: sign-in, health check and error pages."""

import logging
import sys
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from studio.accounts import refused_forms, security_log
from studio.accounts.origin import name_browser
from studio.accounts.permissions import Role
from studio.accounts.second_factor.sign_in import check_page_after_password
from studio.accounts.security_event import SecurityEvent
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.sign_in import PasswordView, finish
from studio.database import backup, health
from studio.database.errors import (
    describe,
    is_drift,
    is_outage,
    is_read_only,
    is_unsafe_pooler,
)
from studio.database.schema.replaced import replaced
from studio.middleware import recognise
from studio.refused_requests import (
    current_url,
    is_form_of_other_studio,
    refuse_form,
    refuse_old_token,
)

DATABASE = logging.getLogger("studio.database")
DESK = logging.getLogger("studio.desk")


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database can be written, else 503. For load balancers and monitors.

    A signed-in superuser also reads the time of the last backup, and which functions and triggers
    another program replaced.
    """
    answer: dict[str, Any] = {}
    try:
        state = "read-only" if health.is_read_only() else "ok"
        # Without a cookie, this makes no query.
        if request.user.is_authenticated and request.user.is_superuser:
            last = backup.last_backup()
            answer["last_backup"] = last and last.finished_at.isoformat(timespec="seconds")
            answer["replaced"] = replaced()
    except Error as error:
        DATABASE.error("the health check failed: %s", describe(error))
        state = "unsafe pooler" if is_unsafe_pooler(error) else "unreachable"
    return JsonResponse({"database": state, **answer}, status=200 if state == "ok" else 503)


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in by password, and by a second factor if the person has one."""
    was_signed_in = request.user.is_authenticated
    name_browser(request)
    carried = request.POST.get(refused_forms.FIELD, "")
    context = {
        "pressed": "pressed" in request.GET,
        "sends_email": settings.SENDS_EMAIL,
        refused_forms.FIELD: carried,
    }
    response = PasswordView.as_view(extra_context=context)(request)
    if carried and request.user.is_authenticated:
        response = refused_forms.page_after_sign_in(request) or response
    elif carried and response.status_code == 302:
        # A redirect to the page of the second factor would lose the form.
        response = check_page_after_password(request) or response
    if request.user.is_authenticated and not was_signed_in:
        finish(request, response)
    return response


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out, and let the browser delete what it has stored: cached files and local storage.

    Another site can let a browser request this URL with GET, which must delete nothing.
    """
    if request.method == "POST" and request.user.is_authenticated:
        opened = getattr(request.user, "membership", None)
        security_log.record(
            SecurityEvent.Kind.SIGNED_OUT,
            account_id=request.user.pk,
            org_id=opened and opened.org_id,
        )
    response = LogoutView.as_view()(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    security_log.record_refused_page(request, SecurityEvent.Kind.NOT_ALLOWED)
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    desk = recognise(request)
    if desk and desk.acting and is_form_of_other_studio(request, desk.acting):
        return refuse_form(cast("SharedDeskRequest", request), desk.acting)
    if page := refuse_old_token(request):
        return page
    context = {"page": current_url(cast("SharedDeskRequest", request))}
    return render(request, "403_csrf.html", context, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.resolver_match is None:
        recognise(request)
    else:
        security_log.record_refused_page(request, SecurityEvent.Kind.NOT_FOUND)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 if the database is unreachable, too slow or read-only, or if another
    program replaced its functions.

    The 503 page of an action at the desk has a button that retries it with the same request id.
    """
    error = sys.exc_info()[1]
    if isinstance(error, Error):
        DATABASE.error(
            "a request failed: %s", describe(error), extra={"details": {"path": request.path}}
        )
        if is_read_only(error):
            health.close_connection()
    if is_drift(error):
        return render_failure(request, "503_replaced.html")
    if not is_outage(error):
        is_owner = getattr(getattr(request, "member", None), "role", "") == Role.OWNER
        return HttpResponse(render_to_string("500.html", {"is_owner": is_owner}), status=500)
    if is_at_the_desk(request) and request.method == "POST":
        path = request.path
        DESK.warning(
            "the outcome of %s is not known, and the person may repeat it",
            path,
            extra={"kind": "unknown outcome"},
        )
    return render_failure(request, "503.html")


def is_at_the_desk(request: HttpRequest) -> bool:
    return bool(request.resolver_match and request.resolver_match.app_name == "purchases")


def render_failure(request: HttpRequest, template: str) -> HttpResponse:
    """Answer 503, with a button that sends an action at the desk again."""
    secrets = getattr(request, "sensitive_post_parameters", ())
    is_desk = is_at_the_desk(request)
    again = refused_forms.fields_without_secrets(request, secrets) if is_desk else []
    return HttpResponse(render_to_string(template, {"again": again}, request), status=503)
