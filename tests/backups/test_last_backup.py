"""The time of the last backup: for owners beside the seals, for operators in /healthz."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from studio.database import backup
from studio.models import User
from tests.conftest import SignIn
from tests.pages import words_on
from tests.times import set_clock

SEALS = reverse("purchases:seal_list")


def test_an_owner_reads_that_no_backup_is_recorded(olivia: User, signed_in: SignIn) -> None:
    assert "No backup is recorded." in words_on(signed_in(olivia).get(SEALS))


def test_an_owner_reads_the_time_of_the_last_backup(olivia: User, signed_in: SignIn) -> None:
    backup.record("studio.dump", 1_000)
    assert "Last backup: " in words_on(signed_in(olivia).get(SEALS))


def test_an_owner_reads_that_the_last_backup_is_old(
    olivia: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup.record("studio.dump", 1_000)
    later = timezone.now() + timedelta(days=3)
    set_clock(monkeypatch, lambda: later)
    words = words_on(signed_in(olivia).get(SEALS))
    assert "newer ones are missing" in words
    assert "Last backup: " not in words


def test_a_superuser_reads_it_in_the_health_check(db: None, signed_in: SignIn) -> None:
    browser = signed_in(User.objects.create_superuser("root"))
    assert browser.get("/healthz").json()["last_backup"] is None

    backup.record("studio.dump", 1_000)
    last = backup.last_backup()
    assert last
    expected = last.finished_at.isoformat(timespec="seconds")
    assert browser.get("/healthz").json()["last_backup"] == expected


def test_nobody_else_reads_it_there(olivia: User, signed_in: SignIn) -> None:
    for browser in (Client(), signed_in(olivia)):
        assert browser.get("/healthz").json() == {"database": "ok"}
