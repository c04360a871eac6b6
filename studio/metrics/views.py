"""The page /metrics, for a program that has the token."""

from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from studio.metrics import text


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Show the figures of the web processes, and those of the last `manage.py doctor`."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.METRICS_TOKEN
    if not token or not constant_time_compare(given, token):
        raise Http404
    return HttpResponse(text.of_processes() + of_doctor(), content_type=text.CONTENT_TYPE)


def of_doctor() -> str:
    """Return what `manage.py doctor --write` wrote, or an empty text before its first run."""
    with suppress(OSError, UnicodeDecodeError):
        if settings.DOCTOR_FILE:
            return Path(settings.DOCTOR_FILE).read_text()
    return ""
