"""A new owner brings a studio along: from the first page to a reinstatement on their own data."""

import csv
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from purchases.models import Client, Org, Purchase
from studio.new_studio import secret
from tests.browser.conftest import Window

PASSWORD = "an-unusual-new-one"
CLIENTS, PACKS, BALANCES = 800, 1_000, 200
FAMILY_NAMES = ["Vorn", "Quixby", "Osei", "Lindqvist", "Moreau"]

pytestmark = pytest.mark.slow


def test_a_new_owner_reinstates_a_session_of_an_imported_pack(
    window: Window, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret, "_file", lambda: tmp_path / "first-owner-secret")
    page = window(timezone_id="Australia/Sydney", accept_downloads=True).new_page()
    begin(page)
    links = [invite(page, name) for name in ("Mia", "Noah")]
    add_offer(page, name="10-class pack", price="180", sessions="10", days="90")
    import_file(page, "clients.csv", mindbody_clients())
    expect(page.get_by_text(f"Clients added: {CLIENTS} · Packs added: 0")).to_be_visible()
    import_file(page, "balances.csv", mindbody_balances())
    expect(page.get_by_text(f"Clients added: 0 · Packs added: {PACKS:,}")).to_be_visible()
    import_file(page, "spreadsheet.csv", spreadsheet_of_balances())
    expect(page.get_by_text(f"Clients added: 0 · Packs added: {BALANCES}")).to_be_visible()
    assert (Client.objects.count(), Purchase.objects.count()) == (CLIENTS, PACKS + BALANCES)

    desks = [staff_desk(window, link) for link in links]
    sell_to_a_walk_in(desks[0])
    reinstate_of_an_imported_pack(desks[1])

    assert rows_of_export(page, "purchases") == PACKS + BALANCES + 1
    assert rows_of_export(page, "clients") == CLIENTS + 1
    assert rows_of_export(page, "given-back") == 1
    assert "session_events.csv" in names_in_archive(page)
    call_command("check_ledger", verbosity=0)


def begin(page: Page) -> None:
    page.goto(reverse("start_link", args=[secret.make()]))
    for typed in ["Harbour Pilates", "", "", "", "", "Irma", "irma", PASSWORD, PASSWORD]:
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()


def invite(page: Page, name: str) -> str:
    """Invite a person, and return the link that the page shows."""
    page.goto(reverse("person:invite"))
    page.get_by_label("First name").fill(name)
    page.locator("[name=username]").fill(name.lower())
    page.get_by_role("button", name="Invite").click()
    return page.locator("#link").input_value()


def add_offer(page: Page, *, name: str, price: str, sessions: str, days: str) -> None:
    page.goto(reverse("purchases:add_offer"))
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Price in AUD").fill(price)
    page.get_by_label("Sessions", exact=True).fill(sessions)
    page.get_by_label("Valid for days").fill(days)
    page.get_by_role("button", name="Add the offer").click()
    expect(page.locator("table").get_by_text(name)).to_be_visible()


def import_file(page: Page, name: str, content: str) -> None:
    page.goto(reverse("purchases:import"))
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Next: check the people").click()
    page.get_by_role("button", name="Import this").click()


def mindbody_clients() -> str:
    rows: list[list[object]] = [
        list(range(13)),
        [
            "Last name",
            "First name",
            "Nickname",
            "ID",
            "Address",
            "City",
            "State",
            "Postal code",
            "Country",
            "Mobile phone",
            "Home phone",
            "Work phone",
            "Email",
        ],
    ]
    for n in range(CLIENTS):
        phone, email = f"0412 {n // 1000:03} {n % 1000:03}", f"client{n}@example.com"
        rows.append([family(n), f"Given{n}", "", 1000 + n, *[""] * 5, phone, "", "", email])
    rows.append([f"Total records: {CLIENTS}"] * 13)
    return csv_of(rows)


def mindbody_balances() -> str:
    rows: list[list[object]] = [
        [
            "Client ID",
            "Client",
            "Service",
            "Count",
            "Remaining",
            "ActiveDate",
            "ExpirationDate",
            "PaymentDate",
        ]
    ]
    for n in range(PACKS):
        left = n % 10 + 1
        service, expiry = f"{10 + n // CLIENTS}-class pack", "2099-12-31T00:00:00"
        who = [1000 + n % CLIENTS, f"Given{n % CLIENTS} {family(n % CLIENTS)}"]
        rows.append([*who, service, 10, left, "2026-10-01T00:00:00", expiry, "2026-10-01T00:00:00"])
    return csv_of(rows)


def spreadsheet_of_balances() -> str:
    rows: list[list[object]] = [["Name", "Email", "Package", "Sessions left", "Total sessions"]]
    for n in range(BALANCES):
        rows.append([f"Given{n} {family(n)}", f"client{n}@example.com", "Duet", n % 5, 5])
    return csv_of(rows)


def family(n: int) -> str:
    return FAMILY_NAMES[n % len(FAMILY_NAMES)]


def csv_of(rows: list[list[object]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def staff_desk(window: Window, link: str) -> Page:
    """Choose a password by the link, sign in, and return the desk."""
    page = window().new_page()
    page.goto(link)
    name = page.locator("#id_username").input_value()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.goto("/")
    if "/accounts/login/" in page.url:
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#search")).to_be_visible()
    return page


def sell_to_a_walk_in(page: Page) -> None:
    page.keyboard.press("$")
    page.get_by_label("Name", exact=True).fill("Willa Park")
    page.get_by_role("radio", name="10-class pack").first.check()
    page.get_by_role("radio", name="Cash").check()
    page.get_by_role("button", name="Sell", exact=True).click()
    expect(page.get_by_role("heading", name="Willa Park")).to_be_visible()


def reinstate_of_an_imported_pack(page: Page) -> None:
    """Find a client by name and give a session back, by keyboard."""
    page.keyboard.type("given205")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Reinstate").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Session reinstated for Given205 Vorn.")).to_be_visible()


def rows_of_export(page: Page, name: str) -> int:
    page.goto(reverse("purchases:export"))
    with page.expect_download() as download:
        page.evaluate(
            "url => { location.href = url }",
            reverse("purchases:export_list", args=[name, "csv"]),
        )
    text = Path(download.value.path()).read_text("utf-8-sig")
    return len(list(csv.reader(StringIO(text)))) - 1


def names_in_archive(page: Page) -> list[str]:
    page.goto(reverse("purchases:export"))
    with page.expect_download() as download:
        page.locator(f'form[action="{reverse("export_studio")}"] button').click()
    assert Org.objects.count() == 1
    return ZipFile(download.value.path()).namelist()
