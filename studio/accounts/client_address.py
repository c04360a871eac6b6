"""The address of the browser that sent a request."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the IP address of the browser, or an empty text for a connection without one.

    Each of the TRUSTED_PROXIES proxies appends the address that it sees to X-Forwarded-For. The
    browser can send that header too, so only as many entries from the right are trusted. If the
    header is shorter or malformed, the request did not pass every proxy: the address of the
    connection is returned.
    """
    connected = str(_parsed(request.META.get("REMOTE_ADDR", "")) or "")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies == 0:
        return connected
    entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(entries) < proxies:
        return connected
    return str(_parsed(entries[-proxies]) or connected)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address as proxies write it: with or without a port, IPv6 in brackets or not.

    The zone of an IPv6 address is left out. Python accepts any text there.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
