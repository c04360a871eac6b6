"""The environment of WSGI for a request by granian's protocol RSGI."""

import sys
from io import BytesIO
from typing import Any

from granian.rsgi import Scope


def may_have_body(scope: Scope) -> bool:
    """Return whether a body may follow the headers. In HTTP/2, no header announces it."""
    if scope.http_version.startswith("1"):
        return "content-length" in scope.headers or "transfer-encoding" in scope.headers
    return scope.method not in ("GET", "HEAD")


def environment(scope: Scope, body: bytes) -> dict[str, Any]:
    """Return the environment of WSGI. A header whose name has an underscore is left out, because it
    would have the same key as the header with a hyphen that the proxy sets."""
    name, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for header, value in scope.headers.items():
        if "_" in header:
            continue
        key = header.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        separator = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    if scope.authority:
        # HTTP/2 sends the host in a field of its own.
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ
