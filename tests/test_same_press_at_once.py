"""The same press, thirty times at the same moment: one effect, and thirty equal answers.

Real requests through the real views, each thread with a database connection of its own. The naive
way, which looks the id up first and keeps it last, has to fail here, or this would prove nothing.
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
from tests.concurrent_browsers import Desks, Sent
from tests.database import PATIENCE, value
from tests.factories import make_client, make_offer, make_purchase
from tests.ledger import changes, newest, reinstated_by, used_by
from tests.pages import html_of, lasting

pytestmark = pytest.mark.django_db(transaction=True)

DESKS = 30
ROUNDS = 50


@dataclass(frozen=True)
class Press:
    """What is sent by all at once, and the changes that it may make, once."""

    path: str
    fields: dict[str, str]
    pack: Purchase
    expected: list[tuple[str, int, int]]

    @property
    def sent(self) -> Sent:
        return self.path, self.fields


def presses(mia: User) -> Iterator[Press]:
    """One of each sort, over and over, each on a pack of its own."""
    org = mia.membership.org
    client, offer = make_client(org=org), make_offer(org=org)

    def to(act: str, used: int, *expected: tuple[str, int, int], **columns: Any) -> Press:
        pack = make_purchase(org=org, client=client, offer=offer, used=used, **columns)
        path = reverse(f"purchases:{act}", args=[pack.pk])
        return Press(path, {"request_id": str(uuid4())}, pack, [*expected])

    while True:
        yield to("reinstate", 3, ("reinstated", -1, 2))
        yield to("reinstate", 1, ("reinstated", -1, 0))
        yield to("use", 3, ("used", 1, 4))
        yield to("use", 9, ("used", 1, 10))
        yield to("reinstate", 0)
        yield to("use", 10)
        yield to("reinstate", 3, payment_status="refunded")

        press = to("reinstate", 3)
        visit = used_by(mia, press.pack)
        press.fields["event"] = str(visit.pk)
        press.expected.extend([("used", 1, 4), ("reinstated", -1, 3)])
        yield press

        press = to("use", 3, ("reinstated", -1, 2), ("undone", 1, 3))
        path = reverse("purchases:undo", args=[reinstated_by(mia, press.pack).pk])
        yield Press(path, press.fields, press.pack, press.expected)


@pytest.fixture
def desks(mia: User) -> Iterator[Desks]:
    desks = Desks(mia, DESKS)
    yield desks
    desks.close()


def complaints(press: Press, answers: list[HttpResponseBase]) -> list[str]:
    """What is not as it should be. Nothing, if it counted once and everybody was told the same."""
    found = []
    if any(answer.status_code >= 500 for answer in answers):
        found.append("somebody got an error")
    if len({(answer.status_code, answer.get("Location"), said(answer)) for answer in answers}) > 1:
        found.append("not everybody was told the same")
    if changes(press.pack) != press.expected:
        found.append(f"{changes(press.pack)} and not {press.expected}")
    return found


def said(answer: HttpResponseBase) -> str:
    return lasting(html_of(answer))


def test_the_same_press_at_the_same_moment_counts_once_and_is_answered_alike(
    mia: User, desks: Desks
) -> None:
    for number, press in enumerate(islice(presses(mia), ROUNDS)):
        answers = desks.all_at_once([press.sent] * DESKS, htmx=number % 2 == 0)
        assert complaints(press, answers) == [], press
        refused = newest(press.pack).kind == "opened"
        expected = 409 if refused else 200 if number % 2 == 0 else 302
        assert answers[0].status_code == expected


def naive(all_have_looked: Barrier) -> Callable[..., operations.Done]:
    """Looks the id up, acts, and keeps the id. Everybody has looked before the first one acts: the
    unlucky moment, made certain."""

    def act(
        operation: SessionRequest.Operation,
        member: Member,
        purchase: Purchase,
        request_id: UUID,
        objection: object,
        **asked: object,
    ) -> operations.Done:
        known = SessionRequest.objects.filter(pk=request_id).exists()
        all_have_looked.wait(PATIENCE)
        if known:
            raise AssertionError("nobody has kept it yet")
        used = value("SELECT public.release_session(%s)", purchase.pk)
        SessionRequest.objects.create(
            pk=request_id, operation=operation, purchase=purchase, actor_id=member.user_id
        )
        purchase.show_count(used)
        return operations.Done(used, newest(purchase).pk)

    return act


def test_the_naive_way_counts_more_than_once_and_answers_errors(
    mia: User, desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = next(presses(mia))
    monkeypatch.setattr(sessions, "_act", naive(Barrier(DESKS)))

    found = complaints(press, desks.all_at_once([press.sent] * DESKS, htmx=True))

    assert found[:2] == ["somebody got an error", "not everybody was told the same"]
    assert changes(press.pack)[0] == ("reinstated", -1, 2)
    assert len(changes(press.pack)) > 1
