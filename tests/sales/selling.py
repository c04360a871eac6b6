"""Helpers that open and send the page that sells."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Client as Buyer
from purchases.models import Offer
from tests.pages import html_of, send

SELL = reverse("purchases:sell")


def sale_page(browser: Client, **query: Any) -> HttpResponseBase:
    return browser.get(f"{SELL}?{urlencode(query)}")


def sell(
    browser: Client, offer: Offer, client: Buyer | None = None, **fields: Any
) -> HttpResponseBase:
    """Send the form after the offer filled its fields."""
    filled = {
        "offer": offer.pk,
        "client": client.pk if client else "",
        "filled_for": offer.pk,
        "price": "180",
        "sessions": "11",
        "expires": "",
        "paid_by": "card",
    }
    return send(browser, SELL, **filled | fields)


def value_of(response: HttpResponseBase, name: str) -> str:
    """Return the value of the field of this name."""
    tag = re.search(rf'<input[^>]* name="{name}"[^>]*>', html_of(response))
    assert tag, f"the page has a field {name}"
    value = re.search(r' value="([^"]*)"', tag[0])
    return value[1] if value else ""
