"""The form with which an owner confirms beside the desk, as it is read and sent."""

import re

from django.http.response import HttpResponseBase
from django.test import Client

from purchases.models import Purchase
from tests.allowances.limits import LATE
from tests.pages import fields_in, html_of, press

WRONG = "not-the-password"


def step_on(answer: HttpResponseBase) -> str:
    """The form with which an owner confirms."""
    (form,) = re.findall(r'<form class="owners-step".*?</form>', html_of(answer), re.S)
    return str(form)


def owners_form(
    desk: Client, pack: Purchase, *, htmx: bool = True, **fields: str
) -> dict[str, str]:
    """What the owner's form sends, but for the secret."""
    answer = press(desk, "reinstate", pack, htmx=htmx, **{"reason": LATE.value, **fields})
    assert answer.status_code == 409
    return fields_in(step_on(answer))


def confirm(
    desk: Client, pack: Purchase, fields: dict[str, str], secret: str, *, htmx: bool = True
) -> HttpResponseBase:
    return press(desk, "reinstate", pack, htmx=htmx, **fields, secret=secret)
