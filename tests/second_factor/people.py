"""People with second factors, and how they sign in."""

import json
import re
from html import unescape
from typing import Any

import pyotp
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.accounts.second_factor import recovery_codes, totp
from studio.models import Policy, SecondFactorRole, Totp, User
from tests.factories import PASSWORD
from tests.pages import LIST, html_of
from tests.second_factor.device import Device

OWN = reverse("second_factor:own")
CHECK = reverse("second_factor:check")
ADD_APP = reverse("second_factor:add_app")
ADD_PASSKEY = reverse("second_factor:add_passkey")
NEW_CODES = reverse("second_factor:new_codes")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def give_app(user: User, secret: str = SECRET) -> str:
    totp.new_app(user, secret, step=0).save()
    return secret


def give_codes(user: User) -> list[str]:
    return recovery_codes.replace_codes(user)


def code(secret: str = SECRET, *, steps_ago: int = 0) -> str:
    step = int(timezone.now().timestamp()) // totp.STEP - steps_ago
    return pyotp.TOTP(secret).generate_otp(step)


def wrong_code(secret: str = SECRET) -> str:
    right = {code(secret, steps_ago=ago) for ago in range(-2, 3)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in right)


def require(user: User, *roles: str) -> None:
    policy, _ = Policy.objects.get_or_create(org=user.membership.org)
    for role in roles or [user.membership.role]:
        SecondFactorRole.objects.create(policy=policy, role=role)


def password_typed(user: User, browser: Client | None = None, **fields: str) -> Client:
    """Return a browser after the right password."""
    browser = browser or Client()
    typed = {"username": user.username, "password": PASSWORD, **fields}
    assert browser.post(reverse("login"), typed).status_code == 302
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get(LIST).status_code == 200


def send_code(browser: Client, typed: str) -> HttpResponseBase:
    return browser.post(CHECK, {"code": typed})


def options_on(response: HttpResponseBase) -> dict[str, Any]:
    """Return the options for the browser's passkeys on a page."""
    found = re.search(r'data-options="([^"]+)"', html_of(response))
    assert found
    options: dict[str, Any] = json.loads(unescape(found[1]))
    return options


def give_passkey(user: User, signed_in: Client, device: Device | None = None) -> Device:
    """Add a passkey by the page, and return its device."""
    device = device or Device()
    response = add_passkey(signed_in, device)
    assert response.status_code in (200, 302)
    return device


def add_passkey(browser: Client, device: Device, **fields: str) -> HttpResponseBase:
    options = options_on(browser.get(ADD_PASSKEY))
    typed = {"password": PASSWORD, "name": "My phone", "passkey": device.create(options)}
    return browser.post(ADD_PASSKEY, typed | fields)


def send_passkey(browser: Client, device: Device) -> HttpResponseBase:
    return browser.post(CHECK, {"passkey": device.get(options_on(browser.get(CHECK)))})


def has_app(user: User) -> bool:
    return Totp.objects.filter(user=user).exists()
