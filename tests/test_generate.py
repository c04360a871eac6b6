"""`python -m benchmarks.generate` loads a big studio.

Its rows equal those that the triggers would write, and other studios stay unchanged.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from benchmarks import generate_command
from benchmarks.bulk_load import PurchaseRow
from benchmarks.generator import Generator
from purchases.models import Client, Offer, Org, Purchase, SessionEvent
from studio.management.commands.demo import PASSWORD
from studio.models import User
from tests.database import rows, value
from tests.factories import make_client, make_org, make_purchase

pytestmark = pytest.mark.django_db

SIZE = 2_000
SLUG = f"generated-{SIZE}-1"
SCHEMA = """
    SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    UNION ALL
    SELECT conrelid::regclass::text, conname || pg_get_constraintdef(oid) || convalidated::text
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal
    UNION ALL
    SELECT oid::regprocedure::text, pg_get_functiondef(oid) || proowner::regrole::text FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
    ORDER BY 1, 2
"""


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), transaction.atomic():
        output = run(purchases=SIZE)
        # Check the deferred constraints once, or every test would check all rows again.
        connection.check_constraints()
        yield output
        transaction.set_rollback(True)


@pytest.fixture
def studio(db: None) -> Org:
    return Org.objects.get(slug=SLUG)


def run(**options: object) -> str:
    output = StringIO()
    call_command(generate_command.Command(), stdout=output, **options)
    return output.getvalue()


def test_the_requested_number_of_purchases_is_loaded(studio: Org, loaded: str) -> None:
    assert studio.purchases.count() == SIZE
    assert studio.clients.count() == SIZE // 10
    assert "2,000 purchases of 200 clients" in loaded


def test_every_purchase_has_one_opened_event_and_the_ledger_is_consistent(studio: Org) -> None:
    events = SessionEvent.objects.filter(org=studio)
    assert events.count() == SIZE
    assert set(events.values_list("kind", "db_role")) == {
        ("opened", value("SELECT current_db_role()"))
    }
    output = StringIO()
    call_command("check_ledger", stdout=output)
    assert "All is well" in output.getvalue()


def test_an_event_equals_the_one_that_the_trigger_writes(studio: Org) -> None:
    columns = "kind, delta, sessions_used, request_id, reverses_id, db_role, xact_id IS NULL"
    first = studio.purchases.exclude(sessions_used=0).first()
    assert first is not None
    copied = make_purchase(org=studio, used=first.sessions_used, total=first.sessions_total)

    [[*loaded_events], [*trigger_events]] = [
        rows(f"SELECT {columns} FROM session_events WHERE purchase_id = %s", purchase.pk)
        for purchase in (first, copied)
    ]

    assert loaded_events == trigger_events


def test_search_terms_equal_those_that_the_trigger_writes(studio: Org) -> None:
    terms = "SELECT term FROM client_search_terms WHERE client_id = %s ORDER BY term"
    for client in studio.clients.all()[:50]:
        copied = make_client(
            org=studio, name=client.full_name, email=client.email, phone=client.phone
        )
        assert rows(terms, client.pk) == rows(terms, copied.pk) != []


def test_the_triggers_work_after_the_load(studio: Org) -> None:
    purchase = make_purchase(org=studio, client=make_client(org=studio, name="Ana Ruiz"))

    assert SessionEvent.objects.filter(purchase=purchase).count() == 1
    assert studio.clients.filter(search_terms__term="ruiz ar").exists()


@pytest.mark.parametrize("state", Purchase.State)
def test_every_filter_of_the_desk_has_purchases(studio: Org, state: Purchase.State) -> None:
    assert studio.purchases.all().in_state(state, timezone.now()).count() > 10


def test_the_owner_can_sign_in(loaded: str) -> None:
    assert SLUG in loaded
    assert Browser().login(username=SLUG, password=PASSWORD)


def test_indexes_constraints_triggers_and_functions_are_restored() -> None:
    before = rows(SCHEMA)
    run(purchases=20)
    assert rows(SCHEMA) == before


def test_a_primary_key_that_another_table_references_is_kept(studio: Org) -> None:
    rows("CREATE TABLE receipts (purchase_id uuid REFERENCES client_purchases)")
    rows("INSERT INTO receipts SELECT id FROM client_purchases")
    before = rows(SCHEMA)

    run(purchases=20)

    assert rows(SCHEMA) == before
    with pytest.raises(IntegrityError, match="receipts"), transaction.atomic():
        rows("DELETE FROM client_purchases WHERE org_id = %s", studio.pk)


def test_a_duplicate_purchase_id_rolls_the_whole_load_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows_of = Generator.purchase_rows

    def twice(generator: Generator) -> Iterator[PurchaseRow]:
        first, *others = rows_of(generator)
        yield from [first, *others, first]

    before = rows(SCHEMA)
    monkeypatch.setattr(Generator, "purchase_rows", twice)
    with pytest.raises(IntegrityError, match="client_purchases_pkey"):
        run(purchases=20)

    assert rows(SCHEMA) == before
    assert not Org.objects.filter(slug="generated-20-1").exists()


def test_an_interrupted_load_is_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(clients: object) -> Iterator[int]:
        yield 1
        raise KeyboardInterrupt

    before = rows(SCHEMA)
    monkeypatch.setattr("benchmarks.generate_command.load_purchases", break_off)
    with pytest.raises(KeyboardInterrupt):
        run(purchases=20)

    assert rows(SCHEMA) == before
    assert not Org.objects.filter(slug="generated-20-1").exists()
    assert not User.objects.filter(username="generated-20-1").exists()


def test_other_studios_are_not_changed() -> None:
    make_purchase(org=make_org(name="Harbour Pilates"))

    def others() -> list[object]:
        ours = {"org__slug": "generated-20-1"}
        kept: list[object] = list(Org.objects.exclude(slug="generated-20-1").values())
        for table in (Client, Offer, Purchase):
            kept += table._default_manager.exclude(**ours).order_by("pk").values()
        return [*kept, *SessionEvent.objects.exclude(**ours).order_by("pk").values()]

    before = others()
    run(purchases=20, force=True)
    assert others() == before


def test_a_database_with_another_studio_is_refused() -> None:
    make_org(name="Harbour Pilates")
    with pytest.raises(CommandError, match=r"belongs to “Harbour Pilates”.*--force"):
        run(purchases=20)


def test_an_existing_generated_studio_is_refused() -> None:
    with pytest.raises(CommandError, match=r"there already.*Add --seed 2 for another one"):
        run(purchases=SIZE)


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5", "9999999999"])
def test_an_invalid_size_is_refused_with_a_message(number: str) -> None:
    with pytest.raises(CommandError, match="write a number from 1 to 1000000000"):
        call_command(generate_command.Command(), f"--purchases={number}")


def test_progress_is_shown_on_a_terminal() -> None:
    terminal = Terminal()
    call_command(generate_command.Command(), "--purchases=30", stdout=StringIO(), stderr=terminal)
    progress = terminal.getvalue()
    assert "3 of 3 clients" in progress
    assert "30 of 30 purchases" in progress
    assert "indexes and foreign keys" in progress


def test_the_same_seed_and_day_give_the_same_rows_and_another_seed_gives_others() -> None:
    today = datetime(2026, 4, 5, tzinfo=ZoneInfo("Australia/Sydney"))
    first, again = (generated_rows(Generator(300, seed=1, today=today)) for _ in range(2))
    tomorrow = generated_rows(Generator(300, seed=1, today=today + timedelta(days=1)))
    assert first == again
    assert [row[0] for row in first] == [row[0] for row in tomorrow]
    assert not set(first) & set(generated_rows(Generator(300, seed=2, today=today)))


def test_contacts_are_reserved_for_examples_and_unique(studio: Org) -> None:
    contacts = [
        contact
        for client in studio.clients.all()
        for contact in (client.email, client.phone)
        if contact
    ]
    assert len(set(contacts)) == len(contacts)
    assert all(
        contact.startswith("+61 9") or contact.endswith("@example.org") for contact in contacts
    )


def generated_rows(generator: Generator) -> list[tuple[object, ...]]:
    return [*generator.client_rows(), *generator.purchase_rows()]
