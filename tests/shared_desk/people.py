"""People who share a desk, as they come, type their codes and go away."""

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

WHO = reverse("at_desk")
LOCK = reverse("lock_desk")
PIN = "4071"
WRONG = "9999"


def give_pin(user: User, code: str = PIN) -> Membership:
    member = Membership.objects.get(user=user)
    pins.set_pin(member, code)
    return member


def take_over(
    browser: Client,
    user: User,
    secret: str = PIN,
    *,
    page: str = LIST,
    htmx: bool = False,
) -> HttpResponseBase:
    """Choose who one is, and type the code."""
    typed = {"who": user.membership.pk, "secret": secret, "next": page}
    return browser.post(WHO, typed, headers=HTMX if htmx else {})


def who_is_at_the_desk(browser: Client) -> str | None:
    """As the header says it; None where the desk is locked."""
    answer = browser.get(LIST)
    if answer.status_code == 302:
        assert answer["Location"].startswith(WHO)
        return None
    name = re.search(r'<form class="who.*?<b><bdi>(.*?)</bdi></b>', html_of(answer), re.S)
    assert name
    return name[1]


def lock_after(org: Org, minutes: int | None) -> None:
    Policy.objects.update_or_create(org=org, defaults={"desk_locks_after_minutes": minutes})


def seen(browser: Client) -> str:
    return browser.cookies[settings.DESK_COOKIE_NAME].value


def presence(session_key: str | None, minutes_ago: float) -> str:
    """The cookie of a browser where somebody did something so long ago."""
    signer = signing.get_cookie_signer(
        salt=f"{settings.DESK_COOKIE_NAME}studio.shared_desk.{session_key}"
    )
    with patch("django.core.signing.time.time", return_value=time.time() - minutes_ago * 60):
        return signer.sign("here")


def leave_alone(browser: Client, minutes: float) -> None:
    """Nobody has done anything for so long."""
    browser.cookies[settings.DESK_COOKIE_NAME] = presence(browser.session.session_key, minutes)


def problem_on(response: HttpResponseBase) -> str:
    """Why nobody took over."""
    found = re.search(r'<p class="refused" role="alert".*?</p>', html_of(response), re.S)
    return words(found[0]) if found else ""
