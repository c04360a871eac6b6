"""Send the forms of clients, and read the history on a client's page."""

import re
from html import unescape
from typing import Any
from uuid import uuid4

from django.http.response import HttpResponseBase
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import strip_tags

from purchases.models import Client
from tests.pages import html_of

ADD = reverse("purchases:add_client")
WILLA = {
    "full_name": "Willa Cather",
    "email": "willa@example.com",
    "phone": "+61 412 000 111",
    "notes": "left knee",
}


def page_of(client: Client) -> str:
    return reverse("purchases:client_detail", args=[client.pk])


def url_to(act: str, client: Client) -> str:
    return reverse(f"purchases:{act}", args=[client.pk])


def add(browser: Browser, **fields: Any) -> HttpResponseBase:
    """Send the form that adds a client. Its values are those of Willa."""
    return browser.post(ADD, {"request_id": uuid4(), **WILLA, **fields})


def form_of(response: HttpResponseBase) -> dict[str, str]:
    """Return the values of the form of a client, as a browser would send them."""
    html = html_of(response)
    form = html[html.index("data-form=") :]
    form = form[: form.index("</form>")]
    inputs = {
        name: unescape(tag)
        for tag in re.findall(r"<input[^>]*>", form)
        for name in re.findall(r'name="([^"]*)"', tag)
    }
    values = {name: _value(tag) for name, tag in inputs.items()}
    areas = re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return values | {name: unescape(text) for name, text in areas}


def _value(tag: str) -> str:
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def changes_on(response: HttpResponseBase) -> list[str]:
    """Return the lines of the history of a client, without their times."""
    table = html_of(response).partition('id="changes"')[2].partition("</table>")[0]
    lines = re.findall(r'<tr id="client-change-\d+".*?</tr>', table, re.DOTALL)
    return [_words(re.sub(r"<time.*?</time>", "", line, flags=re.DOTALL)) for line in lines]


def _words(html: str) -> str:
    spaced = html.replace("</span>", "; ").replace("</td>", " | ")
    words = re.sub(r"\s+", " ", unescape(strip_tags(spaced)))
    return re.sub(r"[\s;]*\|[\s|]*", " | ", words).strip(" |;")
