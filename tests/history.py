"""The history on a purchase's page, as a person reads and clicks it."""

import re
from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Purchase
from tests.pages import fields_in, html_of, words

# Of a count; those of the expiry are told apart by their ids.
LINE = re.compile(r'<tr id="event-(\d+)" data-kind="\w+"[^>]*>.*?</tr>', re.S)
EXPIRY_LINE = re.compile(r'<tr id="expiry-event-(\d+)" data-kind="expiry-\w+"[^>]*>.*?</tr>', re.S)
CELL = re.compile(r'<td class="(\w+)">(.*?)</td>', re.S)


@dataclass(frozen=True)
class Line:
    event_id: int
    when: str
    what: str
    used: str
    who: str
    act: str
    html: str

    @property
    def fields(self) -> dict[str, str]:
        """What its button sends."""
        return fields_in(self.html)

    @property
    def leads_to(self) -> str:
        form = re.search(r'action="([^"]*)"', self.html)
        assert form, "it has a button"
        return form[1]


def page_of(purchase: Purchase) -> str:
    return reverse("purchases:purchase_detail", args=[purchase.pk])


def history_on(page: HttpResponseBase) -> list[Line]:
    """What happened to the count, newest first."""
    return [_line(found) for found in LINE.finditer(html_of(page))]


def expiry_history_on(page: HttpResponseBase) -> list[Line]:
    """What happened to the expiry, newest first."""
    return [_line(found) for found in EXPIRY_LINE.finditer(html_of(page))]


def story_on(page: HttpResponseBase) -> list[str]:
    """What happened to either, newest first."""
    whole = re.compile(f"{LINE.pattern}|{EXPIRY_LINE.pattern}", re.S)
    return [_line(found).what for found in whole.finditer(html_of(page))]


def _line(found: re.Match[str]) -> Line:
    cells = {cell: words(text) for cell, text in CELL.findall(found[0])}
    return Line(int(next(filter(None, found.groups()))), **cells, html=found[0])


def click(browser: Client, line: Line, **changed: str) -> HttpResponseBase:
    return browser.post(line.leads_to, line.fields | changed)
