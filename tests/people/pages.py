"""Helpers for the owner's pages of people."""

from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from studio.models import Membership, User

PEOPLE = reverse("people")
INVITE = reverse("person:invite")
NINA = {"first_name": "Nina", "last_name": "Vega", "email": "", "username": "nina", "role": "staff"}


def url_of(user: User, page: str = "detail") -> str:
    return reverse(f"person:{page}", args=[Membership.objects.filter(user=user).earliest("pk").pk])


def press(browser: Client, user: User, act: str, **fields: object) -> HttpResponseBase:
    """Press a button of the person's page, and load the page that follows."""
    return browser.post(url_of(user, act), fields, follow=True)
