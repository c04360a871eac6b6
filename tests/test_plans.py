"""Query plans of each page at 100,000 purchases.

No plan scans a whole table, or reads many more rows than the page shows.
"""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from benchmarks import generate_command
from purchases import live_updates, queries
from purchases.cancelled_class import matching
from purchases.cancelled_class.parser import PastedPerson
from purchases.models import ClientSearchTerm, Org, Purchase, PurchaseQuerySet
from purchases.queries import search
from studio.database import grants
from studio.models import User
from tests.database import acting_as, rows, see
from tests.pages import rows_on
from tests.plans import FEW, Query, blocks_read, queries_recorded, read_whole, rows_read, steps

# test_generate checks the ledger of the generated rows. Checking it again after each test would
# take longer than the tests.
pytestmark = [pytest.mark.django_db, pytest.mark.breaks_the_ledger]

SIZE = 100_000
# The maximum of rows and of blocks that a query may read. A search reads all matching terms, then
# either the purchases of few clients or the list.
MAX_OF_A_PAGE = 10_000
MAX_OF_A_SEARCH = 40_000
SEARCHES = [
    *("a", "m", "jo", "mar", "smit", "s j", "x y", "ana ru", "maria.lopez", "q", "@", "234"),
    *("a 7", "lopez 5 a", "lopez a", "a b c d", "maria lopez perez garcia", "a b c d e f g h"),
]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        # Without VACUUM, broken HOT chains would hide rebuilt indexes from this transaction.
        rows("VACUUM")
    with django_db_blocker.unblock(), transaction.atomic():
        call_command(generate_command.Command(), "--purchases", str(SIZE), verbosity=0)
        connection.check_constraints()
        grants.set_up(connection)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def studio(db: None) -> Org:
    return Org.objects.get(slug=f"generated-{SIZE}-1")


@pytest.fixture
def desk(studio: Org, signed_in: Callable[[User], Browser]) -> Browser:
    return signed_in(User.objects.get(username=studio.slug))


@pytest.fixture(autouse=True)
def as_studio_app(desk: Browser, studio: Org) -> Iterator[None]:
    """Plan each query with the policies of row level security."""
    with acting_as(grants.APP):
        see(studio)
        yield


def list_of(studio: Org, state: Purchase.State) -> PurchaseQuerySet:
    listed = Purchase.objects.of_org(studio.pk).in_state(state, timezone.now())
    return listed.in_order_of(state).with_sort_key(state)


def assert_reads_at_most(limit: int, executed: list[Query]) -> None:
    """Check that no query scans a table, or reads more rows or blocks than the limit."""
    assert executed
    for query in executed:
        plan = query.plan()
        assert read_whole(plan) == set(), query.sql
        assert rows_read(plan) <= limit, query.sql
        assert blocks_read(plan) <= limit, query.sql


@pytest.mark.parametrize("state", Purchase.State)
@pytest.mark.parametrize("share", [0, 0.5, 0.9, 1], ids=["first", "half way", "late", "last"])
def test_every_filter_and_page_of_the_desk_reads_few_rows(
    studio: Org, desk: Browser, state: Purchase.State, share: float
) -> None:
    """Few purchases of a state are found by an index, without reading all others."""
    listed = list_of(studio, state)
    last = listed.count() - 2
    place = queries.Place.of(listed[int(last * share)]) if share else ""

    with queries_recorded() as executed:
        response = desk.get("/purchases/", {"state": state, "after": str(place)})
    assert response.status_code == 200
    assert rows_on(response)
    assert len(executed) <= 4
    assert_reads_at_most(MAX_OF_A_PAGE, executed)


@pytest.mark.parametrize("state", [Purchase.State.EXPIRING, Purchase.State.EXPIRED])
@pytest.mark.parametrize("share", [0, 0.5, 1], ids=["first", "half way", "last"])
def test_a_list_by_expiry_reads_its_own_rows(
    studio: Org, desk: Browser, state: Purchase.State, share: float
) -> None:
    listed = list_of(studio, state)
    place = queries.Place.of(listed[int((listed.count() - 2) * share)]) if share else ""

    with queries_recorded() as executed:
        assert desk.get("/purchases/", {"state": state, "after": str(place)}).status_code == 200
    assert_reads_at_most(1_000, executed)


@pytest.mark.parametrize("words", SEARCHES)
@pytest.mark.parametrize("state", Purchase.State)
def test_a_search_reads_few_rows(
    studio: Org, desk: Browser, state: Purchase.State, words: str
) -> None:
    with queries_recorded() as executed:
        assert desk.get("/purchases/", {"q": words, "state": state}).status_code == 200
    assert len(executed) <= 6
    assert_reads_at_most(MAX_OF_A_SEARCH, executed)


@pytest.mark.parametrize(
    ("few", "many"), [(0, SIZE), (-1, 0)], ids=["hash of clients", "lookup per client"]
)
def test_a_search_scans_the_list_by_an_index_only_scan(
    studio: Org, desk: Browser, monkeypatch: pytest.MonkeyPatch, few: int, many: int
) -> None:
    """The table is read only for the page, however many clients match."""
    for name, terms in {"RARE": -1, "FEW": few, "MANY": many}.items():
        monkeypatch.setattr(search, name, terms)
    with queries_recorded() as executed:
        assert rows_on(desk.get("/purchases/", {"q": "jo"}))
    scans = [
        step
        for query in executed
        for step in steps(query.plan())
        if step.get("Index Name") == "purchases_newest_first" and step["Actual Loops"]
    ]
    assert [step["Node Type"] for step in scans] == ["Index Only Scan"]


