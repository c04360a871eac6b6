"""Safe redirects after an action."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next_url(request: HttpRequest, page: str, *, otherwise: str) -> str:
    """Return `page` if it is a path of this site, else the URL of `otherwise`.

    This prevents open redirects.
    """
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if is_ours and page.startswith("/") else resolve_url(otherwise)
