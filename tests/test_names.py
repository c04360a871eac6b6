"""Browsers that translate a page leave the names of people, clients and offers as they are."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.http.response import HttpResponseBase
from django.urls import reverse

from studio.models import User
from tests.every_page import FRAGMENTS, PAGES, Site, answer, site
from tests.pages import LIST, html_of
from tests.shared_desk.people import give_pin, take_over
from tests.test_every_text import given_back, pasted_names

__all__ = ["site"]  # a fixture

NAMES = ["Ana Ruiz", "Ben Ode", "10-class pack", "Mia", "Olivia", "Ada", "Nora"]
# In the help of a cancelled class.
EXAMPLE = "Ana Ruiz &lt;ana@example.com&gt;"
WITHOUT_END = {"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class Translatable(HTMLParser):
    """Collects the texts that a browser may translate."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        # The open elements, each with whether its text may be translated.
        self.open: list[tuple[str, bool]] = []
        self.feed(html)
        self.close()

    @property
    def may_translate(self) -> bool:
        return self.open[-1][1] if self.open else True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in WITHOUT_END:
            attributes = dict(attrs)
            # A note is a sentence that somebody has written, with names or without.
            is_note = tag == "small" and "dir" in attributes
            left_as_is = attributes.get("translate") == "no" or is_note or tag == "textarea"
            self.open.append((tag, self.may_translate and not left_as_is))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.may_translate and data.strip():
            self.texts.append(data.strip())


def translatable_names(page: HttpResponseBase) -> list[str]:
    texts = Translatable(html_of(page).replace(EXAMPLE, "")).texts
    names = re.compile(rf"\b({'|'.join(map(re.escape, NAMES))})\b")
    return [text for text in texts if names.search(text)]


@pytest.mark.parametrize("name", PAGES | FRAGMENTS)
def test_no_name_on_a_page_is_translated(site: Site, name: str) -> None:
    assert translatable_names(answer(site, name)) == []


@pytest.mark.parametrize("load", [pasted_names, given_back])
def test_no_name_of_a_cancelled_class_is_translated(
    site: Site, load: Callable[[Site], HttpResponseBase]
) -> None:
    assert translatable_names(load(site)) == []


@pytest.mark.parametrize("url", [reverse("at_desk"), reverse("own_pin"), LIST, "/admin/"])
def test_no_name_at_a_shared_desk_is_translated(site: Site, mia: User, url: str) -> None:
    give_pin(mia)
    browser = site.mia
    if url == "/admin/":
        take_over(browser, mia)

    assert translatable_names(browser.get(url)) == []


def test_the_check_finds_a_name() -> None:
    html = "<p>Ana Ruiz <b translate='no'>Ben Ode</b><br>and <i>Mia</i></p>"

    assert Translatable(html).texts == ["Ana Ruiz", "and", "Mia"]
