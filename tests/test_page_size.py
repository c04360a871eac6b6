"""What a browser fetches for the desk, by the bytes that the server really sends."""

import re
from collections.abc import Iterator
from gzip import decompress
from http.client import HTTPMessage
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from purchases import live_updates
from purchases.models import Org
from studio.models import User
from tests.factories import make_purchases
from tests.outages.site import Site, database_url, running_site, signed_in
from tests.pages import HTMX, LIST
from tests.test_live_updates import snapshot

LATEST = reverse("purchases:changes")
MAX_BYTES = 60_000

pytestmark = pytest.mark.django_db(transaction=True)


class Browser:
    """With an empty cache, and cookies."""

    def __init__(self, site: Site, cookies: dict[str, str]) -> None:
        self.site = site
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
        """The body as it came over the line."""
        sent = {"Cookie": self.cookies, "Accept-Encoding": "gzip, deflate, br, zstd"} | headers
        with self.site.connect() as line:
            line.request("GET", path, headers=sent)
            response = line.getresponse()
            return response.status, response.headers, response.read()


@pytest.fixture
def site(login: dict[str, str], collected: Path) -> Iterator[Site]:
    with running_site(database_url(login), collected) as site:
        yield site


@pytest.fixture
def browser(site: Site, mia: User) -> Browser:
    return Browser(site, signed_in(mia))


def test_a_full_desk_comes_in_60_kb(site: Site) -> None:
    """With the demo's names, dates and oddities: fifty times the same row would weigh less."""
    call_command("demo", verbosity=0)
    browser = Browser(site, signed_in(User.objects.get(username="desk")))
    _, _, page = browser.get(LIST)
    html = decompress(page).decode()
    assert html.count('<tr id="purchase-') == 50

    files = dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    weights = {LIST: len(page)}
    for path in files:
        status, headers, body = browser.get(path)
        assert status == 200
        assert "immutable" in headers["Cache-Control"], path
        weights[path] = len(body)

    kinds = {path.rpartition(".")[2] for path in files}
    assert kinds == {"css", "js", "svg"}
    assert sum(weights.values()) <= MAX_BYTES, weights


def test_a_part_of_the_page_is_compressed_too(browser: Browser, northside: Org) -> None:
    make_purchases(org=northside, count=20)

    _, headers, part = browser.get(LIST, **HTMX)

    assert headers["Content-Encoding"] == "gzip"
    assert decompress(part).decode().count('<tr id="purchase-') == 20
    assert {"Accept-Encoding", "HX-Request"} <= set(re.split(r",\s*", headers["Vary"]))


def test_a_compressed_page_is_padded(browser: Browser) -> None:
    """By a name of random length in the head of the archive, so that nobody who watches the line
    learns from its length what compresses best."""
    bodies = [browser.get(LIST)[2] for _ in range(10)]

    # RFC 1952: ten bytes, of which the fourth says that a name follows, which ends with a zero.
    assert all(body[3] & 8 for body in bodies)
    assert len({body.index(0, 10) for body in bodies}) > 1


def test_an_answer_to_nothing_new_stays_bare_and_its_mark_is_understood(
    browser: Browser, northside: Org
) -> None:
    """Compressing makes a mark weak, which the next question then brings along."""
    asked = {"Live-Token": live_updates.token(northside.pk), "If-None-Match": f'"{snapshot()}"'}
    assert browser.get(LATEST, **asked)[0] == 304
    make_purchases(org=northside, count=50)

    status, headers, body = browser.get(LATEST, **asked)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert len(re.findall(r"[0-9a-f-]{36}", decompress(body).decode())) == 50

    asked["If-None-Match"] = headers["ETag"]
    assert headers["ETag"].startswith("W/")
    status, headers, body = browser.get(LATEST, **asked)
    assert (status, body, headers["Content-Encoding"]) == (304, b"", None)
