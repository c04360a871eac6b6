"""No URL of the site holds a secret, and the log holds no words of a search."""

import logging
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import Client

from tests.every_page import EVERYTHING, Site, answer, site
from tests.pages import LIST, html_of

__all__ = ["site"]  # a fixture

ADDRESSES = {"href", "src", "action", "formaction", "hx-get", "hx-post"}
HEADERS = ["Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "HX-Replace-Url"]
COOKIES = [
    settings.SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    settings.DESK_COOKIE_NAME,
    settings.BROWSER_COOKIE_NAME,
]


class Addresses(HTMLParser):
    """Collects the URLs of a page, and the tokens in its forms and for its live updates."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.tokens: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.urls += [value or "" for name, value in attrs if name in ADDRESSES]
        if attributes.get("name") == "csrfmiddlewaretoken":
            self.tokens.append(attributes.get("value") or "")
        if token := attributes.get("data-token"):
            self.tokens.append(token)


def urls_and_secrets(response: HttpResponseBase) -> tuple[list[str], list[str]]:
    is_html = response.get("Content-Type", "").startswith("text/html")
    page = Addresses(html_of(response) if is_html else "")
    urls = page.urls + [response[name] for name in HEADERS if name in response]
    browser: Client = response.client  # type: ignore[attr-defined]
    cookies = [browser.cookies[name].value for name in COOKIES if name in browser.cookies]
    return urls, [secret for secret in page.tokens + cookies if secret]


@pytest.mark.django_db
@pytest.mark.parametrize("name", EVERYTHING)
def test_no_url_holds_a_secret(site: Site, name: str) -> None:
    urls, secrets = urls_and_secrets(answer(site, name))
    assert [url for url in urls if any(secret in url for secret in secrets)] == []


@pytest.mark.django_db
def test_the_check_sees_the_urls_and_secrets_of_the_desk(site: Site) -> None:
    urls, secrets = urls_and_secrets(answer(site, "desk"))
    assert f"/purchases/{site.pack.pk}/reinstate/" in urls
    assert len(secrets) >= 4


@pytest.mark.django_db
def test_the_log_holds_no_words_of_a_search(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    searches = {"q": "Ana Ruiz", "after": "x"}
    with caplog.at_level(logging.DEBUG):
        site.mia.get("/no/such/page/", searches)
        site.mia.get(LIST, searches)
        site.mia.post(LIST, query_params=searches)
        site.broken(RuntimeError("raised by the test"))
        browser = site.mia
        browser.raise_request_exception = False
        browser.get(LIST, {"q": "Ana Ruiz"})

    requests = [record for record in caplog.records if record.name.startswith("django.request")]
    assert len(requests) == 4
    assert not [record for record in requests if re.search("Ana|Ruiz", record.getMessage())]
