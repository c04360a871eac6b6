"""The origin of a try: the address of the browser, and the id in the browser's cookie.

The cookie tells a browser with which a person has signed in before from the browser of a stranger.
It grants nothing.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from studio.accounts.client_address import client_address

# A browser that was not used for this time is a stranger again.
REMEMBERED_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Origin:
    # Empty if the connection has no address.
    network: str = ""
    # Empty for a browser without the cookie.
    browser: str = ""


UNKNOWN = Origin()


def origin_of(request: HttpRequest | None) -> Origin:
    if request is None:
        return UNKNOWN
    return Origin(network=_network(client_address(request)), browser=_browser(request))


def name_browser(request: HttpRequest) -> None:
    """Give a browser without the cookie an id for this request."""
    if not _browser(request):
        request.COOKIES[settings.BROWSER_COOKIE_NAME] = secrets.token_hex(16)


def remember_browser(request: HttpRequest, response: HttpResponseBase) -> None:
    """Send the id of `name_browser` as a cookie, or renew the cookie."""
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        _browser(request),
        max_age=REMEMBERED_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _browser(request: HttpRequest) -> str:
    value = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
    return value if re.fullmatch("[0-9a-f]{32}", value) else ""


def _network(address: str) -> str:
    """Return the address, or the /64 network of an IPv6 address, which one household has."""
    if address and isinstance(ip_address(address), IPv6Address):
        return str(ip_network(f"{address.partition('%')[0]}/64", strict=False))
    return address
