"""A form of settings that somebody else has overtaken is told, and loses nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.test import Client

from purchases.models import Org
from studio.models import Policy, User
from studio.owner_pages import settings_form
from tests.conftest import SignIn
from tests.owner_pages.settings import (
    CHOSEN,
    PAGE,
    details,
    loaded_on,
    owner,
    policy,
    save,
)
from tests.pages import html_of, words_on

__all__ = ["owner", "policy"]  # fixtures


@pytest.mark.parametrize(
    "loaded",
    ["[" * 100_000, '{"a":' * 100_000, "1" * 5_000, "NaN", "[]", "{"],
    ids=["lists", "objects", "a number", "NaN", "a list", "cut"],
)
def test_unreadable_values_of_the_page_count_as_stale(
    owner: Client, policy: Policy, loaded: str
) -> None:
    assert save(owner, loaded, currency="nzd").status_code == 409
    policy.refresh_from_db()
    assert policy.currency == "aud"


def test_a_stale_form_is_told_and_loses_nothing(owner: Client, policy: Policy) -> None:
    stale = loaded_on(owner.get(PAGE))
    save(owner, time_zone="Australia/Perth", staff_may_sell=None)

    answer = save(owner, stale, currency="nzd", name="Northside Studio")

    text, html = words_on(answer), html_of(answer)
    assert answer.status_code == 409
    assert "somebody else has changed these settings" in text
    assert "Time zone: now Perth (UTC+08:00)" in text
    assert "Staff may sell: now no" in text
    # The form has the changes of this person, and those that the other person saved.
    assert 'value="Northside Studio"' in html
    assert re.search(r'<option value="nzd"[^>]* selected', html)
    assert re.search(r'<option value="Australia/Perth"[^>]* selected', html)
    policy.refresh_from_db()
    assert (policy.currency, policy.time_zone) == ("aud", "Australia/Perth")

    again = save(
        owner,
        loaded_on(answer),
        currency="nzd",
        name="Northside Studio",
        time_zone="Australia/Perth",
        staff_may_sell=None,
    )
    assert again.status_code == 302
    policy.refresh_from_db()
    assert (policy.currency, policy.time_zone) == ("nzd", "Australia/Perth")


@pytest.mark.parametrize("loaded", ["", "{", "[]", "7", "{}"])
def test_a_form_without_readable_values_counts_as_stale(owner: Client, loaded: str) -> None:
    fields = CHOSEN | {"loaded": loaded, "currency": "nzd"}
    assert owner.post(PAGE, fields).status_code == 409
    assert Policy.objects.get().currency == "aud"


def both_at_once(browsers: list[Client], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Send a form from each browser. Each request pauses after it has read what is stored."""
    loaded, start = loaded_on(browsers[0].get(PAGE)), Barrier(len(browsers))
    settings_of = settings_form.settings_of

    def slow(org: Org) -> Any:
        values = settings_of(org)
        with suppress(BrokenBarrierError):
            start.wait(1)
        return values

    monkeypatch.setattr(settings_form, "settings_of", slow)

    def run(number: int) -> int:
        try:
            minutes = str(10 + number)
            return save(browsers[number], loaded, desk_locks_after_minutes=minutes).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(browsers)) as pool:
        return sorted(pool.map(run, range(len(browsers))))


@pytest.mark.django_db(transaction=True)
def test_of_two_concurrent_forms_the_second_is_told(
    policy: Policy, olivia: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    browsers = [signed_in(olivia), signed_in(olivia)]
    assert both_at_once(browsers, monkeypatch) == [302, 409]
    assert len(details()) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_of_the_org_both_would_save(
    policy: Policy, olivia: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the race."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
    browsers = [signed_in(olivia), signed_in(olivia)]
    assert both_at_once(browsers, monkeypatch) == [302, 302]
