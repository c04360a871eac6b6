"""Helpers for links by which a person chooses a password."""

import re
from urllib.parse import urlsplit

from django.http.response import HttpResponseBase
from django.test import Client

from studio.accounts.links import make_link
from studio.models import User
from tests.pages import html_of

SITE = "http://testserver"
NEW = "an-unusual-new-one"
LINK = re.compile(rf"{SITE}/accounts/password/\w+/[\w-]+/")


def link_of(user: User) -> str:
    """Make a link for the account as it is stored, and return its path."""
    return urlsplit(make_link(User.objects.get(pk=user.pk), SITE)).path


def link_on(page: HttpResponseBase) -> str:
    """Return the path of the only link that a page of the admin shows."""
    (link,) = set(LINK.findall(html_of(page)))
    return urlsplit(str(link)).path


def choose(
    browser: Client, link: str, password: str = NEW, again: str | None = None
) -> HttpResponseBase:
    """Open a link and post the form to which it leads."""
    opened = browser.get(link)
    form = opened["Location"] if opened.status_code == 302 else link
    repeated = password if again is None else again
    return browser.post(form, {"new_password1": password, "new_password2": repeated})


def make_invited(user: User) -> User:
    """Let an account be one whose person has not chosen a password."""
    user.set_unusable_password()
    user.save()
    return user
