"""The pages of the site: sign-in, health check and error pages."""

import logging
import sys
from typing import cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.db import Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from studio.accounts import refused_forms, security_log
from studio.accounts.origin import name_browser
from studio.accounts.second_factor.sign_in import check_page_after_password
from studio.accounts.security_event import SecurityEvent
from studio.accounts.shared_desk.current_member import SharedDeskRequest
from studio.accounts.sign_in import PasswordView, finish
from studio.database.errors import describe
from studio.middleware import recognise
from studio.models import User
from studio.refused_requests import current_url, refuse_old_token

DATABASE = logging.getLogger("studio.database")
DESK = logging.getLogger("studio.desk")


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 if the database answers, else 503. For load balancers and monitors."""
    try:
        connection.ensure_connection()
        User.objects.exists()
    except Error as error:
        DATABASE.error("the health check failed: %s", describe(error))
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})


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
        security_log.record(SecurityEvent.Kind.SIGNED_OUT, account_id=request.user.pk)
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
    recognise(request)
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
    """Answer 500, or 503 if the database is unreachable or too slow.

    The 503 page of an action at the desk has a button that retries it with the same request id.
    """
    error = sys.exc_info()[1]
    if isinstance(error, Error):
        DATABASE.error("a request failed: %s", describe(error))
    if not isinstance(error, OperationalError | InterfaceError):
        return HttpResponse(render_to_string("500.html"), status=500)
    at_the_desk = request.resolver_match and request.resolver_match.app_name == "purchases"
    if at_the_desk and request.method == "POST":
        path = request.path
        DESK.warning("the outcome of %s is not known, and the person may repeat it", path)
    secrets = getattr(request, "sensitive_post_parameters", ())
    again = refused_forms.fields_without_secrets(request, secrets) if at_the_desk else []
    return HttpResponse(render_to_string("503.html", {"again": again}, request), status=503)
