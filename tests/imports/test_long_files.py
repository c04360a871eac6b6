"""The pages of a long file, whose plan a thread makes: no request plans it."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from purchases.imports import prepared, worker
from purchases.models import Client, Import, ImportRow, Org, Purchase
from studio.models import User
from tests.conftest import SignIn
from tests.database import PATIENCE, wait_until
from tests.factories import make_client
from tests.imports.test_pages import choose, press, text_of, upload

ROWS = 80
# The last rows settle the order of dates, and have another pack.
LONG = "Name,Email,Pack,Left,Until\n" + "".join(
    f"Ana {n},a{n}@example.com,{'Five' if n > 60 else 'Ten'},1,{max(n - 50, 1)}/3/2027\n"
    for n in range(1, ROWS + 1)
)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(olivia: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Browser:
    monkeypatch.setattr(prepared, "SMALL", 100)
    monkeypatch.setattr("purchases.imports.views.SAMPLE", 10)
    return signed_in(olivia)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Keep the plans that a thread would make."""
    kept: list[Any] = []
    monkeypatch.setattr(worker, "start_plan_thread", lambda *arguments: kept.append(arguments))
    return kept


def test_the_check_page_shows_the_progress_until_the_plan_is_made(
    browser: Browser, plans: list[Any]
) -> None:
    columns = upload(browser, "long.csv", LONG.encode())["Location"]
    check = choose(browser, columns, **{"sessions-0": "10"})["Location"]
    assert check.endswith("/check/")
    assert plans == []
    assert "The file is being read." in text_of(browser.get(check))
    prepared.note_progress(Import.objects.get(), plans[0][1], 20, ROWS)
    fragment = browser.get(check, headers=HTMX)
    assert "20 of 80 rows are compared" in text_of(fragment)
    assert "<html" not in text_of(fragment)
    assert len(plans) == 1
    worker.make_plan(*plans[0])
    assert browser.get(check, headers=HTMX)["HX-Refresh"] == "true"


def test_a_stopped_plan_is_made_by_another_thread(browser: Browser, plans: list[Any]) -> None:
    columns = upload(browser, "long.csv", LONG.encode())["Location"]
    check = choose(browser, columns)["Location"]
    browser.get(check)
    Import.objects.update(worked_at=timezone.now() - 2 * prepared.SILENCE)
    browser.get(check)
    assert len(plans) == 2


def test_questions_below_the_sample_are_asked_after_the_plan(browser: Browser) -> None:
    columns = upload(browser, "long.csv", LONG.encode())["Location"]
    shown = text_of(browser.get(columns))
    assert f"{ROWS} rows" in shown
    assert "Ten" in shown
    assert "Five" not in shown
    assert "Day first" not in shown
    check = choose(browser, columns, **{"sessions-0": "10"})["Location"]
    browser.get(check)
    assert browser.get(check)["Location"] == columns
    assert "Five" in text_of(browser.get(columns))
    check = choose(browser, columns, **{"sessions-1": "5"})["Location"]
    assert press(browser, check).status_code == 302
    assert Client.objects.count() == Purchase.objects.count() == ROWS
    assert set(Purchase.objects.values_list("sessions_total", flat=True)) == {10, 5}


def test_a_press_writes_the_stored_plan_or_nothing(browser: Browser, northside: Org) -> None:
    text = LONG.replace("Five", "Ten").encode()
    columns = upload(browser, "long.csv", text)["Location"]
    check = choose(browser, columns, **{"sessions-0": "10"})["Location"]
    browser.get(check)
    assert ImportRow.objects.count() == ROWS
    stale = (Import.objects.get().plan or {})["hash"]
    make_client(org=northside, name="Ana 3", email="a3@example.com")
    answer = browser.post(check, {"plan_hash": stale})
    assert answer.status_code == 409
    assert "Something has changed since this preview" in text_of(answer)
    assert not Purchase.objects.exists()
    assert press(browser, check).status_code == 302
    assert Client.objects.filter(full_name="Ana 3").count() == 1
    assert Purchase.objects.count() == ROWS
    assert Import.objects.get().plan is None


def test_a_new_file_removes_the_planned_rows_of_the_draft_before_it(browser: Browser) -> None:
    columns = upload(browser, "long.csv", LONG.encode())["Location"]
    browser.get(choose(browser, columns)["Location"])
    assert ImportRow.objects.exists()
    upload(browser, "other.csv", b"Name,Email\nBen,ben@example.com\n")
    assert not ImportRow.objects.exists()
    assert not Import.objects.exclude(plan=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_thread_makes_the_plan_on_its_own_connection(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(prepared, "SMALL", 100)
    columns = upload(browser, "long.csv", LONG.encode())["Location"]
    check = choose(browser, columns, **{"sessions-0": "10", "sessions-1": "5"})["Location"]
    browser.get(check)
    wait_until(lambda: "hash" in (Import.objects.get().plan or {}))
    for thread in threading.enumerate():
        if thread.name == "import plan":
            thread.join(PATIENCE)
    assert ImportRow.objects.count() == ROWS
    assert connection.is_usable()
    assert f"Packs to add {ROWS}" in text_of(browser.get(check))
