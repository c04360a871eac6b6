"""Read and submit the pages of a cancelled class."""

import re
from html import unescape
from uuid import UUID

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Purchase
from tests.pages import HTMX, html_of, words

PAGE = reverse("purchases:cancelled_class")
BOX = re.compile(r'<input type="checkbox"[^>]* name="purchase" value="([^"]*)"( checked)?[^>]*>')


def paste_names(browser: Client, *names: str, **fields: object) -> HttpResponseBase:
    """Submit pasted names, one a line."""
    return browser.post(PAGE, {"pasted": "\n".join(names)} | fields)


def boxes(response: HttpResponseBase) -> dict[UUID, bool]:
    """Return the purchases with a checkbox, and if it is checked."""
    return {UUID(box[1]): bool(box[2]) for box in BOX.finditer(html_of(response))}


def ticked(response: HttpResponseBase) -> list[UUID]:
    return [purchase_id for purchase_id, is_ticked in boxes(response).items() if is_ticked]


def problems_on(response: HttpResponseBase) -> str:
    """Return the text of the section above the list with the names that need a decision."""
    section = re.search(r'<section class="look".*?</section>', html_of(response), re.S)
    return words(section[0]) if section else ""


def counts_on(response: HttpResponseBase) -> dict[str, str]:
    """Return the counts of the section “This will happen”."""
    return dict(re.findall(r'data-count="([^"]*)">([^<]*)<', html_of(response)))


def list_url(response: HttpResponseBase) -> str:
    """Return the action of the form."""
    form = re.search(r'<form class="cancelled"[^>]* action="([^"]*)"', html_of(response), re.S)
    assert form
    return unescape(form[1])


def detail(list_id: UUID) -> str:
    return reverse("purchases:cancelled_class_detail", args=[list_id])


def submit_list(
    browser: Client, list_id: UUID, *purchases: Purchase, htmx: bool = False, **fields: object
) -> HttpResponseBase:
    """Submit the form of the list with `fields` changed."""
    data = {"purchase": [str(purchase.pk) for purchase in purchases], "reason": "class_cancelled"}
    url = reverse("purchases:reinstate_all", args=[list_id])
    return browser.post(url, data | fields, headers=HTMX if htmx else {})


def finish(browser: Client, list_id: UUID, *, htmx: bool = False) -> HttpResponseBase:
    """Submit “Finish the rest”."""
    url = reverse("purchases:reinstate_all", args=[list_id])
    headers = HTMX | {"HX-Target": "progress"} if htmx else {}
    return browser.post(url, {}, headers=headers)


def undo_list(browser: Client, list_id: UUID, *, htmx: bool = False) -> HttpResponseBase:
    """Submit “Undo this list”."""
    headers = HTMX | {"HX-Target": "progress"} if htmx else {}
    return browser.post(reverse("purchases:undo_all", args=[list_id]), {}, headers=headers)


def extend_packs(
    browser: Client, list_id: UUID, *, htmx: bool = False, **fields: object
) -> HttpResponseBase:
    """Submit “Extend the expired packs”."""
    headers = HTMX | {"HX-Target": "progress"} if htmx else {}
    return browser.post(reverse("purchases:extend_all", args=[list_id]), fields, headers=headers)


def progress_on(response: HttpResponseBase) -> str:
    """Return the text of the list's progress."""
    progress = re.search(r'<p [^>]*id="progress-text".*?</p>', html_of(response), re.S)
    assert progress
    return words(progress[0])
