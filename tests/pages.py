"""What stands on a page, as a person reads it."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Literal
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from purchases.models import Purchase

Act = Literal["reinstate", "use"]
LIST = reverse("purchases:purchase_list")
HTMX = {"HX-Request": "true"}
# With JavaScript and without.
DOORS = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
USED_BEFORE = "This button was used for something else. Reload the page, then press again."

ROW = re.compile(
    r'<tr id="purchase-(?P<id>[0-9a-f-]{36})" data-used="(?P<used>-?\d*)"'
    r' data-total="(?P<total>-?\d*)".*?</tr>',
    re.DOTALL,
)
# What differs between two renderings that say the same.
PASSING = [
    r' class="changed"',
    r'(?<=name="request_id" value=")[^"]*',
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]*',
]


@dataclass(frozen=True)
class Row:
    purchase_id: UUID
    used: str
    total: str
    html: str

    @property
    def words(self) -> str:
        return words(self.html)

    @property
    def buttons(self) -> list[str]:
        """What can be pressed at once. The menu of reasons is still closed; where a reason is
        asked for, what opens it is the button."""
        closed = re.sub(r'<div class="menu">.*?</div>', "", self.html, flags=re.S)
        pressable = re.findall(r"<button.*?</button>|<summary.*?</summary>", closed, re.S)
        return [name for name in map(words, pressable) if name]

    @property
    def menu(self) -> list[str]:
        """The reasons of the menu behind the button."""
        menus = re.findall(r'<div class="menu">.*?</div>', self.html, re.S)
        return [words(b) for menu in menus for b in re.findall(r"<button.*?</button>", menu, re.S)]

    @property
    def lasting(self) -> str:
        return lasting(self.html)


def html_of(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse), "a page, not a stream"
    return response.content.decode()


def rows_on(response: HttpResponseBase) -> list[Row]:
    """The rows of the page, in its order."""
    html = html_of(response)
    rows = [Row(UUID(row["id"]), row["used"], row["total"], row[0]) for row in ROW.finditer(html)]
    assert len(rows) == html.count('id="purchase-'), "each row has the form that scripts rely on"
    return rows


def the_row_on(response: HttpResponseBase) -> Row:
    (row,) = rows_on(response)
    return row


def fields_in(html: str) -> dict[str, str]:
    """What a form sends of its own, but for the token against forgery."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def lasting(html: str) -> str:
    """What stays the same from one rendering to the next."""
    for passing in PASSING:
        html = re.sub(passing, "", html)
    return html


def words_on(response: HttpResponseBase) -> str:
    return words(html_of(response))


def words(html: str) -> str:
    return " ".join(unescape(strip_tags(html.replace("<br>", " "))).split())


def note_on(response: HttpResponseBase) -> str:
    """What the page says has happened, without the button to undo it."""
    return words(re.sub(r"<form.*?</form>", "", _note(response), flags=re.S))


def undo_on(response: HttpResponseBase) -> str | None:
    """Where the note's Undo leads."""
    form = re.search(r'<form class="undo" method="post" action="([^"]*)"', _note(response))
    return form[1] if form else None


def _note(response: HttpResponseBase) -> str:
    match = re.search(r'<div (?:class="note" )?id="note".*?</div>', html_of(response), re.S)
    assert match, "every page and every answer has a place for notes"
    return match[0]


def next_page(response: HttpResponseBase) -> str | None:
    """Where the link to the next page leads."""
    link = re.search(r'rel="next" href="([^"]*)"', html_of(response))
    return unescape(link[1]) if link else None


def refused(answer: HttpResponseBase) -> str:
    """Why, in words."""
    assert answer.status_code == 409
    return note_on(answer)


def send(browser: Client, path: str, *, htmx: bool = False, **fields: Any) -> HttpResponseBase:
    """What a button sends that leads there, with these fields changed; one that is None is left
    out."""
    sent = {"request_id": str(uuid4()), "next": LIST} | fields
    return browser.post(
        path,
        {name: value for name, value in sent.items() if value is not None},
        headers=HTMX if htmx else {},
    )


def press(
    browser: Client, act: Act, purchase: Purchase, *, htmx: bool = False, **fields: str | None
) -> HttpResponseBase:
    path = reverse(f"purchases:{act}", args=[purchase.pk])
    return send(browser, path, htmx=htmx, **fields)


def press_undo(
    browser: Client, event_id: int, *, htmx: bool = False, **fields: str | None
) -> HttpResponseBase:
    """The note's Undo."""
    return send(browser, reverse("purchases:undo", args=[event_id]), htmx=htmx, **fields)
