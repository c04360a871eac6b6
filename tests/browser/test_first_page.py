"""A new owner begins by keyboard, finds the first steps, and sets the studio up on a phone."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from studio.models import Policy
from studio.new_studio import secret
from tests.browser.conftest import Window

PASSWORD = "an-unusual-new-one"


def test_an_owner_begins_by_keyboard_and_saves_a_setting(
    window: Window, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret, "_file", lambda: tmp_path / "first-owner-secret")
    options = {"timezone_id": "Australia/Sydney", "viewport": {"width": 390, "height": 844}}
    page = window(**options).new_page()
    page.goto(reverse("start_link", args=[secret.make()]))

    # The country, its zone, language and currency are those of the browser's time zone.
    for typed in ["Harbour Pilates", "", "", "", "", "Irma", "irma", PASSWORD, PASSWORD]:
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    first_steps = page.get_by_role("heading", name="First steps")
    first_steps.wait_for()
    page.keyboard.type("/ana")
    expect(first_steps).to_be_hidden()
    page.keyboard.press("Escape")
    expect(first_steps).to_be_visible()
    policy = Policy.objects.get()
    chosen = (policy.country, policy.time_zone, policy.language, policy.currency)
    assert chosen == ("AU", "Australia/Sydney", "en", "aud")
    page.get_by_role("link", name="Studio", exact=True).click()
    page.get_by_label("A reason is mandatory").check()
    page.get_by_label("The desk locks after (minutes)").fill("5")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits"
    page.keyboard.press("Enter")
    expect(page.locator("#note")).to_contain_text("The settings are saved.")
    policy.refresh_from_db()
    assert (policy.reason_is_mandatory, policy.desk_locks_after_minutes) == (True, 5)


def test_another_country_fills_in_what_is_usual_there(
    window: Window, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret, "_file", lambda: tmp_path / "first-owner-secret")
    page = window(timezone_id="Australia/Sydney").new_page()
    page.goto(reverse("start_link", args=[secret.make()]))
    field = {name: page.locator(f"[name={name}]") for name in ("time_zone", "language", "currency")}

    page.locator("[name=country]").select_option("ES")
    values = [field[name].input_value() for name in field]
    assert values == ["Europe/Madrid", "es", "eur"]

    # A value that the person chose stays.
    field["currency"].select_option("gbp")
    page.locator("[name=country]").select_option("US")
    assert [field[name].input_value() for name in field] == ["", "en", "gbp"]
