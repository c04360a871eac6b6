"""Tara belongs to two studios, and opens one of them."""

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Org
from studio.models import Membership, User
from tests.factories import make_user

STUDIOS = reverse("own_studios")


def make_tara(first: Org, second: Org, *, role: str = "owner") -> User:
    """Create a person of two studios, of which a sign-in opens the first one."""
    tara = make_user(username="tara", org=first, role=role)
    Membership.objects.create(user=tara, org=second, role=role)
    open_next(tara, first)
    return tara


def open_next(user: User, org: Org) -> None:
    """Let the next sign-in open this studio."""
    user.memberships.update(opened_at=None)
    user.memberships.filter(org=org).update(opened_at=timezone.now())


def member_of(user: User, org: Org) -> Membership:
    return Membership.objects.get(user=user, org=org)


def change_to(browser: Client, user: User, org: Org) -> HttpResponseBase:
    """Open another studio on the page for it."""
    return browser.post(STUDIOS, {"membership": member_of(user, org).pk})
