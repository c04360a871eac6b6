"""Security headers of every response: Content-Security-Policy, caching, framing and referrer."""

import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser

import pytest
from django.http.response import HttpResponseBase
from django.urls import reverse

from tests.every_page import (
    BARE,
    EVERYTHING,
    HTML_WITHOUT_TEXT,
    PAGES,
    SHOWN_AGAIN,
    WITH_HTML,
    WITHOUT_HTMX,
    Site,
    answer,
    site,
)
from tests.pages import html_of, rows_on

__all__ = ["site"]  # a fixture


AnswerOf = Callable[[str], HttpResponseBase]
ANSWERS: dict[str, HttpResponseBase] = {}


@pytest.fixture
def answer_of(db: None, request: pytest.FixtureRequest) -> AnswerOf:
    """Return a function that returns a response by its name, and requests it once for all tests."""

    def load(name: str) -> HttpResponseBase:
        if name not in ANSWERS:
            ANSWERS[name] = answer(request.getfixturevalue("site"), name)
        return ANSWERS[name]

    return load


def sources_in(policy: str) -> dict[str, str]:
    """Return the sources of each directive of a Content Security Policy."""
    return dict(directive.split(" ", 1) for directive in policy.split("; "))


@pytest.mark.parametrize("name", WITH_HTML)
def test_scripts_and_styles_are_allowed_only_from_this_site(answer_of: AnswerOf, name: str) -> None:
    policy = answer_of(name)["Content-Security-Policy"]
    sources = sources_in(policy)

    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    assert sources["default-src"] == "'none'"
    assert sources["script-src"] == sources["style-src"] == "'self'"
    assert sources["connect-src"] == sources["form-action"] == "'self'"
    assert sources["base-uri"] == sources["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("name", [name for name in BARE if name not in HTML_WITHOUT_TEXT])
def test_a_response_that_is_no_page_allows_nothing(answer_of: AnswerOf, name: str) -> None:
    sources = sources_in(answer_of(name)["Content-Security-Policy"])

    assert set(sources) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert set(sources.values()) == {"'none'"}


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_response_may_be_cached(answer_of: AnswerOf, name: str) -> None:
    assert "no-store" in answer_of(name)["Cache-Control"]


@pytest.mark.parametrize("name", EVERYTHING)
def test_framing_sniffing_and_cross_site_referrers_are_forbidden(
    answer_of: AnswerOf, name: str
) -> None:
    response = answer_of(name)

    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", EVERYTHING)
def test_other_sites_can_neither_embed_nor_read_a_response(answer_of: AnswerOf, name: str) -> None:
    response = answer_of(name)

    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "camera=()" in response["Permissions-Policy"].split(", ")
    assert "Access-Control-Allow-Origin" not in response


class Inline(HTMLParser):
    """Collects what the policy would block, and the URLs of files, links and forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.blocked: list[str] = []
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.blocked.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith(
                ("on", "hx-on", "hx-vals", "data-hx-on", "data-hx-vals")
            ):
                self.blocked.append(f"{tag} {name}={value}")
            if name in {"src", "href", "action", "formaction", "data-hx-get", "data-hx-post"}:
                self.targets.append(value or "")


@pytest.mark.parametrize("name", WITH_HTML)
def test_a_page_has_nothing_that_the_policy_would_block(answer_of: AnswerOf, name: str) -> None:
    page = Inline(html_of(answer_of(name)))

    assert page.blocked == []
    for target in page.targets:
        assert re.match(r"[/?#](?!/)|mailto:|tel:", target), f"{target} is on another site"


def test_the_check_finds_what_the_policy_would_block() -> None:
    page = Inline("<script>1</script><style></style><p style='x' onclick='y' hx-on:click='z'>")

    assert len(page.blocked) == 5


@pytest.mark.parametrize(
    "name", [name for name in PAGES if PAGES[name][0] < 500 and name not in WITHOUT_HTMX]
)
def test_htmx_is_configured_without_eval_and_history_cache(answer_of: AnswerOf, name: str) -> None:
    meta = re.search(r"<meta name=\"htmx-config\"\s+content='([^']*)'", html_of(answer_of(name)))

    assert meta
    config = json.loads(unescape(meta[1]))
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["historyCacheSize"] == 0
    assert config["historyRestoreAsHxRequest"] is False


@pytest.mark.parametrize("name", PAGES)
def test_an_error_page_has_a_message_and_a_link_back(answer_of: AnswerOf, name: str) -> None:
    status, _ = PAGES[name]
    html = html_of(answer_of(name))

    assert "<h1" in html
    assert "Traceback" not in html
    if status == 503 and name not in ("export, busy", "a replaced function"):
        assert "It is safe to try again." in html
    if status in (400, 404, 405, 500) and name not in SHOWN_AGAIN:
        assert f'href="{reverse("home")}">Go to the desk</a>' in html


def test_the_desk_under_test_has_five_rows(site: Site) -> None:
    assert len(rows_on(answer(site, "desk"))) == 5
