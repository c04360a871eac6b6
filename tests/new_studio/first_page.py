"""Helpers for the first page of an empty site."""

from pathlib import Path
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from studio.new_studio import secret

PAGE = reverse("new_studio")
TYPED = {
    "name": "Harbour Pilates",
    "country": "ES",
    "time_zone": "Atlantic/Canary",
    "language": "es",
    "currency": "eur",
    "first_name": "Irma",
    "username": "irma@example.com",
    "new_password1": "an-unusual-new-one",
    "new_password2": "an-unusual-new-one",
}


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the secret in a folder of the test. The data folder has the database too."""
    monkeypatch.setattr(secret, "_file", lambda: tmp_path / "first-owner-secret")
    return tmp_path


def link(typed: str = "") -> str:
    return reverse("start_link", args=[typed or secret.make()])


def opened() -> Client:
    """Return a browser that has opened the right link."""
    browser = Client()
    assert browser.get(link())["Location"] == PAGE
    return browser


def begin(browser: Client, **typed: Any) -> HttpResponseBase:
    return browser.post(PAGE, TYPED | typed)
