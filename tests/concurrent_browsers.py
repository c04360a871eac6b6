"""Many browsers of one user, which post concurrently."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Barrier

from django.db import connections
from django.http.response import HttpResponseBase
from django.test import Client

from studio.models import User
from tests.database import PATIENCE
from tests.pages import HTMX

# The path and the fields of a POST request.
PostRequest = tuple[str, dict[str, str]]


class ConcurrentBrowsers:
    """A pool of signed-in browsers, each with its own thread and database connection.

    `close` closes the connections.
    """

    def __init__(self, user: User, count: int) -> None:
        signed_in = Client()
        signed_in.force_login(user)
        self._browsers = [Client(raise_request_exception=False) for _ in range(count)]
        for browser in self._browsers:
            # Copy the cookies: a message shown to one browser must not vanish from another.
            browser.cookies = deepcopy(signed_in.cookies)
        self._pool = ThreadPoolExecutor(count)

    def all_at_once(self, requests: list[PostRequest], *, htmx: bool) -> list[HttpResponseBase]:
        """Post all of them at the same moment and return the responses in order."""
        start = Barrier(len(requests))

        def send(browser: Client, request: PostRequest) -> HttpResponseBase:
            start.wait(PATIENCE)
            path, fields = request
            return browser.post(path, fields, headers=HTMX if htmx else {})

        return list(self._pool.map(send, self._browsers, requests, timeout=2 * PATIENCE))

    def close(self) -> None:
        start = Barrier(len(self._browsers))

        def close_connection(_: Client) -> None:
            start.wait(PATIENCE)
            connections.close_all()

        list(self._pool.map(close_connection, self._browsers, timeout=PATIENCE))
        self._pool.shutdown()
