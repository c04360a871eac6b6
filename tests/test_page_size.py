"""The size of the desk in bytes, as the server sends it."""

import re
from collections.abc import Iterator
from gzip import decompress
from http.client import HTTPMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from purchases import live_updates
from purchases.models import Org
from studio.models import User
from tests.demo import load_demo
from tests.factories import make_purchases
from tests.outages.site import Site, database_url, running_site, signed_in
from tests.pages import HTMX, LIST
from tests.test_live_updates import snapshot

CHANGES = reverse("purchases:changes")
MAX_BYTES = 60_000

pytestmark = pytest.mark.django_db(transaction=True)


class Browser:
    """A browser with cookies and an empty cache."""

    def __init__(self, site: Site, cookies: dict[str, str]) -> None:
        self.site = site
        self.session_key = cookies[settings.SESSION_COOKIE_NAME]
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, path: str, **headers: str) -> tuple[int, HTTPMessage, bytes]:
        """Return status, headers and the compressed body."""
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


def test_a_full_desk_is_at_most_60_kb(site: Site) -> None:
    """Measure with the demo's varied rows, because 50 equal rows would compress better."""
    load_demo()
    browser = Browser(site, signed_in(User.objects.get(username="desk")))
    _, _, page = browser.get(LIST)
    html = decompress(page).decode()
    assert html.count('<tr id="purchase-') == 50

    files = dict.fromkeys(re.findall(r'(?:src|href)="(/static/[^"]+)"', html))
    sizes = {LIST: len(page)}
    for path in files:
        status, headers, body = browser.get(path)
        assert status == 200
        assert "immutable" in headers["Cache-Control"], path
        sizes[path] = len(body)

    kinds = {path.rpartition(".")[2] for path in files}
    assert kinds == {"css", "js", "svg"}
    assert sum(sizes.values()) <= MAX_BYTES, sizes


def test_a_fragment_is_compressed(browser: Browser, northside: Org) -> None:
    make_purchases(org=northside, count=20)

    _, headers, part = browser.get(LIST, **HTMX)

    assert headers["Content-Encoding"] == "gzip"
    assert decompress(part).decode().count('<tr id="purchase-') == 20
    assert {"Accept-Encoding", "HX-Request"} <= set(re.split(r",\s*", headers["Vary"]))


def test_a_compressed_page_is_padded(browser: Browser) -> None:
    """A file name of random length in the gzip header hides the exact size (BREACH attack)."""
    bodies = [browser.get(LIST)[2] for _ in range(10)]

    # RFC 1952: the fourth of ten header bytes flags a file name, which ends with a zero byte.
    assert all(body[3] & 8 for body in bodies)
    assert len({body.index(0, 10) for body in bodies}) > 1


def test_a_304_is_not_compressed_and_a_weak_etag_is_accepted(
    browser: Browser, northside: Org
) -> None:
    """Compression makes an ETag weak, and the next poll sends the weak ETag."""
    headers_sent = {
        "Live-Token": live_updates.token(northside.pk, browser.session_key),
        "If-None-Match": f'"{snapshot()}"',
    }
    assert browser.get(CHANGES, **headers_sent)[0] == 304
    make_purchases(org=northside, count=50)

    status, headers, body = browser.get(CHANGES, **headers_sent)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert len(re.findall(r"[0-9a-f-]{36}", decompress(body).decode())) == 50

    headers_sent["If-None-Match"] = headers["ETag"]
    assert headers["ETag"].startswith("W/")
    status, headers, body = browser.get(CHANGES, **headers_sent)
    assert (status, body, headers["Content-Encoding"]) == (304, b"", None)
