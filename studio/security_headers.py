"""The security headers that Django does not set, on every response of the site.

django-csp writes the policy of pages, once: its middleware would write the same text again for each
response, which takes 3 % of a press.
"""

from collections.abc import Callable
from functools import lru_cache

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

# The policy of every other response than a page: a script, a redirect, JSON.
NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Features of the browser that no page uses.
UNUSED_FEATURES = [
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
]
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
}


def security_headers(get_response: GetResponse) -> GetResponse:
    """Set headers that keep other sites from reading or embedding a response, and the policy of
    what the browser may load, unless the response has one already."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not is_page(response):
            response.headers.setdefault("Content-Security-Policy", NOTHING_ALLOWED)
        elif not is_of_debugging(response):
            response.headers.setdefault("Content-Security-Policy", page_policy())
        return response

    return middleware


@lru_cache
def page_policy() -> str:
    """Return the text of CONTENT_SECURITY_POLICY in the settings."""
    return build_policy()


def is_page(response: HttpResponse) -> bool:
    """Return whether a browser shows the response as HTML. It does not show a redirect."""
    is_html = response.get("Content-Type", "").startswith("text/html")
    return is_html and not 300 <= response.status_code < 400


def is_of_debugging(response: HttpResponse) -> bool:
    """Return whether Django shows a traceback or its routes. Those pages have inline styles."""
    return settings.DEBUG and response.status_code in (404, 500)
