"""`manage.py import_purchases`: plan, write, write again, and undo."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from purchases.database import fetch_values
from purchases.imports import process
from purchases.imports.drafts import create_draft
from purchases.models import (
    Client,
    Import,
    ImportRow,
    Offer,
    Org,
    Purchase,
    PurchaseEvent,
    SessionRequest,
)
from studio.accounts.policy import Policy
from studio.models import User
from tests.database import rows
from tests.factories import make_client, make_purchase
from tests.imports.planned import FILES, start

pytestmark = pytest.mark.django_db


def run(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command(
        "import_purchases", *arguments, by="olivia", stdout=out, stderr=StringIO(), **options
    )
    return out.getvalue()


def import_file(name: str, *arguments: str) -> str:
    return run(str(FILES / name), *arguments)


def import_text(tmp_path: Path, text: str, *arguments: str) -> str:
    file = tmp_path / "clients.csv"
    file.write_text(text)
    return run(str(file), *arguments)


def contents() -> list[list[tuple[Any, ...]]]:
    """Return every row of the shared tables."""
    tables = ("clients", "offers", "client_purchases", "client_search_terms")
    return [rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]


@pytest.fixture(autouse=True)
def owner(olivia: User) -> User:
    return olivia


def test_a_dry_run_lists_everything_and_writes_nothing(northside: Org) -> None:
    before = contents()
    out = import_file("package_tracker.csv", "--dry-run")
    assert "Added clients: 2" in out
    assert "  row 4: Sam O?Neil: 11 are left, but only 10 were bought." in out
    assert "Trainer Email = not read" in out
    assert contents() == before
    assert not Import.objects.exists()


def test_clients_and_packs_are_written(northside: Org) -> None:
    Policy.objects.create(org=northside, country="AU", currency="nzd", time_zone="Asia/Tokyo")
    out = import_file("package_tracker.csv")
    assert "Imported package_tracker.csv: 2 clients and 2 packs." in out
    nadia = Client.objects.get(full_name="Nadia Rossi")
    assert (nadia.email, nadia.phone, nadia.org) == ("nadia@example.com", "0412 000 111", northside)
    first, second = Purchase.objects.filter(client=nadia).order_by("sessions_total")
    assert (first.sessions_used, first.sessions_remaining, first.currency) == (4, 6, "nzd")
    assert (second.sessions_used, second.payment_status) == (0, "succeeded")
    # The last second of the day in Tokyo.
    assert first.expires_at
    assert first.expires_at.isoformat() == "2027-02-28T14:59:59+00:00"
    assert (first.offer.name, first.offer.is_active) == ("PT 10", False)


def test_each_purchase_is_opened_by_a_request_with_who_when_and_the_file(olivia: User) -> None:
    import_file("package_tracker.csv")
    imported = Import.objects.get()
    for purchase in Purchase.objects.all():
        event = PurchaseEvent.objects.get(purchase=purchase)
        assert event.kind == "opened"
        assert event.request
        assert (event.request.actor, event.request.operation) == (olivia, "import")
        assert event.request.note == "package_tracker.csv"
        assert imported.started_at
        assert event.request.asked_at >= imported.started_at
        assert [e.kind for e in purchase.events.all()] == ["opened"]


def test_the_same_file_twice_changes_nothing() -> None:
    import_file("package_tracker.csv")
    before = contents()
    out = import_file("package_tracker.csv")
    assert "Nothing was changed" in out
    assert contents() == before
    assert Import.objects.count() == 1


def test_a_corrected_client_and_a_used_session_do_not_make_a_second_import() -> None:
    import_file("package_tracker.csv")
    Client.objects.filter(full_name="Nadia Rossi").update(full_name="Nadia Bianchi", email="n@x.it")
    Purchase.objects.filter(sessions_total=10).update(sessions_used=5)
    before = contents()
    assert "6 left in the file, 5 left here" in import_file("package_tracker.csv")
    assert contents() == before


def test_two_files_are_joined_by_the_number_of_the_other_program() -> None:
    import_file("mindbody_clients.csv")
    out = import_file("mindbody_balances.csv")
    assert "Matched clients: 3" in out
    assert "row 6: : No client has this number." in out
    lotte = Client.objects.get(full_name="Lotte van der Berg")
    assert [p.sessions_remaining for p in Purchase.objects.filter(client=lotte)] == [12]
    assert Client.objects.count() == 5


def test_a_balance_is_matched_with_a_client_of_the_desk(northside: Org, tmp_path: Path) -> None:
    ana = make_client(org=northside, name="Ana Ruiz", email="ana@example.com")
    import_text(tmp_path, "Name,Email,Left,Total\nana ruiz,ANA@example.com,3,10\n")
    assert Client.objects.get() == ana
    assert [pack.sessions_remaining for pack in ana.purchases.all()] == [3]


def test_other_studios_clients_are_not_matched(southside: Org, tmp_path: Path) -> None:
    other = make_client(org=southside, name="Ana Ruiz", email="ana@example.com")
    text = "Name,Email,Left,Total\nAna Ruiz,ana@example.com,3,10\n"
    import_text(tmp_path, text, "--studio", "northside-pilates")
    assert other.purchases.count() == 0
    assert Client.objects.count() == 2


def test_columns_sessions_and_dates_are_chosen_on_the_command_line(tmp_path: Path) -> None:
    text = "Who,Pack,Left,Until,Bought on\nAna Ruiz,Ten,3,03/04/2027,02/03/2026\n"
    with pytest.raises(CommandError, match="--dates dmy"):
        import_text(tmp_path, text, "--column", "Who=full_name", "--sessions", "Ten=10")
    import_text(
        tmp_path, text, "--column", "Who=full_name", "--sessions", "Ten=10", "--dates", "dmy"
    )
    purchase = Purchase.objects.get()
    assert (purchase.sessions_total, purchase.sessions_used) == (10, 7)
    assert purchase.expires_at
    assert purchase.expires_at.date().isoformat() == "2027-04-03"
    assert purchase.purchased_at.date().isoformat() == "2026-03-02"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--column", "Nothing=email"], "no column Nothing"),
        (["--column", "Name=nothing"], "no field"),
        (["--sessions", "PT 10=ten"], "not a number"),
        (["--studio", "nowhere"], "No studio"),
        (["--undo", "00000000-0000-0000-0000-000000000001"], "no import"),
    ],
)
def test_a_mistyped_argument_is_refused(arguments: list[str], text: str) -> None:
    with pytest.raises(CommandError, match=text):
        import_file("package_tracker.csv", *arguments)
    assert not Purchase.objects.exists()


def test_only_an_owner_of_the_studio_imports(mia: User, otto: User) -> None:
    for username in ("mia", "otto", "nobody"):
        with pytest.raises(CommandError, match="no owner"):
            call_command(
                "import_purchases",
                str(FILES / "plain.xlsx"),
                by=username,
                studio="northside-pilates",
            )


def test_an_undone_import_leaves_the_tables_as_before_with_their_history(northside: Org) -> None:
    make_purchase(org=northside)
    before = contents()
    import_file("package_tracker.csv")
    imported = Import.objects.get()
    packs = list(ImportRow.objects.exclude(purchase=None).values_list("purchase_id", flat=True))
    assert "Undid the import" in run(undo=str(imported.pk))
    assert contents() == before
    assert len(packs) == 2
    for pk in packs:
        kinds = PurchaseEvent.objects.filter(purchase_id=pk).values_list("kind", flat=True)
        assert list(kinds.order_by("pk")) == ["opened", "deleted"]
        deleted = PurchaseEvent.objects.get(purchase_id=pk, kind="deleted")
        assert deleted.request
        assert deleted.request.operation == "undo_import"


@pytest.mark.django_db(transaction=True)
def test_an_undone_file_can_be_imported_and_undone_again(northside: Org) -> None:
    before = contents()
    for _ in range(2):
        import_file("package_tracker.csv")
        run(undo=str(Import.objects.get(state="done").pk))
        assert contents() == before
    assert SessionRequest.objects.filter(operation="import").count() == 4


def test_an_import_is_not_undone_after_a_session_was_used() -> None:
    import_file("package_tracker.csv")
    Purchase.objects.filter(sessions_total=10).update(sessions_used=5)
    # A reinstated session is a use all the same.
    Purchase.objects.filter(sessions_total=10).update(sessions_used=4)
    before = contents()
    with pytest.raises(CommandError, match="used or changed"):
        run(undo=str(Import.objects.get().pk))
    assert contents() == before


def test_a_pack_that_is_used_while_the_undo_runs_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    import_file("package_tracker.csv")
    monkeypatch.setattr(process, "CHUNK", 1)
    imported = Import.objects.get()
    member = type("Owner", (), {"user_id": imported.actor_id})()
    undone = process.start_undo(member=member, imported=imported)
    process.step(undone)
    process.step(undone)
    Purchase.objects.update(sessions_used=5)
    done = process.run(undone.pk)
    assert (done.state, done.packs_kept) == ("undone", 1)
    assert Client.objects.get().full_name == "Nadia Rossi"
    assert Offer.objects.get().name == "PT 10"


def test_the_contact_of_a_written_row_and_the_file_are_removed() -> None:
    import_file("package_tracker.csv")
    assert Import.objects.get().content is None
    assert not ImportRow.objects.exclude(full_name=None, email=None, phone=None).exists()


def test_every_file_needs_at_most_two_corrections() -> None:
    corrections = {
        "punchpass_us.csv": ["--dates", "mdy"],
        "punchpass_uk.csv": ["--dates", "dmy"],
        "vagaro_packages.csv": ["--sessions", "Imported pack=10"],
        "wellnessliving.csv": ["--sessions", "Intro Offer=3"],
        "glofox_leads.csv": [],
        "plain.xlsx": ["--sessions", "Ten classes=10", "--sessions", "Duo=2"],
        "plain.ods": ["--sessions", "Ten classes=10", "--sessions", "Duo=2"],
        "plain.xls": ["--sessions", "Ten classes=10", "--sessions", "Duo=2"],
    }
    left = {
        "mindbody_balances.csv": 1,
        "package_tracker.csv": 1,
    }
    for file in sorted(FILES.iterdir(), key=lambda file: file.name != "mindbody_clients.csv"):
        chosen = corrections.get(file.name, [])
        assert len(chosen) <= 4
        out = import_file(file.name, *chosen)
        assert f"Cannot be imported: {left.get(file.name, 0)}" in out, file.name


def test_an_import_goes_on_after_each_interrupted_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "CHUNK", 2)
    text = ["Name,Email,Left,Total"]
    text += [f"Person {n},p{n}@example.com,{n % 10},10" for n in range(25)]
    monkeypatch.setattr(process, "fetch_values", failing_every_other(fetch_values))
    org = Org.objects.get()
    member = type("Owner", (), {"user_id": User.objects.get(username="olivia").pk})()
    draft = create_draft(
        member=member,
        org_id=org.pk,
        import_id=uuid4(),
        file_name="many.csv",
        content="\n".join(text).encode(),
    )
    start(draft)
    failures = 0
    while Import.objects.get().is_running:
        try:
            process.run(draft.pk)
        except RuntimeError:
            failures += 1
    assert failures >= 7
    assert Client.objects.count() == Purchase.objects.count() == 25
    assert PurchaseEvent.objects.count() == 25
    assert sum(p.sessions_remaining or 0 for p in Purchase.objects.all()) == sum(
        n % 10 for n in range(25)
    )


def failing_every_other(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that fails after every second chunk was written, before its commit."""
    calls = 0

    def fetch(statement: str, params: dict[str, Any]) -> Any:
        nonlocal calls
        result = original(statement, params)
        if statement == process.WRITE_CHUNK:
            calls += 1
            if calls % 2:
                raise RuntimeError("killed")
        return result

    return fetch
