"""Read and send the form with which an owner approves a reinstatement at the desk."""

import re

from django.http.response import HttpResponseBase
from django.test import Client

from purchases.models import Purchase
from tests.allowances.limits import LATE
from tests.pages import fields_in, html_of, post_action

WRONG = "not-the-password"


def approval_form(answer: HttpResponseBase) -> str:
    """Return the HTML of the approval form."""
    (form,) = re.findall(r'<form class="approval-form".*?</form>', html_of(answer), re.S)
    return str(form)


def owners_form(
    desk: Client, pack: Purchase, *, htmx: bool = True, **fields: str
) -> dict[str, str]:
    """Return the fields of the approval form, without the secret."""
    answer = post_action(desk, "reinstate", pack, htmx=htmx, **{"reason": LATE.value, **fields})
    assert answer.status_code == 409
    return fields_in(approval_form(answer))


def approve(
    desk: Client, pack: Purchase, fields: dict[str, str], secret: str, *, htmx: bool = True
) -> HttpResponseBase:
    return post_action(desk, "reinstate", pack, htmx=htmx, **fields, secret=secret)
