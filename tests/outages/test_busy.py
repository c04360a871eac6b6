"""A row that somebody else holds: a press waits for it for a moment, gives up, and says so.

Nothing here measures time. What ends a wait is told by its SQLSTATE; `PATIENCE` only keeps a test
that would wait for ever from doing so.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from purchases import operations
from purchases.models import Org, Purchase, SessionEvent, SessionRequest
from studio.models import User
from tests.database import PATIENCE, another_connection
from tests.factories import make_purchase
from tests.ledger import reinstated_by
from tests.outages.postgres import Postgres
from tests.outages.site import Person, Site, form_for, forms_on, signed_in
from tests.pages import LIST, words_on
from tests.purchase_kinds import used

pytestmark = pytest.mark.django_db(transaction=True)

LOCK_NOT_AVAILABLE = "55P03"
UNCONFIRMED = "We could not confirm this yet. It is safe to try again."


@pytest.fixture
def at_the_desk(mia: User) -> Client:
    """As the site would answer, errors included."""
    browser = Client(raise_request_exception=False)
    browser.force_login(mia)
    return browser


@contextmanager
def somebody_else_holds(purchase: Purchase) -> Iterator[None]:
    with another_connection() as other:
        other.execute("BEGIN")
        other.execute("SELECT FROM client_purchases WHERE id = %s FOR UPDATE", [purchase.pk])
        yield
        other.execute("ROLLBACK")


def sqlstate_of(response: Any) -> str | None:
    """What the database said to the press that got this answer of the test client."""
    _, error, _ = response.exc_info
    assert isinstance(error.__cause__, psycopg.Error)
    return error.__cause__.sqlstate


def press(browser: Client, path: str, request_id: UUID) -> Any:
    return browser.post(path, {"request_id": str(request_id), "next": LIST}, follow=True)


@pytest.mark.parametrize(("act", "left_used"), [("reinstate", 1), ("use", 3), ("undo", 3)])
def test_a_press_on_a_row_that_is_held_gives_up_and_counts_once_when_repeated(
    at_the_desk: Client, mia: User, northside: Org, act: str, left_used: int
) -> None:
    purchase = make_purchase(org=northside, used=3)
    event = reinstated_by(mia, purchase)
    target = event.pk if act == "undo" else purchase.pk
    path, request_id = reverse(f"purchases:{act}", args=[target]), uuid4()

    with somebody_else_holds(purchase):
        gave_up = press(at_the_desk, path, request_id)

    assert (gave_up.status_code, sqlstate_of(gave_up)) == (503, LOCK_NOT_AVAILABLE)
    assert UNCONFIRMED in words_on(gave_up)
    assert used(purchase) == 2
    assert not SessionRequest.objects.filter(pk=request_id).exists()
    (form,) = forms_on(gave_up)
    for _ in range(2):
        again = at_the_desk.post(form.action, form.fields, follow=True)
        assert again.status_code == 200
        assert f"{left_used} of 10 used." in words_on(again)
    assert used(purchase) == left_used
    assert SessionEvent.objects.filter(request_id=request_id).count() == 1


@pytest.mark.parametrize("first_one", ["commits", "is rolled back"])
def test_a_second_arrival_gives_up_waiting_for_the_first_and_gets_its_answer_when_repeated(
    at_the_desk: Client, mia: User, northside: Org, first_one: str
) -> None:
    purchase = make_purchase(org=northside, used=3)
    path, request_id = reverse("purchases:reinstate", args=[purchase.pk]), uuid4()

    def second_arrival() -> Any:
        try:
            return press(at_the_desk, path, request_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        operations.reinstate(member=mia.membership, purchase=purchase, request_id=request_id)
        gave_up = pool.submit(second_arrival).result(timeout=PATIENCE)
        transaction.set_rollback(first_one != "commits")

    assert (gave_up.status_code, sqlstate_of(gave_up)) == (503, LOCK_NOT_AVAILABLE)
    assert used(purchase) == (2 if first_one == "commits" else 3)
    (form,) = forms_on(gave_up)
    again = at_the_desk.post(form.action, form.fields, follow=True)
    assert "Session reinstated for Ana Ruiz. 2 of 10 used." in words_on(again)
    assert used(purchase) == 2
    assert SessionEvent.objects.filter(request_id=request_id).count() == 1


def test_no_worker_stays_stuck(site: Site, mia: User, northside: Org) -> None:
    """As many presses at once as would take the site's only thread for good, if one could."""
    purchase, free = make_purchase(org=northside), make_purchase(org=northside)
    people = [Person(site, signed_in(mia)) for _ in range(3)]
    pages = [person.get() for person in people]
    forms = [form_for(page, "use", purchase.pk) for page in pages]
    answers: list[Future[HttpResponse]] = []

    with ThreadPoolExecutor(len(people)) as pool, somebody_else_holds(purchase):
        for person, form in zip(people, forms, strict=True):
            answers.append(pool.submit(person.press, form))
        gave_up = [answer.result(timeout=PATIENCE) for answer in answers]
        assert [page.status_code for page in gave_up] == [503] * 3
        assert people[0].get().status_code == 200
        assert "4 of 10 used." in words_on(people[0].press(form_for(pages[0], "use", free.pk)))
        assert site.healthz() == (200, {"database": "ok"})

    for person, page in zip(people, gave_up, strict=True):
        (form,) = forms_on(page)
        assert person.press(form).status_code == 200
    assert used(purchase) == 6


def test_a_page_that_waits_for_a_whole_table_gives_up_too(
    own_site: Site, postgres: Postgres, studio: dict[str, Any]
) -> None:
    """By the settings of the role studio_app: a migration may hold the table."""
    person = Person(own_site, studio["cookies"])
    with psycopg.connect(postgres.url) as migration:
        migration.execute("LOCK TABLE client_purchases IN ACCESS EXCLUSIVE MODE")
        page = person.get()
        assert page.status_code == 503
        assert "The database does not answer." in words_on(page)
        assert own_site.healthz() == (200, {"database": "ok"})
    assert person.get().status_code == 200
