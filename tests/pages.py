"""Helpers that read pages as a person does, and send the forms of their buttons."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
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
from purchases.queries import Place

Action = Literal["reinstate", "use"]
LIST = reverse("purchases:purchase_list")
HTMX = {"HX-Request": "true"}
# Run a test twice: without JavaScript, and as htmx sends requests.
AS_PAGE_AND_HTMX = pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
USED_BEFORE = "This button was used for something else. Reload the page, then press again."

ROW = re.compile(
    r'<tr id="purchase-(?P<id>[0-9a-f-]{36})" data-used="(?P<used>-?\d*)"'
    r' data-total="(?P<total>-?\d*)".*?</tr>',
    re.DOTALL,
)
# The parts that differ between two renderings of the same content.
VARYING = [
    r' class="changed"',
    r'(?<=name="request_id" value=")[^"]*',
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]*',
]

# The heading of an empty list, by state.
NO_PURCHASES = {
    Purchase.State.ALL: "No purchases yet.",
    Purchase.State.ACTIVE: "No active purchases.",
    Purchase.State.EXPIRING: "No expiring purchases.",
    Purchase.State.USED_UP: "No used-up purchases.",
    Purchase.State.EXPIRED: "No expired purchases.",
    Purchase.State.UNPAID: "No unpaid purchases.",
}


@dataclass(frozen=True)
class Row:
    """A table row of a purchase."""

    purchase_id: UUID
    used: str
    total: str
    html: str

    @property
    def words(self) -> str:
        return words(self.html)

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons outside the closed menu of reasons.

        If a reason is mandatory, the button is the summary that opens the menu.
        """
        closed = re.sub(r'<div class="menu">.*?</div>', "", self.html, flags=re.S)
        buttons = re.findall(r"<button.*?</button>|<summary.*?</summary>", closed, re.S)
        return [name for name in map(words, buttons) if name]

    @property
    def menu(self) -> list[str]:
        """The reasons that the menu beside the button offers."""
        menus = re.findall(r'<div class="menu">.*?</div>', self.html, re.S)
        return [words(b) for menu in menus for b in re.findall(r"<button.*?</button>", menu, re.S)]

    @property
    def normalized(self) -> str:
        """The HTML without the parts that differ between two renderings."""
        return normalized(self.html)


def html_of(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse), "a page, not a stream"
    return response.content.decode()


def rows_on(response: HttpResponseBase) -> list[Row]:
    """Return the rows of the page in order."""
    html = html_of(response)
    rows = [Row(UUID(row["id"]), row["used"], row["total"], row[0]) for row in ROW.finditer(html)]
    assert len(rows) == html.count('id="purchase-'), "each row has the attributes of live.js"
    return rows


def the_row_on(response: HttpResponseBase) -> Row:
    (row,) = rows_on(response)
    return row


def fields_in(html: str) -> dict[str, str]:
    """Return the hidden fields of a form, without the CSRF token."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    return {name: value for name, value in hidden.items() if name != "csrfmiddlewaretoken"}


def normalized(html: str) -> str:
    """Return the HTML without the parts that differ between two renderings."""
    for pattern in VARYING:
        html = re.sub(pattern, "", html)
    return html


def words_on(response: HttpResponseBase) -> str:
    return words(html_of(response))


def words(html: str) -> str:
    return " ".join(unescape(strip_tags(html.replace("<br>", " "))).split())


def place_at(timestamp: datetime, purchase_id: UUID) -> Place:
    """Return the place of a purchase with this time in the list."""
    return Place(f"{timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}", purchase_id)


def note_on(response: HttpResponseBase) -> str:
    """Return the text of the page's message, without its Undo button."""
    return words(re.sub(r"<form.*?</form>", "", _note(response), flags=re.S))


def undo_on(response: HttpResponseBase) -> str | None:
    """Return the URL of the message's Undo button."""
    form = re.search(r'<form class="undo" method="post" action="([^"]*)"', _note(response))
    return form[1] if form else None


def _note(response: HttpResponseBase) -> str:
    match = re.search(r'<div (?:class="note" )?id="note".*?</div>', html_of(response), re.S)
    assert match, "every page and every fragment has an element for messages"
    return match[0]


def next_page(response: HttpResponseBase) -> str | None:
    """Return the URL of the link to the next page."""
    link = re.search(r'rel="next" href="([^"]*)"', html_of(response))
    return unescape(link[1]) if link else None


def refused(answer: HttpResponseBase) -> str:
    """Return the message of a refusal (409)."""
    assert answer.status_code == 409
    return note_on(answer)


def send(browser: Client, path: str, *, htmx: bool = False, **fields: Any) -> HttpResponseBase:
    """Post the form of a button with these fields changed; a field that is None is omitted."""
    data = {"request_id": str(uuid4()), "next": LIST} | fields
    return browser.post(
        path,
        {name: value for name, value in data.items() if value is not None},
        headers=HTMX if htmx else {},
    )


def post_action(
    browser: Client, action: Action, purchase: Purchase, *, htmx: bool = False, **fields: str | None
) -> HttpResponseBase:
    """Send the form of the button Reinstate or Use of this purchase."""
    path = reverse(f"purchases:{action}", args=[purchase.pk])
    return send(browser, path, htmx=htmx, **fields)


def post_undo(
    browser: Client, event_id: int, *, htmx: bool = False, **fields: str | None
) -> HttpResponseBase:
    """Send the form of this event's Undo button."""
    return send(browser, reverse("purchases:undo", args=[event_id]), htmx=htmx, **fields)
