"""`python -m benchmarks.generate`: what it loads, that its rows equal what the triggers
would make, and that other studios stay as they are."""

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
        said = run(purchases=SIZE)
        # Once here, or every test would check all the rows again.
        connection.check_constraints()
        yield said
        transaction.set_rollback(True)


@pytest.fixture
def studio(db: None) -> Org:
    return Org.objects.get(slug=SLUG)


def run(**options: object) -> str:
    said = StringIO()
    call_command(generate_command.Command(), stdout=said, **options)
    return said.getvalue()


def test_it_loads_as_many_as_were_asked_for(studio: Org, loaded: str) -> None:
    assert studio.purchases.count() == SIZE
    assert studio.clients.count() == SIZE // 10
    assert "2,000 purchases of 200 clients" in loaded


def test_every_purchase_is_opened_once_and_the_ledger_adds_up(studio: Org) -> None:
    events = SessionEvent.objects.filter(org=studio)
    assert events.count() == SIZE
    assert set(events.values_list("kind", "made_by")) == {("opened", value("SELECT made_by()"))}
    said = StringIO()
    call_command("check_ledger", stdout=said)
    assert "All is well" in said.getvalue()


def test_an_event_is_what_the_trigger_would_have_written(studio: Org) -> None:
    written = "kind, delta, sessions_used, request_id, reverses_id, made_by, made_in IS NULL"
    first = studio.purchases.exclude(sessions_used=0).first()
    assert first is not None
    copied = make_purchase(org=studio, used=first.sessions_used, total=first.sessions_total)

    [[*ours], [*triggers]] = [
        rows(f"SELECT {written} FROM session_events WHERE purchase_id = %s", purchase.pk)
        for purchase in (first, copied)
    ]

    assert ours == triggers


def test_every_client_is_found_as_the_trigger_would_have_it(studio: Org) -> None:
    terms = "SELECT term FROM client_search_terms WHERE client_id = %s ORDER BY term"
    for client in studio.clients.all()[:50]:
        copied = make_client(
            org=studio, name=client.full_name, email=client.email, phone=client.phone
        )
        assert rows(terms, client.pk) == rows(terms, copied.pk) != []


def test_afterwards_a_purchase_and_a_client_are_recorded_by_the_triggers(studio: Org) -> None:
    purchase = make_purchase(org=studio, client=make_client(org=studio, name="Ana Ruiz"))

    assert SessionEvent.objects.filter(purchase=purchase).count() == 1
    assert studio.clients.filter(search_terms__term="ruiz ar").exists()


@pytest.mark.parametrize("state", Purchase.State)
def test_every_state_of_the_desk_has_purchases(studio: Org, state: Purchase.State) -> None:
    assert studio.purchases.all().in_state(state, timezone.now()).count() > 10


def test_its_owner_signs_in(loaded: str) -> None:
    assert SLUG in loaded
    assert Browser().login(username=SLUG, password=PASSWORD)


def test_tables_indexes_keys_triggers_and_functions_are_as_they_were() -> None:
    before = rows(SCHEMA)
    run(purchases=20)
    assert rows(SCHEMA) == before


def test_a_key_that_the_table_of_another_program_refers_to_stays(studio: Org) -> None:
    rows("CREATE TABLE receipts (purchase_id uuid REFERENCES client_purchases)")
    rows("INSERT INTO receipts SELECT id FROM client_purchases")
    before = rows(SCHEMA)

    run(purchases=20)

    assert rows(SCHEMA) == before
    with pytest.raises(IntegrityError, match="receipts"), transaction.atomic():
        rows("DELETE FROM client_purchases WHERE org_id = %s", studio.pk)


def test_a_purchase_that_comes_twice_is_refused_with_all_the_others(
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


def test_where_it_breaks_off_nothing_has_happened(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_other_studios_stay_as_they_were() -> None:
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


def test_it_refuses_a_database_with_another_studio() -> None:
    make_org(name="Harbour Pilates")
    with pytest.raises(CommandError, match=r"belongs to “Harbour Pilates”.*--force"):
        run(purchases=20)


def test_a_studio_that_is_there_already_stays_as_it_is() -> None:
    with pytest.raises(CommandError, match=r"there already.*Add --seed 2 for another one"):
        run(purchases=SIZE)


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5", "9999999999"])
def test_a_size_that_can_not_be_is_refused_in_words(number: str) -> None:
    with pytest.raises(CommandError, match="write a number from 1 to 1000000000"):
        call_command(generate_command.Command(), f"--purchases={number}")


def test_on_a_terminal_it_says_how_far_it_is() -> None:
    terminal = Terminal()
    call_command(generate_command.Command(), "--purchases=30", stdout=StringIO(), stderr=terminal)
    said = terminal.getvalue()
    assert "3 of 3 clients" in said
    assert "30 of 30 purchases" in said
    assert "indexes and foreign keys" in said


def test_the_same_seed_and_day_give_the_same_rows_and_another_seed_others() -> None:
    today = datetime(2026, 4, 5, tzinfo=ZoneInfo("Australia/Sydney"))
    first, again = (drawn(Generator(300, seed=1, today=today)) for _ in range(2))
    tomorrow = drawn(Generator(300, seed=1, today=today + timedelta(days=1)))
    assert first == again
    assert [row[0] for row in first] == [row[0] for row in tomorrow]
    assert not set(first) & set(drawn(Generator(300, seed=2, today=today)))


def test_nobody_real_is_reached_and_no_contact_comes_twice(studio: Org) -> None:
    contacts = [
        contact
        for client in studio.clients.all()
        for contact in (client.email, client.phone)
        if contact
    ]
    assert len(set(contacts)) == len(contacts)
    assert all(each.startswith("+61 9") or each.endswith("@example.org") for each in contacts)


def drawn(generator: Generator) -> list[tuple[object, ...]]:
    return [*generator.client_rows(), *generator.purchase_rows()]
