"""Many windows of one person's browser, whose presses arrive at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from threading import Barrier

from django.db import connections
from django.http.response import HttpResponseBase
from django.test import Client

from studio.models import User
from tests.database import PATIENCE
from tests.pages import HTMX

# Where it leads, and its fields.
Sent = tuple[str, dict[str, str]]


class Desks:
    """Each has a thread and a database connection of its own; `close` gives them back."""

    def __init__(self, user: User, count: int) -> None:
        signed_in = Client()
        signed_in.force_login(user)
        self._browsers = [Client(raise_request_exception=False) for _ in range(count)]
        for browser in self._browsers:
            # Of their own: one that was told something takes the message from no other.
            browser.cookies = deepcopy(signed_in.cookies)
        self._pool = ThreadPoolExecutor(count)

    def all_at_once(self, presses: list[Sent], *, htmx: bool) -> list[HttpResponseBase]:
        """The answers. Nobody sends before everybody is ready to."""
        start = Barrier(len(presses))

        def send(browser: Client, press: Sent) -> HttpResponseBase:
            start.wait(PATIENCE)
            path, fields = press
            return browser.post(path, fields, headers=HTMX if htmx else {})

        return list(self._pool.map(send, self._browsers, presses, timeout=2 * PATIENCE))

    def close(self) -> None:
        start = Barrier(len(self._browsers))

        def leave(_: Client) -> None:
            start.wait(PATIENCE)
            connections.close_all()

        list(self._pool.map(leave, self._browsers, timeout=PATIENCE))
        self._pool.shutdown()
