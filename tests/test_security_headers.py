"""What every answer of the site tells the browser, so that a mistake elsewhere does no harm."""

import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases import operations, queries
from purchases.models import Org
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_purchase
from tests.pages import HTMX, LIST, html_of, press, rows_on, undo_on
from tests.purchase_kinds import make_pack


class Site:
    """Northside with one pack of each sort that looks different, and everybody's browser."""

    def __init__(
        self, org: Org, sign_in: Callable[[str], Client], broken: Callable[[Exception], None]
    ):
        self.pack = make_purchase(org=org)
        self.fresh = make_pack(org=org, kind="fresh")
        self.expired = make_pack(org=org, kind="expired")
        self.history_page = reverse("purchases:purchase_detail", args=[self.pack.pk])
        self.client_page = reverse("purchases:client_detail", args=[self.pack.client_id])
        self.sign_in = sign_in
        self.broken = broken

    @property
    def mia(self) -> Client:
        return self.sign_in("mia")

    def after_a_press(self) -> HttpResponseBase:
        browser = self.mia
        press(browser, "reinstate", self.expired)
        return browser.get(LIST)

    def after_an_undo(self) -> HttpResponseBase:
        browser = self.mia
        note = press(browser, "reinstate", self.pack, htmx=True)
        browser.post(undo_on(note) or "", {"request_id": str(uuid4())})
        return browser.get(self.history_page)

    def without_a_token(self) -> HttpResponseBase:
        browser = self.mia
        browser.handler.enforce_csrf_checks = True
        return press(browser, "use", self.pack)

    def that_fails(self) -> HttpResponseBase:
        self.broken(RuntimeError("as a test wants it"))
        browser = self.mia
        browser.raise_request_exception = False
        return browser.get(LIST)

    def with_the_database_away(self, *, htmx: bool = False) -> HttpResponseBase:
        self.broken(OperationalError("as a test wants it"))
        browser = self.mia
        browser.raise_request_exception = False
        return press(browser, "use", self.pack, htmx=htmx)


# Every kind of page: its status, and how to come to it.
PAGES: dict[str, tuple[int, Callable[[Site], HttpResponseBase]]] = {
    "sign-in": (200, lambda site: Client().get(reverse("login"))),
    "sign-in, refused": (200, lambda site: Client().post(reverse("login"), {"username": "x"})),
    "desk": (200, lambda site: site.mia.get(LIST)),
    "desk, nobody found": (200, lambda site: site.mia.get(LIST, {"q": "zzz"})),
    "desk, after a press": (200, Site.after_a_press),
    "client": (200, lambda site: site.mia.get(site.client_page)),
    "purchase": (200, Site.after_an_undo),
    "no studio yet": (403, lambda site: site.sign_in("nora").get(LIST)),
    "refused press": (409, lambda site: press(site.mia, "reinstate", site.fresh)),
    "press that is not complete": (
        400,
        lambda site: press(site.mia, "use", site.pack, request_id=""),
    ),
    "press that the role forbids": (403, lambda site: press(site.sign_in("ada"), "use", site.pack)),
    "press without a token": (403, Site.without_a_token),
    "link that is not complete": (400, lambda site: site.mia.get(LIST, {"after": "x"})),
    "no such page": (404, lambda site: site.mia.get("/no/such/page/")),
    "no such page, signed out": (404, lambda site: Client().get("/no/such/page/")),
    "unknown host": (400, lambda site: Client().get(LIST, headers={"Host": "evil.example"})),
    "our own mistake": (500, Site.that_fails),
    "not confirmed": (503, Site.with_the_database_away),
}
FRAGMENTS: dict[str, tuple[int, Callable[[Site], HttpResponseBase]]] = {
    "rows": (200, lambda site: site.mia.get(LIST, headers=HTMX)),
    "row": (200, lambda site: press(site.mia, "reinstate", site.pack, htmx=True)),
    "row, refused": (409, lambda site: press(site.mia, "reinstate", site.fresh, htmx=True)),
    "note, not complete": (
        400,
        lambda site: press(site.mia, "use", site.pack, htmx=True, request_id=""),
    ),
    "note, not confirmed": (503, lambda site: site.with_the_database_away(htmx=True)),
    "note, no such page": (404, lambda site: site.mia.get("/no/such/page/", headers=HTMX)),
}
# Answers with nothing to read in them.
BARE: dict[str, tuple[int, Callable[[Site], HttpResponseBase]]] = {
    "to the sign-in": (302, lambda site: Client().get(LIST)),
    "to the sign-in, htmx": (200, lambda site: Client().get(LIST, headers=HTMX)),
    "to the desk": (302, lambda site: site.mia.get(reverse("home"))),
    "back from a press": (302, lambda site: press(site.mia, "use", site.pack)),
    "wrong verb": (405, lambda site: site.mia.post(LIST)),
    "healthz": (200, lambda site: Client().get(reverse("healthz"))),
}
EVERYTHING = PAGES | FRAGMENTS | BARE
WITH_HTML = PAGES | FRAGMENTS