def test_a_search_for_clients_without_purchases_reads_few_rows(studio: Org, desk: Browser) -> None:
    for name in ("Zyx One", "Zyx Two"):
        studio.clients.create(full_name=name)
    with queries_recorded() as executed:
        assert "Zyx Two" in desk.get("/purchases/", {"q": "zyx"}).content.decode()
    assert_reads_at_most(500, executed)


def test_the_numbers_of_the_first_page_read_few_rows(studio: Org) -> None:
    with queries_recorded() as executed:
        numbers = queries.overview(studio.pk)
    assert numbers.expiring
    assert numbers.unpaid
    assert_reads_at_most(2_000, executed)
    indexes = {step.get("Index Name") for step in steps(executed[0].plan())}
    assert {"purchases_unpaid", "purchases_by_expiry", "session_events_reinstated"} <= indexes


def test_a_search_for_a_name_and_a_letter_reads_only_the_terms_of_the_name(
    studio: Org, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of thousands of terms may begin with a single letter."""
    monkeypatch.setattr(search, "RARE", -1)
    terms_of_the_name = studio.clients.filter(search_terms__term__startswith="jo").count()
    with queries_recorded() as executed:
        assert rows_on(desk.get("/purchases/", {"q": "jo a"}))
    read = [
        step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
        for query in executed
        for step in steps(query.plan())
        if step.get("Relation Name") == "client_search_terms" and step["Actual Loops"]
    ]
    assert max(read) == terms_of_the_name


def test_a_search_for_two_names_looks_up_only_clients_with_both_initials(
    studio: Org, desk: Browser
) -> None:
    terms = ClientSearchTerm.objects.filter(client__org=studio, term__startswith="jo")
    with_both = terms.filter(term__regex=" .*m").count()
    assert 0 < with_both < terms.count() < search.RARE
    with queries_recorded() as executed:
        assert rows_on(desk.get("/purchases/", {"q": "jo ma"}))
    lookups = [
        step["Actual Loops"]
        for query in executed
        for step in steps(query.plan())
        if step.get("Index Name") == "client_search_terms_of_a_client" and step["Actual Loops"]
    ]
    assert lookups == [with_both]


def test_a_search_with_few_results_reads_few_rows(studio: Org, desk: Browser) -> None:
    client = studio.clients.exclude(email=None).earliest("pk")
    assert client.email
    assert client.phone
    for words in (client.email, client.phone):
        with queries_recorded() as executed:
            assert client.full_name in desk.get("/purchases/", {"q": words}).content.decode()
        assert_reads_at_most(500, executed)


def test_details_rows_and_live_updates_read_few_rows(studio: Org, desk: Browser) -> None:
    purchase = studio.purchases.filter(sessions_used__gt=0).earliest("pk")
    session_key = desk.cookies[settings.SESSION_COOKIE_NAME].value
    token = live_updates.token(studio.pk, session_key)
    # The loaded rows are not committed, so they would always count as changed. Poll with a snapshot
    # that includes this transaction.
    [(next_transaction,)] = rows("SELECT pg_current_xact_id()::text::bigint + 1")
    snapshot = f"{next_transaction}:{next_transaction}:"
    with queries_recorded() as executed:
        assert desk.get(f"/clients/{purchase.client_id}/").status_code == 200
        assert desk.get(f"/purchases/{purchase.pk}/").status_code == 200
        assert desk.get(f"/purchases/rows/?ids={purchase.pk}").status_code == 200
        headers = {"Live-Token": token, "If-None-Match": snapshot}
        assert desk.get("/purchases/changes/", headers=headers).status_code == 304
    assert_reads_at_most(500, executed)


def test_a_reinstatement_reads_few_rows(studio: Org, desk: Browser) -> None:
    purchase = studio.purchases.filter(sessions_used__gt=0, payment_status="succeeded").first()
    assert purchase
    with queries_recorded() as executed:
        data = {"request_id": str(uuid4())}
        answer = desk.post(
            f"/purchases/{purchase.pk}/reinstate/", data, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
    # 1. the session with its users 2. the purchase 3. the operation, in one statement
    assert len(executed) == 3
    # EXPLAIN ANALYZE of the last statement would reinstate again.
    assert_reads_at_most(FEW, executed[:-1])


@pytest.mark.parametrize("words", ["a", "mar", "s j"])
def test_a_search_for_clients_of_a_cancelled_class_reads_few_rows(studio: Org, words: str) -> None:
    """Only a few of the many matching clients are read."""
    with queries_recorded() as executed:
        matched = matching.match(org_id=studio.pk, named=[], q=words, ticked=[])
    assert matched.found_more
    assert_reads_at_most(MAX_OF_A_PAGE, executed)


def test_pasted_names_of_a_cancelled_class_read_few_rows(studio: Org) -> None:
    people = studio.clients.exclude(email=None).order_by("pk")[:20]
    named = [
        PastedPerson(client.full_name, client.full_name, client.email or "") for client in people
    ]
    with queries_recorded() as executed:
        matching.match(org_id=studio.pk, named=named, q="", ticked=[])
    assert_reads_at_most(MAX_OF_A_SEARCH, executed)


def test_the_check_finds_a_sequential_scan(studio: Org) -> None:
    """The negative control: a search by LIKE, as Django's admin does it, scans the table."""
    with queries_recorded() as executed:
        list(Purchase.objects.filter(client__full_name__icontains="zoe").order_by("pk")[:10_000])
    with pytest.raises(AssertionError):
        assert_reads_at_most(MAX_OF_A_SEARCH, executed)


def test_the_table_has_statistics() -> None:
    """Without statistics, the planner would guess and the plans would prove nothing."""
    [(purchases,)] = rows("SELECT reltuples FROM pg_class WHERE relname = 'client_purchases'")
    assert purchases >= SIZE
