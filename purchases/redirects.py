"""Where a person goes on after a press."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next_url(request: HttpRequest, page: str, *, otherwise: str) -> str:
    """The page of this site that a form names, or else the page `otherwise`: a link from elsewhere
    must lead nobody away."""
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
    return page if is_ours and page.startswith("/") else resolve_url(otherwise)
