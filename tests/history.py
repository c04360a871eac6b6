"""Helpers that parse the history table on the page of a purchase and click its buttons."""

import re
from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Purchase
from tests.pages import fields_in, html_of, words

# A row of the history: a session event, an expiry event, or an event of the purchase.
LINE = re.compile(r'<tr id="event-(\d+)" data-kind="\w+"[^>]*>.*?</tr>', re.S)
# A row about the purchase itself: its client, total or payment.
CHANGE_LINE = re.compile(r'<tr id="change-(\d+)" data-kind="purchase-\w+"[^>]*>.*?</tr>', re.S)
EXPIRY_LINE = re.compile(r'<tr id="expiry-event-(\d+)" data-kind="expiry-\w+"[^>]*>.*?</tr>', re.S)
# Shown on paper only.
RECEIPT = re.compile(r'<small class="receipt on-paper">.*?</small>', re.S)
CELL = re.compile(r'<td class="(\w+)">(.*?)</td>', re.S)


@dataclass(frozen=True)
class Line:
    """A row of the history table; `action` is the text of its button, if it has one."""

    event_id: int
    when: str
    what: str
    used: str
    who: str
    action: str
    html: str

    @property
    def fields(self) -> dict[str, str]:
        """The hidden fields of the form around the button."""
        return fields_in(self.html)

    @property
    def action_url(self) -> str:
        form = re.search(r'action="([^"]*)"', self.html)
        assert form, "the line has a button"
        return form[1]


def page_of(purchase: Purchase) -> str:
    return reverse("purchases:purchase_detail", args=[purchase.pk])


def history_on(page: HttpResponseBase) -> list[Line]:
    """Return the lines about the count, newest first."""
    return [_line(match) for match in LINE.finditer(html_of(page))]


def expiry_history_on(page: HttpResponseBase) -> list[Line]:
    """Return the lines about the expiry, newest first."""
    return [_line(match) for match in EXPIRY_LINE.finditer(html_of(page))]


def change_history_on(page: HttpResponseBase) -> list[Line]:
    """Return the lines about the purchase itself, newest first."""
    return [_line(match) for match in CHANGE_LINE.finditer(html_of(page))]


def full_history_on(page: HttpResponseBase) -> list[str]:
    """Return the texts of all lines, newest first."""
    patterns = (LINE.pattern, EXPIRY_LINE.pattern, CHANGE_LINE.pattern)
    whole = re.compile("|".join(patterns), re.S)
    return [_line(match).what for match in whole.finditer(html_of(page))]


def _line(match: re.Match[str]) -> Line:
    cells = {cell: words(text) for cell, text in CELL.findall(RECEIPT.sub("", match[0]))}
    return Line(int(next(filter(None, match.groups()))), **cells, html=match[0])


def click(browser: Client, line: Line, **changed: str) -> HttpResponseBase:
    return browser.post(line.action_url, line.fields | changed)
