"""A deployment check: a connection to another host is encrypted, and its server is verified."""

import os
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from psycopg.conninfo import conninfo_to_dict

ID = "studio.W004"


@register(Tags.security, deploy=True)
def check_tls(**options: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"{variable} connects to {', '.join(hosts)} without sslmode=verify-full, so the "
            "connection may be unencrypted, or end at another server.",
            hint=f"Write {variable}=postgresql://…?sslmode=verify-full&sslrootcert=/path/to/ca.crt,"
            " with the certificate of the authority that signed the server's certificate.",
            id=ID,
        )
        for variable in ("DATABASE_URL", "WEB_DATABASE_URL")
        if (hosts := unverified_hosts(getattr(settings, variable)))
    ]


def unverified_hosts(url: str) -> list[str]:
    """Return the other hosts to which this URL connects without verifying their certificate."""
    if not url:
        return []
    # The client library reads these variables if the URL has no such parameter.
    defaults = {
        name: value
        for name in ("host", "hostaddr", "sslmode", "sslrootcert")
        if (value := os.environ.get(f"PG{name.upper()}"))
    }
    parts = defaults | conninfo_to_dict(url)
    # sslrootcert=system allows no weaker mode than verify-full, and makes it the default.
    if parts.get("sslmode") == "verify-full" or parts.get("sslrootcert") == "system":
        return []
    hosts = str(parts.get("hostaddr") or parts.get("host") or "").split(",")
    return [host for host in hosts if not is_this_machine(host)]


def is_this_machine(host: str) -> bool:
    """Return whether the host is a socket or the loopback interface."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
