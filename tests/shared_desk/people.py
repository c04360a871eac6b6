"""Members of a shared desk: set PINs, take over, leave the desk idle."""

import re
import time
from unittest.mock import patch

from django.conf import settings
from django.core import signing
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from studio.accounts import pins
from studio.models import Membership, Policy, User
from tests.pages import HTMX, LIST, html_of, words

AT_DESK = reverse("at_desk")
LOCK = reverse("lock_desk")
PIN = "4071"
WRONG = "9999"


def give_pin(user: User, pin: str = PIN) -> Membership:
    member = Membership.objects.get(user=user)
    pins.set_pin(member, pin)
    return member


def take_over(
    browser: Client,
    user: User,
    secret: str = PIN,
    *,
    page: str = LIST,
    htmx: bool = False,
) -> HttpResponseBase:
    """Choose a member on the page and type the PIN."""
    typed = {"who": user.membership.pk, "secret": secret, "next": page}
    return browser.post(AT_DESK, typed, headers=HTMX if htmx else {})


def current_member_name(browser: Client) -> str | None:
    """Return the acting member's name from the page header, or None if the desk is locked."""
    answer = browser.get(LIST)
    if answer.status_code == 302:
        assert answer["Location"].startswith(AT_DESK)
        return None
    name = re.search(r'<form class="who.*?<b><bdi[^>]*>(.*?)</bdi></b>', html_of(answer), re.S)
    assert name
    return name[1]


def lock_after(org: Org, minutes: int | None) -> None:
    Policy.objects.update_or_create(org=org, defaults={"desk_locks_after_minutes": minutes})


def desk_cookie(browser: Client) -> str:
    return browser.cookies[settings.DESK_COOKIE_NAME].value


def activity_cookie(session_key: str | None, minutes_ago: float) -> str:
    """Return a signed desk cookie whose last activity was `minutes_ago`."""
    signer = signing.get_cookie_signer(
        salt=f"{settings.DESK_COOKIE_NAME}studio.shared_desk.{session_key}"
    )
    with patch("purchases.clock.seconds", return_value=time.time() - minutes_ago * 60):
        return signer.sign("here")


def leave_idle(browser: Client, minutes: float) -> None:
    """Set the desk cookie as if the last activity was `minutes` ago."""
    browser.cookies[settings.DESK_COOKIE_NAME] = activity_cookie(
        browser.session.session_key, minutes
    )


def problem_on(response: HttpResponseBase) -> str:
    """Return the error message of the take-over form, or an empty string."""
    message = re.search(r'<p class="refused" role="alert".*?</p>', html_of(response), re.S)
    return words(message[0]) if message else ""
