"""Extensions are idempotent. A repeated request id replays the first response, and is refused
for another action."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from purchases import operations
from purchases.models import Org, Purchase
from purchases.operations.commands import Extend
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.expiry.extensions import (
    end_of_the_day,
    expiry_lines,
    extend,
    extended_by,
)
from tests.factories import make_purchase
from tests.pages import (
    AS_PAGE_AND_HTMX,
    USED_BEFORE,
    note_on,
    post_action,
    refused,
    undo_on,
)
from tests.purchase_kinds import DAY


@AS_PAGE_AND_HTMX
def test_repeated_request_replays_the_response_and_counts_once(
    desk: Client, mia: User, pack: Purchase, htmx: bool
) -> None:
    request_id = str(uuid4())
    first = extend(desk, pack, days=7, htmx=htmx, request_id=request_id)
    extended_by(mia, pack, days=30)

    again = extend(desk, pack, days=7, htmx=htmx, request_id=request_id)

    assert again.status_code == first.status_code == (200 if htmx else 302)
    assert len(expiry_lines(pack)) == 2
    if htmx:
        assert (note_on(again), undo_on(again)) == (note_on(first), undo_on(first))


@pytest.mark.parametrize(
    ("impossible", "possible", "fields"),
    [
        ({"expires_at": None}, {"expires_at": timezone.now() + DAY}, {"days": "7"}),
        (
            {"payment_status": "refunded"},
            {"payment_status": "succeeded"},
            {"until": date.today().replace(year=date.today().year + 1).isoformat()},
        ),
    ],
)
def test_repeated_request_replays_a_refusal(
    desk: Client,
    pack: Purchase,
    impossible: dict[str, Any],
    possible: dict[str, Any],
    fields: dict[str, Any],
) -> None:
    Purchase.objects.update(**impossible)
    request_id = str(uuid4())
    first = refused(extend(desk, pack, request_id=request_id, **fields))
    Purchase.objects.update(**possible)
    before = expiry_lines(pack)

    assert refused(extend(desk, pack, request_id=request_id, **fields)) == first
    assert expiry_lines(pack) == before
    assert extend(desk, pack, **fields).status_code == 200, "a new request id is a new request"


def test_refusal_by_the_database_replays(mia: User, pack: Purchase) -> None:
    command = Extend(request_id=uuid4(), days=7)
    Purchase.objects.update(expires_at=None)
    for _ in range(2):
        with pytest.raises(operations.Refused, match="has just changed"):
            operations.extend(member=mia.membership, purchase=pack, command=command)
        pack.expires_at = timezone.now() + DAY
        Purchase.objects.update(expires_at=pack.expires_at)
    assert {kind for kind, *_ in expiry_lines(pack)} == {"corrected"}


@pytest.mark.parametrize("other", ["days", "until", "purchase", "operation", "actor"])
def test_request_id_cannot_be_reused_for_another_action(
    desk: Client, olivia: User, northside: Org, pack: Purchase, signed_in: SignIn, other: str
) -> None:
    request_id = str(uuid4())
    extend(desk, pack, days=7, request_id=request_id)
    before = rows("SELECT * FROM client_purchases")
    another = make_purchase(org=northside, expires_at=pack.expires_at)

    match other:
        case "days":
            answer = extend(desk, pack, days=14, request_id=request_id)
        case "until":
            until = end_of_the_day(90).date().isoformat()
            answer = extend(desk, pack, until=until, request_id=request_id)
        case "purchase":
            answer = extend(desk, another, days=7, request_id=request_id)
        case "operation":
            answer = post_action(desk, "reinstate", pack, htmx=True, request_id=request_id)
        case _:
            answer = extend(signed_in(olivia), pack, days=7, request_id=request_id)

    assert USED_BEFORE in refused(answer)
    assert rows("SELECT * FROM client_purchases WHERE id = %s", pack.pk) == before
