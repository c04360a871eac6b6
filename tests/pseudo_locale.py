"""A language in which every text stands between ⟦ and ⟧. What stands outside on a page can't be
translated: it is data, or it was forgotten."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation

from purchases import dates, formatting, rows

# What a person sees or is read, besides the text itself.
SAID = {"title", "aria-label", "placeholder", "alt"}
SILENT = {"script", "style"}


def speak_it(patch: pytest.MonkeyPatch) -> None:
    def wrapped(text: str) -> str:
        return f"⟦{text}⟧" if text.strip() else text

    def gettext(message: str) -> str:
        return wrapped(str(message))

    def pgettext(context: str, message: str) -> str:
        return wrapped(str(message))

    def ngettext(one: str, many: str, number: Any) -> str:
        return wrapped(one if number == 1 else many)

    def npgettext(context: str, one: str, many: str, number: Any) -> str:
        return ngettext(one, many, number)

    for speaker in (gettext, pgettext, ngettext, npgettext):
        patch.setattr(vars(translation)["_trans"], speaker.__name__, speaker, raising=False)
    # What was written down for those who read the other words.
    for module, names in {
        rows: ["reason_menu", "translated", "used_in_words", "left_in_words"],
        formatting: ["used_in_words", "left_in_words"],
    }.items():
        for name in names:
            patch.setattr(module, name, getattr(module, name).__wrapped__)
    patch.setattr(dates, "patterns", dates.patterns.__wrapped__)


class Page(HTMLParser):
    """Collects what is said outside ⟦ and ⟧, text by text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.depth = 0
        self.silent = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in SILENT
        said = dict(attrs)
        is_button = tag == "input" and said.get("type") in {"submit", "button"}
        for name, value in said.items():
            if value and (name in SAID or (is_button and name == "value")):
                self._hear(value, 0)

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.depth = self._hear(data, self.depth)

    def _hear(self, text: str, depth: int) -> int:
        for part in re.split("([⟦⟧])", text):
            if part == "⟦":
                depth += 1
            elif part == "⟧":
                depth -= 1
            elif depth == 0 and part.strip():
                self.outside.append(part.strip())
        return depth


def forgotten(html: str, *, data: Iterable[str]) -> list[str]:
    """The texts of a page that are neither translatable nor data. Numbers and signs are data."""
    found = []
    for text in Page(html).outside:
        rest = text
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, "")
        if re.search(r"[^\W\d_]", rest):
            found.append(text)
    return found
