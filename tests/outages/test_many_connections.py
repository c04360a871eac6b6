"""More browsers than granian's default of 512 keep a connection to one process open."""

import socket
from contextlib import ExitStack

import pytest

from studio import supervisor
from studio.open_files import raise_limit
from tests.database import PATIENCE
from tests.outages.site import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

BROWSERS = 700
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_every_browser_gets_an_answer(site: Site) -> None:
    raise_limit()
    assert "--backpressure 4096" in supervisor.LIMITS
    with ExitStack() as open_connections:
        for _ in range(BROWSERS):
            browser = open_connections.enter_context(
                socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)
            )
            browser.sendall(REQUEST)
            assert browser.recv(4096).startswith(b"HTTP/1.1 200")
        assert site.healthz() == (200, {"database": "ok"})
