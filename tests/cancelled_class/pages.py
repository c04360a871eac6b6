"""The pages of a cancelled class, as a person reads and fills them in."""

import re
from html import unescape
from uuid import UUID

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Purchase
from tests.pages import HTMX, html_of, words

PAGE = reverse("purchases:cancelled_class")
BOX = re.compile(r'<input type="checkbox"[^>]* name="purchase" value="([^"]*)"( checked)?>')


def look(browser: Client, *names: str, **fields: object) -> HttpResponseBase:
    """Paste these, one a line."""
    return browser.post(PAGE, {"pasted": "\n".join(names)} | fields)


def boxes(response: HttpResponseBase) -> dict[UUID, bool]:
    """The purchases that can be ticked, and whether they are."""
    return {UUID(box[1]): bool(box[2]) for box in BOX.finditer(html_of(response))}


def ticked(response: HttpResponseBase) -> list[UUID]:
    return [purchase_id for purchase_id, is_ticked in boxes(response).items() if is_ticked]


def needs_you(response: HttpResponseBase) -> str:
    """What stands above the list: what a person has to look at."""
    section = re.search(r'<section class="look".*?</section>', html_of(response), re.S)
    return words(section[0]) if section else ""


def list_url(response: HttpResponseBase) -> str:
    """Where the press goes."""
    form = re.search(r'<form class="cancelled"[^>]* action="([^"]*)"', html_of(response), re.S)
    assert form
    return unescape(form[1])


def detail(list_id: UUID) -> str:
    return reverse("purchases:cancelled_class_detail", args=[list_id])


def press(
    browser: Client, list_id: UUID, *purchases: Purchase, htmx: bool = False, **fields: object
) -> HttpResponseBase:
    """What the button sends, with these fields changed."""
    sent = {"purchase": [str(each.pk) for each in purchases], "reason": "class_cancelled"}
    url = reverse("purchases:reinstate_all", args=[list_id])
    return browser.post(url, sent | fields, headers=HTMX if htmx else {})


def finish(browser: Client, list_id: UUID, *, htmx: bool = False) -> HttpResponseBase:
    """What “Finish the rest” sends."""
    url = reverse("purchases:reinstate_all", args=[list_id])
    headers = HTMX | {"HX-Target": "progress"} if htmx else {}
    return browser.post(url, {}, headers=headers)


def come(response: HttpResponseBase) -> str:
    """How far it has come, in words."""
    said = re.search(r'<p [^>]*id="progress-text".*?</p>', html_of(response), re.S)
    assert said
    return words(said[0])