@pytest.fixture
def site(
    northside: Org,
    mia: User,
    ada: User,
    nora: User,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    people = {user.username: user for user in (mia, ada, nora)}

    def break_by(error: Exception) -> None:
        def fail(**asked: object) -> None:
            raise error

        monkeypatch.setattr(queries, "desk_page", fail)
        monkeypatch.setattr(operations, "use", fail)

    return Site(northside, lambda name: signed_in(people[name]), break_by)


def answer(site: Site, name: str) -> HttpResponseBase:
    status, come_to = EVERYTHING[name]
    response = come_to(site)
    assert response.status_code == status
    return response


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_script_or_style_runs_but_from_our_own_files(site: Site, name: str) -> None:
    policy = answer(site, name)["Content-Security-Policy"]
    sources = dict(directive.split(" ", 1) for directive in policy.split("; "))

    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert sources["default-src"] == "'none'"
    assert sources["script-src"] == sources["style-src"] == "'self'"
    assert sources["connect-src"] == sources["form-action"] == "'self'"
    assert sources["base-uri"] == sources["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_cache_keeps_it(site: Site, name: str) -> None:
    assert "no-store" in answer(site, name)["Cache-Control"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_it_is_not_framed_not_sniffed_and_not_named_to_other_sites(site: Site, name: str) -> None:
    response = answer(site, name)

    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


class Inline(HTMLParser):
    """Collects what the policy would stop, and where files and forms lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stopped: list[str] = []
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.stopped.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith(
                ("on", "hx-on", "hx-vals", "data-hx-on", "data-hx-vals")
            ):
                self.stopped.append(f"{tag} {name}={value}")
            if name in {"src", "href", "action", "formaction", "data-hx-get", "data-hx-post"}:
                self.targets.append(value or "")


@pytest.mark.parametrize("name", WITH_HTML)
def test_nothing_in_it_needs_what_the_policy_forbids(site: Site, name: str) -> None:
    page = Inline(html_of(answer(site, name)))

    assert page.stopped == []
    for target in page.targets:
        assert re.match(r"[/?#](?!/)|mailto:|tel:", target), f"{target} leads elsewhere"


def test_the_check_notices_what_the_policy_forbids() -> None:
    page = Inline("<script>1</script><style></style><p style='x' onclick='y' hx-on:click='z'>")

    assert len(page.stopped) == 5


@pytest.mark.parametrize("name", [name for name in PAGES if PAGES[name][0] < 500])
def test_htmx_evaluates_nothing_and_keeps_no_pages(site: Site, name: str) -> None:
    meta = re.search(r"<meta name=\"htmx-config\"\s+content='([^']*)'", html_of(answer(site, name)))

    assert meta
    config = json.loads(unescape(meta[1]))
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["historyCacheSize"] == 0
    assert config["historyRestoreAsHxRequest"] is False


@pytest.mark.parametrize("name", PAGES)
def test_an_error_speaks_words_and_leads_back(site: Site, name: str) -> None:
    status, _ = PAGES[name]
    html = html_of(answer(site, name))

    assert "<h1" in html
    assert "Traceback" not in html
    if status == 503:
        assert "It is safe to try again." in html
    if status in (400, 404, 405, 500):
        assert f'href="{reverse("home")}">Go to the desk</a>' in html


def test_the_pages_under_test_are_not_empty(site: Site) -> None:
    assert len(rows_on(answer(site, "desk"))) == 3
