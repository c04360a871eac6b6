"""Security headers that neither Django nor django-csp sets, on every response of the site."""

from collections.abc import Callable

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
    """Set headers that keep other sites from reading or embedding a response.

    CSPMiddleware then adds the policy of a page, unless the response has one already.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not is_page(response):
            response.headers.setdefault("Content-Security-Policy", NOTHING_ALLOWED)
        return response

    return middleware


def is_page(response: HttpResponse) -> bool:
    """Return whether a browser shows the response as HTML. It does not show a redirect."""
    is_html = response.get("Content-Type", "").startswith("text/html")
    return is_html and not 300 <= response.status_code < 400
