"""Helpers for screenshots of the demo studio."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Page

from purchases.models import Org
from studio.models import Policy

# The password of the demo's users. The command `demo` prints it.
PASSWORD = "studio-demo"
# Milliseconds until a swapped button accepts clicks.
CLICK_GUARD = 600
ZOE = "Zoë Óskarsdóttir-Nguyễn"

# Takes a screenshot of the page under a name.
Shoot = Callable[[Page, str], None]


def signed_in(context: BrowserContext, username: str) -> Page:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name", exact=True).fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


@contextmanager
def temporary_policy(**chosen: Any) -> Iterator[None]:
    northside = Org.objects.get(slug="northside-pilates")
    policy = Policy.objects.create(org=northside, **chosen)
    yield
    policy.delete()
