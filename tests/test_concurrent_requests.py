"""Idempotent requests under concurrency: 30 requests with the same id have one effect.

They go through the real views, each thread with its own database connection. The negative control
looks the id up first and stores it last, and must fail.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http.response import HttpResponseBase
from django.urls import reverse

from purchases import operations
from purchases.member import Member
from purchases.models import Purchase, SessionRequest
from purchases.operations import sessions
from studio.models import User
from tests.concurrent_browsers import ConcurrentBrowsers, PostRequest
from tests.database import PATIENCE, value
from tests.factories import make_client, make_offer, make_purchase
from tests.ledger import changes, newest, reinstated_by, used_by
from tests.pages import html_of, normalized
from tests.thorough import times

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 30
# Each of the nine kinds twice: by htmx and without.
ROUNDS = times(18, thorough=50)


@dataclass(frozen=True)
class RepeatedRequest:
    """A request that all browsers post, and the events that it must record once."""

    path: str
    fields: dict[str, str]
    pack: Purchase
    expected: list[tuple[str, int, int]]

    @property
    def post(self) -> PostRequest:
        return self.path, self.fields


def repeated_requests(mia: User) -> Iterator[RepeatedRequest]:
    """Yield requests of each kind in turn, each for a new pack."""
    org = mia.membership.org
    client, offer = make_client(org=org), make_offer(org=org)

    def to(
        action: str, used: int, *expected: tuple[str, int, int], **columns: Any
    ) -> RepeatedRequest:
        pack = make_purchase(org=org, client=client, offer=offer, used=used, **columns)
        path = reverse(f"purchases:{action}", args=[pack.pk])
        return RepeatedRequest(path, {"request_id": str(uuid4())}, pack, [*expected])

    while True:
        yield to("reinstate", 3, ("reinstated", -1, 2))
        yield to("reinstate", 1, ("reinstated", -1, 0))
        yield to("use", 3, ("used", 1, 4))
        yield to("use", 9, ("used", 1, 10))
        yield to("reinstate", 0)
        yield to("use", 10)
        yield to("reinstate", 3, payment_status="refunded")

        request = to("reinstate", 3)
        visit = used_by(mia, request.pack)
        request.fields["event"] = str(visit.pk)
        request.expected.extend([("used", 1, 4), ("reinstated", -1, 3)])
        yield request

        request = to("use", 3, ("reinstated", -1, 2), ("undone", 1, 3))
        path = reverse("purchases:undo", args=[reinstated_by(mia, request.pack).pk])
        yield RepeatedRequest(path, request.fields, request.pack, request.expected)


@pytest.fixture
def desks(mia: User) -> Iterator[ConcurrentBrowsers]:
    desks = ConcurrentBrowsers(mia, DESKS)
    yield desks
    desks.close()


def faults(request: RepeatedRequest, answers: list[HttpResponseBase]) -> list[str]:
    """Return what is wrong: nothing if the request counted once and all responses are equal."""
    messages = []
    if any(answer.status_code >= 500 for answer in answers):
        messages.append("a response is an error")
    if (
        len(
            {(answer.status_code, answer.get("Location"), content_of(answer)) for answer in answers}
        )
        > 1
    ):
        messages.append("the responses differ")
    if changes(request.pack) != request.expected:
        messages.append(f"{changes(request.pack)} and not {request.expected}")
    return messages


def content_of(answer: HttpResponseBase) -> str:
    return normalized(html_of(answer))


def test_concurrent_requests_with_the_same_id_count_once_and_get_the_same_answer(
    mia: User, desks: ConcurrentBrowsers
) -> None:
    for number, request in enumerate(islice(repeated_requests(mia), ROUNDS)):
        answers = desks.all_at_once([request.post] * DESKS, htmx=number % 2 == 0)
        assert faults(request, answers) == [], request
        refused = newest(request.pack).kind == "opened"
        expected = 409 if refused else 200 if number % 2 == 0 else 302
        assert answers[0].status_code == expected


def naive(all_have_read: Barrier) -> Callable[..., operations.Done]:
    """Return an operation that looks the id up, acts, and stores the id.

    All callers look the id up before the first one acts.
    """

    def look_up_and_act(
        operation: SessionRequest.Operation,
        member: Member,
        purchase: Purchase,
        request_id: UUID,
        refusal: object,
        **arguments: object,
    ) -> operations.Done:
        known = SessionRequest.objects.filter(pk=request_id).exists()
        all_have_read.wait(PATIENCE)
        if known:
            raise AssertionError("no caller can have stored the id yet")
        used = value("SELECT public.release_session(%s)", purchase.pk)
        SessionRequest.objects.create(
            pk=request_id, operation=operation, purchase=purchase, actor_id=member.user_id
        )
        purchase.show_count(used)
        return operations.Done(used, newest(purchase).pk)

    return look_up_and_act


def test_the_naive_way_counts_more_than_once_and_returns_errors(
    mia: User, desks: ConcurrentBrowsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = next(repeated_requests(mia))
    monkeypatch.setattr(sessions, "_claim_and_change", naive(Barrier(DESKS)))

    messages = faults(request, desks.all_at_once([request.post] * DESKS, htmx=True))

    assert messages[:2] == ["a response is an error", "the responses differ"]
    assert changes(request.pack)[0] == ("reinstated", -1, 2)
    assert len(changes(request.pack)) > 1
