"""What PostgreSQL reads for each page, where a studio has 100,000 purchases: never a whole table,
and never many more rows than the page shows."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from benchmarks import generate_command
from purchases import live_updates, queries
from purchases.cancelled_class import matching
from purchases.cancelled_class.parser import PastedPerson
from purchases.models import ClientSearchTerm, Org, Purchase
from purchases.queries import search
from studio.models import User
from tests.database import rows
from tests.pages import rows_on
from tests.plans import FEW, Query, blocks_read, queries_recorded, read_whole, rows_read, steps

# The rows are the generated ones, which test_generate looks after; to add them up again after each
# of these tests would take longer than the tests.
pytestmark = [pytest.mark.django_db, pytest.mark.breaks_the_ledger]

SIZE = 100_000
# Of rows, and of pages of the disk. A search reads the terms that begin with each word, and the
# purchases of few clients or the list in its order until a page is full.
A_PAGE = 10_000
A_SEARCH = 40_000
SEARCHES = [
    *("a", "m", "jo", "mar", "smit", "s j", "x y", "ana ru", "maria.lopez", "q", "@", "234"),
    *("a 7", "lopez 5 a", "lopez a", "a b c d", "maria lopez perez garcia", "a b c d e f g h"),
]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        # Where a row was updated in its page before, an index made anew serves nobody who is in the
        # transaction that makes it.
        rows("VACUUM")
    with django_db_blocker.unblock(), transaction.atomic():
        call_command(generate_command.Command(), "--purchases", str(SIZE), verbosity=0)
        connection.check_constraints()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def studio(db: None) -> Org:
    return Org.objects.get(slug=f"generated-{SIZE}-1")


@pytest.fixture
def desk(studio: Org, signed_in: Callable[[User], Browser]) -> Browser:
    return signed_in(User.objects.get(username=studio.slug))


def look_at(asked: list[Query], at_most: int) -> None:
    assert asked
    for query in asked:
        plan = query.plan()
        assert read_whole(plan) == set(), query.sql
        assert rows_read(plan) <= at_most, query.sql
        assert blocks_read(plan) <= at_most, query.sql


@pytest.mark.parametrize("state", Purchase.State)
@pytest.mark.parametrize("share", [0, 0.5, 0.9, 1], ids=["first", "half way", "late", "last"])
def test_the_desk_in_every_state_on_every_page(
    studio: Org, desk: Browser, state: Purchase.State, share: float
) -> None:
    """However few there are of a state, none is looked for among all the others."""
    listed = studio.purchases.all().in_state(state, timezone.now()).in_order_of(state)
    last = listed.count() - 2
    place = queries.Place.of(listed[int(last * share)], state) if share else ""

    with queries_recorded() as asked:
        response = desk.get("/purchases/", {"state": state, "after": str(place)})
    assert response.status_code == 200
    assert rows_on(response)
    assert len(asked) <= 4
    look_at(asked, A_PAGE)


@pytest.mark.parametrize("state", [Purchase.State.EXPIRING, Purchase.State.EXPIRED])
@pytest.mark.parametrize("share", [0, 0.5, 1], ids=["first", "half way", "last"])
def test_a_list_by_expiry_reads_its_own_rows(
    studio: Org, desk: Browser, state: Purchase.State, share: float
) -> None:
    listed = studio.purchases.all().in_state(state, timezone.now()).in_order_of(state)
    place = queries.Place.of(listed[int((listed.count() - 2) * share)], state) if share else ""

    with queries_recorded() as asked:
        assert desk.get("/purchases/", {"state": state, "after": str(place)}).status_code == 200
    look_at(asked, 1_000)


@pytest.mark.parametrize("words", SEARCHES)
@pytest.mark.parametrize("state", Purchase.State)
def test_a_search(studio: Org, desk: Browser, state: Purchase.State, words: str) -> None:
    with queries_recorded() as asked:
        assert desk.get("/purchases/", {"q": words, "state": state}).status_code == 200
    assert len(asked) <= 5
    look_at(asked, A_SEARCH)


@pytest.mark.parametrize(("few", "many"), [(0, SIZE), (-1, 0)], ids=["held", "asked"])
def test_a_search_goes_through_the_list_in_the_index_alone(
    studio: Org, desk: Browser, monkeypatch: pytest.MonkeyPatch, few: int, many: int
) -> None:
    """However many clients it finds; the table itself is read for the page alone."""
    for name, terms in {"RARE": -1, "FEW": few, "MANY": many}.items():
        monkeypatch.setattr(search, name, terms)
    with queries_recorded() as asked:
        assert rows_on(desk.get("/purchases/", {"q": "jo"}))
    walks = [
        step
        for query in asked
        for step in steps(query.plan())
        if step.get("Index Name") == "purchases_newest_first" and step["Actual Loops"]
    ]
    assert [step["Node Type"] for step in walks] == ["Index Only Scan"]


def test_a_search_for_a_letter_beside_a_name_reads_the_terms_of_the_name_alone(
    studio: Org, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of thousands may begin with the letter."""
    monkeypatch.setattr(search, "RARE", -1)
    of_the_name = studio.clients.filter(search_terms__term__startswith="jo").count()
    with queries_recorded() as asked:
        assert rows_on(desk.get("/purchases/", {"q": "jo a"}))
    read = [
        step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
        for query in asked
        for step in steps(query.plan())
        if step.get("Relation Name") == "client_search_terms" and step["Actual Loops"]
    ]
    assert max(read) == of_the_name


