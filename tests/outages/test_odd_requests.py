"""Requests that no browser sends, to the site as a deployment runs it. None gets a 500."""

import socket
from contextlib import closing

import pytest
from django.urls import reverse

from tests.database import PATIENCE
from tests.outages.site import Site

pytestmark = pytest.mark.django_db(transaction=True)

LOGIN = reverse("login").encode()
WEB_SOCKET = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


def answer(site: Site, head: bytes, body: bytes = b"") -> bytes:
    """Send a request, and return the first line of the response."""
    with closing(socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)) as client:
        client.sendall(head + b"Host: 127.0.0.1\r\nConnection: close\r\n\r\n" + body)
        return client.makefile("rb").readline().strip()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET " + LOGIN + "?next=/café/Ō HTTP/1.1\r\n".encode(), b"200"),
        (b"GET " + LOGIN + b" HTTP/1.1\r\nContent-Type: a/b; c*=unknown'en'd\r\n", b"400"),
        (b"GET " + LOGIN + b" HTTP/1.1\r\nContent-Type: a/b;" + b"c=d;" * 4_000 + b"\r\n", b"400"),
        (b"GET " + LOGIN + b" HTTP/1.1\r\nCookie: " + b"c=d; " * 9_000 + b"\r\n", b"431"),
        (b"GET " + LOGIN + b" HTTP/1.1\r\n" + WEB_SOCKET, b"200"),
        (b"POST " + LOGIN + b" HTTP/1.1\r\n" + WEB_SOCKET + b"Content-Length: 0\r\n", b"403"),
        # htmx gets its redirects in a header.
        (b"GET / HTTP/1.1\r\nHX-Request: true\r\nHX-Current-URL: http://[\r\n", b"200"),
        (b"GET /purchases/ HTTP/1.1\r\nHX-Request: true\r\nHX-Current-URL: http://[\r\n", b"200"),
    ],
    ids=[
        "text in the query",
        "unknown encoding of a parameter",
        "many parameters",
        "many cookies",
        "WebSocket",
        "WebSocket with a form",
        "odd URL of the page on a redirect",
        "odd URL of the page",
    ],
)
def test_an_odd_request_is_answered(site: Site, head: bytes, status: bytes) -> None:
    assert answer(site, head).split()[1] == status


def test_a_part_of_a_body_in_chunks_is_refused(site: Site) -> None:
    head = b"POST " + LOGIN + b" HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
    assert answer(site, head, b"8\r\nusername\r\n").split()[1] == b"411"


def test_one_connection_sends_one_request_at_a_time(site: Site) -> None:
    """HTTP/2 would let it send hundreds. Its server begins with a frame of settings."""
    with closing(socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)) as client:
        client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
        assert client.recv(9)[3:4] != b"\4"
