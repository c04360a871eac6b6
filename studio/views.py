"""The pages that belong to the site and not to the desk."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from studio.models import User


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, 503 where it does not. For load balancers and monitors."""
    try:
        connection.ensure_connection()
        User.objects.exists()
    except Error:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