def test_a_search_for_two_names_asks_the_clients_with_both_first_letters(
    studio: Org, desk: Browser
) -> None:
    terms = ClientSearchTerm.objects.filter(client__org=studio, term__startswith="jo")
    with_both = terms.filter(term__regex=" .*m").count()
    assert 0 < with_both < terms.count() < search.RARE
    with queries_recorded() as asked:
        assert rows_on(desk.get("/purchases/", {"q": "jo ma"}))
    asked_by_client = [
        step["Actual Loops"]
        for query in asked
        for step in steps(query.plan())
        if step.get("Index Name") == "client_search_terms_of_a_client" and step["Actual Loops"]
    ]
    assert asked_by_client == [with_both]


def test_a_search_that_finds_few_reads_few(studio: Org, desk: Browser) -> None:
    client = studio.clients.exclude(email=None).earliest("pk")
    assert client.email
    assert client.phone
    for words in (client.email, client.phone):
        with queries_recorded() as asked:
            assert client.full_name in desk.get("/purchases/", {"q": words}).content.decode()
        look_at(asked, 500)


def test_a_client_a_purchase_and_the_news(studio: Org, desk: Browser) -> None:
    purchase = studio.purchases.filter(sessions_used__gt=0).earliest("pk")
    token = live_updates.token(studio.pk)
    # What was loaded is not committed, and would be news for ever: the next transaction looks.
    [(next_transaction,)] = rows("SELECT pg_current_xact_id()::text::bigint + 1")
    snapshot = f"{next_transaction}:{next_transaction}:"
    with queries_recorded() as asked:
        assert desk.get(f"/clients/{purchase.client_id}/").status_code == 200
        assert desk.get(f"/purchases/{purchase.pk}/").status_code == 200
        assert desk.get(f"/purchases/rows/?ids={purchase.pk}").status_code == 200
        headers = {"Live-Token": token, "If-None-Match": snapshot}
        assert desk.get("/purchases/changes/", headers=headers).status_code == 304
    look_at(asked, 500)


def test_a_press(studio: Org, desk: Browser) -> None:
    purchase = studio.purchases.filter(sessions_used__gt=0, payment_status="succeeded").first()
    assert purchase
    with queries_recorded() as asked:
        press = {"request_id": str(uuid4())}
        answer = desk.post(
            f"/purchases/{purchase.pk}/reinstate/", press, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
    # The session with its people, the purchase, and the act in one statement.
    assert len(asked) == 3
    # The last one would do it all again.
    look_at(asked[:-1], FEW)


@pytest.mark.parametrize("words", ["a", "mar", "s j"])
def test_a_search_for_people_of_a_cancelled_class(studio: Org, words: str) -> None:
    """Of the many whom it finds, it looks at a few."""
    with queries_recorded() as asked:
        matched = matching.match(org_id=studio.pk, named=[], q=words, ticked=[])
    assert matched.found_more
    look_at(asked, A_PAGE)


def test_the_people_of_a_cancelled_class(studio: Org) -> None:
    people = studio.clients.exclude(email=None).order_by("pk")[:20]
    named = [PastedPerson(each.full_name, each.full_name, each.email or "") for each in people]
    with queries_recorded() as asked:
        matching.match(org_id=studio.pk, named=named, q="", ticked=[])
    look_at(asked, A_SEARCH)


def test_a_page_that_reads_a_whole_table_is_noticed(studio: Org) -> None:
    """The same look at what Django's admin would ask."""
    with queries_recorded() as asked:
        list(Purchase.objects.filter(client__full_name__icontains="zoe").order_by("pk")[:10_000])
    with pytest.raises(AssertionError):
        look_at(asked, A_SEARCH)


def test_the_statistics_are_there() -> None:
    """Without them every plan here would be a guess."""
    [(purchases,)] = rows("SELECT reltuples FROM pg_class WHERE relname = 'client_purchases'")
    assert purchases >= SIZE
