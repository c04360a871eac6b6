"""Clients that send a part of a request and wait hold no thread of the site."""

import socket
from contextlib import ExitStack

import pytest

from tests.database import PATIENCE
from tests.outages.site import Site

HALF = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nusername=mia"
)
CLIENTS = 50


@pytest.mark.slow
@pytest.mark.parametrize("sent", [HALF, HALF[:60]], ids=["half a body", "half a header"])
def test_silent_clients_hold_no_thread(site: Site, sent: bytes) -> None:
    with ExitStack() as silent:
        for _ in range(CLIENTS):
            client = silent.enter_context(
                socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)
            )
            client.sendall(sent)
        for _ in range(10):
            assert site.healthz()[0] == 200
