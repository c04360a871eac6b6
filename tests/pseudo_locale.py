"""A pseudo-locale that wraps every translated text in ⟦ and ⟧.

Text outside the brackets is data, or it was not marked for translation.
"""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation

from purchases import dates, formatting, overview, rows
from purchases.imports import planning

# The attributes whose values are shown or read aloud to a person.
TEXT_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt"}
# Codes are the same in every language.
TAGS_WITHOUT_TEXT = {"script", "style", "code"}


def activate_pseudo_locale(patch: pytest.MonkeyPatch) -> None:
    """Replace Django's gettext functions by functions that wrap the message in ⟦ and ⟧."""

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

    for function in (gettext, pgettext, ngettext, npgettext):
        patch.setattr(vars(translation)["_trans"], function.__name__, function, raising=False)
    # Bypass the caches, which hold texts of the real languages.
    for module, names in {
        rows: ["reason_menu", "translated", "used_in_words", "left_in_words"],
        formatting: ["used_in_words", "left_in_words"],
        overview: ["translated"],
        planning: ["left_in_words"],
    }.items():
        for name in names:
            patch.setattr(module, name, getattr(module, name).__wrapped__)
    patch.setattr(dates, "patterns", dates.patterns.__wrapped__)


class Page(HTMLParser):
    """Collects the texts outside ⟦ and ⟧."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.outside: list[str] = []
        self.depth = 0
        self.without_text = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.without_text = tag in TAGS_WITHOUT_TEXT
        attributes = dict(attrs)
        is_button = tag == "input" and attributes.get("type") in {"submit", "button"}
        for name, value in attributes.items():
            if value and (name in TEXT_ATTRIBUTES or (is_button and name == "value")):
                self._collect(value, 0)

    def handle_endtag(self, tag: str) -> None:
        self.without_text = False

    def handle_data(self, data: str) -> None:
        if not self.without_text:
            self.depth = self._collect(data, self.depth)

    def _collect(self, text: str, depth: int) -> int:
        for part in re.split("([⟦⟧])", text):
            if part == "⟦":
                depth += 1
            elif part == "⟧":
                depth -= 1
            elif depth == 0 and part.strip():
                self.outside.append(part.strip())
        return depth


def untranslated_texts(html: str, *, data: Iterable[str]) -> list[str]:
    """Return the texts of a page that are neither translatable nor data.

    Numbers and punctuation count as data.
    """
    texts = []
    for text in Page(html).outside:
        rest = text
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, "")
        if re.search(r"[^\W\d_]", rest):
            texts.append(text)
    return texts
