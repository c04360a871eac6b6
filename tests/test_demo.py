"""`manage.py demo`, which is run once for all tests of this module."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoDbBlocker, Settings

from purchases.models import (
    Client,
    ExpiryEvent,
    Offer,
    Org,
    Purchase,
    PurchaseEvent,
    SessionEvent,
    SessionRequest,
)
from studio.accounts.pins import verify
from studio.demo.builder import StudioBuilder
from studio.demo.studios import SOUTHSIDE
from studio.management.commands import demo as command
from studio.models import Membership, User
from tests.demo import load_demo
from tests.factories import make_org
from tests.pages import post_action

State = Purchase.State

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    with django_db_blocker.unblock(), transaction.atomic():
        output = load_demo()
        # Check the deferred constraints once, or every test would check all rows again.
        connection.check_constraints()
        yield output
        transaction.set_rollback(True)


@pytest.fixture
def northside(db: None) -> Org:
    return Org.objects.get(slug="northside-pilates")


def rows() -> list[object]:
    tables = [Org, Offer, Client, Purchase, User, Membership]
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def test_two_orgs_and_their_members_are_loaded() -> None:
    orgs = Org.objects.order_by("name")
    assert [
        (org.slug, org.clients.count(), org.purchases.count(), org.memberships.count())
        for org in orgs
    ] == [("northside-pilates", 2000, 6000, 4), ("southside-yoga", 20, 40, 2)]
    assert set(User.objects.values_list("first_name", "memberships__role")) == {
        ("Olivia", "owner"),
        ("Mia", "staff"),
        ("Noah", "staff"),
        ("Ada", "accountant_readonly"),
        ("Otto", "owner"),
    }
    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize("username", ["owner", "desk", "evening", "accountant", "other"])
def test_each_member_can_sign_in(username: str, loaded: str) -> None:
    assert username in loaded
    assert command.PASSWORD in loaded
    assert Browser().login(username=username, password=command.PASSWORD)


@pytest.mark.parametrize("username", ["owner", "desk", "evening"])
def test_members_who_share_the_desk_have_a_pin(username: str, loaded: str) -> None:
    assert command.PIN in loaded
    assert verify(Membership.objects.get(user__username=username), command.PIN)


def test_running_it_twice_changes_nothing() -> None:
    Purchase.objects.filter(sessions_used=1000).update(sessions_used=999)
    User.objects.filter(username="desk").update(password="changed since")
    before = rows()
    load_demo()
    assert rows() == before


def test_running_it_again_restores_a_deleted_user() -> None:
    User.objects.filter(username="accountant").delete()
    load_demo()
    members = Membership.objects.filter(user__username="accountant")
    assert [member.role for member in members] == ["accountant_readonly"] * 2


def test_histories_show_every_operation_by_several_people_over_months(northside: Org) -> None:
    requests = SessionRequest.objects.filter(refusal=None)
    assert {request.operation for request in requests} >= {
        "use",
        "reinstate",
        "undo",
        "extend",
        "transfer",
        "move_use",
        "refund",
        "correct_used",
    }
    assert {request.actor.username for request in requests} == {"desk", "evening", "owner"}
    oldest = min(request.asked_at for request in requests)
    assert timezone.now() - oldest > timedelta(days=120)
    # Each event is at the time of its request, and later than the purchase.
    ledgers: list[Any] = [SessionEvent, ExpiryEvent, PurchaseEvent]
    for ledger in ledgers:
        for event in ledger.objects.filter(request__isnull=False).select_related("request"):
            assert event.occurred_at == event.request.asked_at
            assert event.occurred_at > event.purchase.purchased_at


def test_ledger_of_a_history_is_in_order_of_time(northside: Org) -> None:
    for purchase in northside.purchases.filter(events__request__isnull=False).distinct():
        times = [event.occurred_at for event in purchase.events.order_by("pk")]
        assert times == sorted(times)


def test_ledgers_can_be_changed_by_nobody_after_the_demo_is_loaded(northside: Org) -> None:
    for table in ("session_requests", "session_events", "expiry_events", "purchase_events"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("state", State)
def test_every_filter_of_the_desk_has_purchases(northside: Org, state: Purchase.State) -> None:
    assert northside.purchases.all().in_state(state, timezone.now()).count() > 10


def test_the_first_page_shows_every_state(northside: Org) -> None:
    newest = list(northside.purchases.all().newest_first()[:50])
    for state in State:
        shown = Purchase.objects.in_state(state, timezone.now()).filter(
            id__in=[p.id for p in newest]
        )
        assert shown.exists(), state
    assert {p.payment_status for p in newest} == {*Purchase.PaymentStatus}


def test_packs_of_every_kind_exist(northside: Org) -> None:
    paid = northside.purchases.filter(payment_status="succeeded")
    assert paid.filter(sessions_used=0, sessions_total=10).exists()
    assert paid.filter(sessions_used=5, sessions_total=10).exists()
    assert paid.filter(sessions_used=5, sessions_total=5).exists()
    assert paid.filter(sessions_used=1000, sessions_total=1000).count() == 1
    assert paid.filter(
        sessions_total=10, sessions_remaining=7, client__full_name="Ana Ruiz"
    ).exists()
    assert paid.filter(offer__offer_type="subscription", sessions_total=None).exists()
    assert paid.filter(expires_at=None, sessions_remaining__gt=0).exists()


def test_malformed_rows_of_other_programs_exist(northside: Org) -> None:
    purchases = northside.purchases
    assert purchases.filter(sessions_total=None, sessions_used=3).count() == 1
    assert purchases.filter(sessions_total=10, sessions_used=None).count() == 1
    assert purchases.filter(sessions_used__gt=F("sessions_total")).count() == 1
    assert purchases.filter(payment_status=None).count() == 1
    assert purchases.filter(expires_at__lt=F("purchased_at")).count() == 1
    assert purchases.filter(client__email=None, client__phone=None).count() == 1


@pytest.mark.parametrize(
    "name",
    [
        "Ana Ruiz",
        "José Álvarez",
        "Zoë Óskarsdóttir-Nguyễn",
        "田中 さくら",
        "Siobhán O’Brien",
        "Muhammad al-Khwārizmī",
        "Suharti",
    ],
)
def test_names_of_many_languages_exist(northside: Org, name: str) -> None:
    assert northside.clients.filter(full_name=name).exists()


def test_clients_with_the_same_name_have_different_contacts(northside: Org) -> None:
    assert northside.clients.filter(full_name="Ana Ruiz").count() == 3
    for contact in ("email", "phone"):
        known = northside.clients.exclude(**{contact: None})
        shared = known.values(contact).annotate(clients=Count("pk")).filter(clients__gt=1)
        assert not shared.exists()


def test_every_email_address_is_reserved_for_examples() -> None:
    known = Client.objects.exclude(email=None)
    assert not known.exclude(email__regex=r"^[a-z0-9._]+@example\.(org|com)$").exists()


def test_the_same_day_gives_the_same_rows_and_another_day_the_same_clients() -> None:
    today = datetime(2026, 4, 5, tzinfo=ZoneInfo("Australia/Sydney"))
    builder, again = (command.made_up(SOUTHSIDE, today=today) for _ in range(2))
    tomorrow = command.made_up(SOUTHSIDE, today=today + timedelta(days=1))
    assert bought(builder) == bought(again)
    assert people(builder) == people(again) == people(tomorrow)
    assert [p.id for p in builder.purchases] == [p.id for p in tomorrow.purchases]


def test_a_reinstatement_without_a_reason_never_exceeds_an_allowance(northside: Org) -> None:
    """The demo has allowances for some reasons only, and one of them can be exceeded."""
    browser = Browser()
    browser.force_login(User.objects.get(username="desk"))
    paid = northside.purchases.filter(payment_status="succeeded")
    pack = paid.filter(sessions_used__gte=9).earliest("pk")

    assert [post_action(browser, "reinstate", pack).status_code for _ in range(5)] == [302] * 5
    late = [
        post_action(browser, "reinstate", pack, reason="late_cancel_forgiven") for _ in range(3)
    ]
    assert late[-1].status_code == 409


def test_a_database_with_another_studio_is_refused() -> None:
    make_org(name="Harbour Pilates")
    with pytest.raises(CommandError, match=r"belongs to “Harbour Pilates”.*--force"):
        load_demo()


def test_the_option_force_loads_the_demo_beside_another_studio(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    eastside = replace(SOUTHSIDE, name="Eastside Yoga", slug="eastside-yoga")
    monkeypatch.setattr(command, "STUDIOS", [eastside])
    load_demo(force=True)
    assert Org.objects.get(slug="eastside-yoga").purchases.count() == 40


def test_a_studio_with_the_same_slug_is_never_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    make_org(name="Eastside Yoga")
    eastside = replace(SOUTHSIDE, name="Eastside Yoga", slug="eastside-yoga")
    monkeypatch.setattr(command, "STUDIOS", [eastside])
    with pytest.raises(CommandError, match="has the slug “eastside-yoga”"):
        load_demo(force=True)


def test_a_database_that_somebody_named_is_refused(settings: Settings) -> None:
    settings.DATABASE_URL = "postgresql:///studio"
    User.objects.filter(username="accountant").delete()
    with pytest.raises(CommandError, match="for the embedded database only"):
        call_command("demo", force=True)
    assert not User.objects.filter(username="accountant").exists()


def test_the_option_if_empty_does_nothing_in_a_database_with_a_studio() -> None:
    make_org(name="Harbour Pilates")
    before = rows()
    assert load_demo(if_empty=True) == ""
    assert rows() == before


def people(builder: StudioBuilder) -> list[tuple[object, ...]]:
    return [(c.id, c.full_name, c.email, c.phone) for c in builder.clients]


def bought(builder: StudioBuilder) -> list[tuple[object, ...]]:
    return [
        (p.id, p.client_id, p.offer_id, p.sessions_used, p.purchased_at, p.expires_at)
        for p in builder.purchases
    ]
