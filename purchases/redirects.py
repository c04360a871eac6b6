"""Safe redirects after an action."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails


def safe_next_url(request: HttpRequest, page: str, *, otherwise: str) -> str:
    """Return `page` if it is a path of this site, else the URL of `otherwise`.

    This prevents open redirects.
    """
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if is_ours and page.startswith("/") else resolve_url(otherwise)


def current_page_url(htmx: HtmxDetails, *, otherwise: str) -> str:
    """Return the path of the page that sent a request of htmx, else the URL of `otherwise`."""
    try:
        page = htmx.current_url_abs_path or ""
    except ValueError:
        # The header is not a URL.
        page = ""
    return safe_next_url(htmx.request, page, otherwise=otherwise)
