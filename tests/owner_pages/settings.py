"""Send the forms of the page *Studio*."""

import re
from html import unescape
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.pages import html_of
from tests.security_log.log import events

PAGE = reverse("studio_settings")
CHOSEN: dict[str, Any] = {
    "name": "Northside Pilates",
    "country": "AU",
    "currency": "aud",
    "time_zone": "Australia/Sydney",
    "language": "",
    "staff_may_sell": "on",
    "staff_may_edit_clients": "on",
    "desk_locks_after_minutes": "",
}


@pytest.fixture
def policy(northside: Org) -> Policy:
    return Policy.objects.create(
        org=northside, country="AU", currency="aud", time_zone="Australia/Sydney"
    )


@pytest.fixture
def owner(policy: Policy, olivia: User, signed_in: SignIn) -> Client:
    return signed_in(olivia)


def details() -> list[str]:
    return [event.detail for event in events() if event.kind == "policy_changed"]


def loaded_on(page: HttpResponseBase, form: int = 0) -> str:
    """Return the values that a form of the page carries: of the settings, or of the allowances."""
    return unescape(re.findall(r'name="loaded" value="([^"]*)"', html_of(page))[form])


def save(browser: Client, loaded: str | None = None, **changed: Any) -> HttpResponseBase:
    """Send the form of a page that was loaded now, or earlier. None leaves a field out."""
    fields = CHOSEN | {"loaded": loaded or loaded_on(browser.get(PAGE))} | changed
    return browser.post(PAGE, {name: value for name, value in fields.items() if value is not None})


def save_limits(browser: Client, loaded: str | None = None, **limits: str) -> HttpResponseBase:
    """Send the form of the allowances, as in late="3/30". An empty text means no limit."""
    fields = {"part": "allowances", "loaded": loaded or loaded_on(browser.get(PAGE), 1)}
    names = {"late": "late_cancel_forgiven", "mistake": "checked_in_by_mistake", "none": ""}
    for name, limit in limits.items():
        sessions, _, days = limit.partition("/")
        fields |= {f"sessions-{names[name]}": sessions, f"days-{names[name]}": days}
    return browser.post(PAGE, fields)
