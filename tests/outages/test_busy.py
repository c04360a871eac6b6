"""An action on a locked row waits until its lock timeout, then shows an error.

No test here measures time. The SQLSTATE proves which timeout ended the wait. `PATIENCE` only stops
a test that would wait for ever.
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
from purchases.operations.commands import Reinstate
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
def tolerant_desk(mia: User) -> Client:
    """Mia's browser, which returns error responses instead of raising."""
    browser = Client(raise_request_exception=False)
    browser.force_login(mia)
    return browser


@contextmanager
def locked_by_another_transaction(purchase: Purchase) -> Iterator[None]:
    with another_connection() as other:
        other.execute("BEGIN")
        other.execute("SELECT FROM client_purchases WHERE id = %s FOR UPDATE", [purchase.pk])
        yield
        other.execute("ROLLBACK")


def sqlstate_of(response: Any) -> str | None:
    """Return the SQLSTATE of the error behind this response."""
    _, error, _ = response.exc_info
    assert isinstance(error.__cause__, psycopg.Error)
    return error.__cause__.sqlstate


def send_action(browser: Client, path: str, request_id: UUID) -> Any:
    return browser.post(path, {"request_id": str(request_id), "next": LIST}, follow=True)


@pytest.mark.parametrize(("action", "left_used"), [("reinstate", 1), ("use", 3), ("undo", 3)])
def test_action_on_a_locked_row_times_out_and_a_retry_counts_once(
    tolerant_desk: Client, mia: User, northside: Org, action: str, left_used: int
) -> None:
    purchase = make_purchase(org=northside, used=3)
    event = reinstated_by(mia, purchase)
    target = event.pk if action == "undo" else purchase.pk
    path, request_id = reverse(f"purchases:{action}", args=[target]), uuid4()

    with locked_by_another_transaction(purchase):
        timed_out = send_action(tolerant_desk, path, request_id)

    assert (timed_out.status_code, sqlstate_of(timed_out)) == (503, LOCK_NOT_AVAILABLE)
    assert UNCONFIRMED in words_on(timed_out)
    assert used(purchase) == 2
    assert not SessionRequest.objects.filter(pk=request_id).exists()
    (form,) = forms_on(timed_out)
    for _ in range(2):
        again = tolerant_desk.post(form.action, form.fields, follow=True)
        assert again.status_code == 200
        assert f"{10 - left_used} of 10 left." in words_on(again)
    assert used(purchase) == left_used
    assert SessionEvent.objects.filter(request_id=request_id).count() == 1


@pytest.mark.parametrize("first_request", ["commits", "is rolled back"])
def test_repeated_request_times_out_behind_the_first_and_a_retry_replays_it(
    tolerant_desk: Client, mia: User, northside: Org, first_request: str
) -> None:
    purchase = make_purchase(org=northside, used=3)
    path, request_id = reverse("purchases:reinstate", args=[purchase.pk]), uuid4()

    def send_repeated_request() -> Any:
        try:
            return send_action(tolerant_desk, path, request_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        operations.reinstate(
            member=mia.membership, purchase=purchase, command=Reinstate(request_id=request_id)
        )
        timed_out = pool.submit(send_repeated_request).result(timeout=PATIENCE)
        transaction.set_rollback(first_request != "commits")

    assert (timed_out.status_code, sqlstate_of(timed_out)) == (503, LOCK_NOT_AVAILABLE)
    assert used(purchase) == (2 if first_request == "commits" else 3)
    (form,) = forms_on(timed_out)
    again = tolerant_desk.post(form.action, form.fields, follow=True)
    assert "Session reinstated for Ana Ruiz. 8 of 10 left." in words_on(again)
    assert used(purchase) == 2
    assert SessionEvent.objects.filter(request_id=request_id).count() == 1


def test_workers_do_not_stay_blocked(site: Site, mia: User, northside: Org) -> None:
    """Send enough concurrent requests to block each thread of the site, if none timed out."""
    purchase, free = make_purchase(org=northside), make_purchase(org=northside)
    people = [Person(site, signed_in(mia)) for _ in range(3)]
    pages = [person.get() for person in people]
    forms = [form_for(page, "use", purchase.pk) for page in pages]
    answers: list[Future[HttpResponse]] = []

    with ThreadPoolExecutor(len(people)) as pool, locked_by_another_transaction(purchase):
        for person, form in zip(people, forms, strict=True):
            answers.append(pool.submit(person.submit, form))
        timed_out = [answer.result(timeout=PATIENCE) for answer in answers]
        assert [page.status_code for page in timed_out] == [503] * 3
        assert people[0].get().status_code == 200
        assert "6 of 10 left." in words_on(people[0].submit(form_for(pages[0], "use", free.pk)))
        assert site.healthz() == (200, {"database": "ok"})

    for person, page in zip(people, timed_out, strict=True):
        (form,) = forms_on(page)
        assert person.submit(form).status_code == 200
    assert used(purchase) == 6


def test_page_behind_a_table_lock_times_out(
    own_site: Site, postgres: Postgres, studio: dict[str, Any]
) -> None:
    """The timeouts are settings of the role studio_app. A migration may lock the table."""
    person = Person(own_site, studio["cookies"])
    with psycopg.connect(postgres.url) as migration:
        migration.execute("LOCK TABLE client_purchases IN ACCESS EXCLUSIVE MODE")
        page = person.get()
        assert page.status_code == 503
        assert "The database does not answer." in words_on(page)
        assert own_site.healthz() == (200, {"database": "ok"})
    assert person.get().status_code == 200
