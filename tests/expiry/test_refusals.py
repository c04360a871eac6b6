"""Refused extensions show their reason and change nothing."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from purchases import operations
from purchases.forms import CHOOSE_A_DAY, OUT_OF_DATE, TOO_FAR_AHEAD
from purchases.models import Org, Purchase, Refusal, SessionRequest
from purchases.operations.commands import Extend
from studio.models import User
from tests.database import rows
from tests.expiry.extensions import (
    end_of_the_day,
    expiry_lines,
    expiry_of,
    extend,
)
from tests.factories import make_purchase
from tests.pages import (
    AS_PAGE_AND_HTMX,
    refused,
    words_on,
)
from tests.purchase_kinds import DAY


def test_extend_never_shortens(desk: Client, pack: Purchase) -> None:
    answer = extend(desk, pack, until=timezone.localdate().isoformat())

    assert refused(answer) == Refusal.NOT_LATER.label
    assert expiry_lines(pack) == []


@pytest.mark.parametrize("until", ["0001-01-01", "1999-12-31", "yesterday"])
def test_past_date_is_refused(desk: Client, expired: Purchase, until: str) -> None:
    if until == "yesterday":
        until = (timezone.localdate() - DAY).isoformat()

    assert refused(extend(desk, expired, until=until)) == Refusal.PAST.label
    assert expiry_lines(expired) == []


@pytest.mark.parametrize("never", [None, "'infinity'", "'9999-12-31'"])
def test_pack_without_expiry_is_refused(desk: Client, northside: Org, never: str | None) -> None:
    pack = make_purchase(org=northside)
    if never:
        rows(f"UPDATE client_purchases SET expires_at = {never}")
    before = expiry_lines(pack)

    for fields in ({"days": 7}, {"until": end_of_the_day(30).date().isoformat()}):
        assert refused(extend(desk, pack, **fields)) == Refusal.NEVER_EXPIRES.label
    assert expiry_lines(pack) == before


def test_pack_expired_at_minus_infinity_can_be_extended(desk: Client, pack: Purchase) -> None:
    rows("UPDATE client_purchases SET expires_at = '-infinity'")

    assert extend(desk, pack, days=7).status_code == 200
    assert expiry_of(pack) == end_of_the_day(7)


def test_refunded_pack_is_refused(desk: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, payment_status="refunded", expires_at=timezone.now() - DAY)

    assert refused(extend(desk, pack, days=7)) == Refusal.REFUNDED.label
    assert expiry_lines(pack) == []


INVALID: list[tuple[dict[str, str], Any]] = [
    ({}, CHOOSE_A_DAY),
    ({"days": ""}, CHOOSE_A_DAY),
    ({"days": "0"}, OUT_OF_DATE),
    ({"days": "-1"}, OUT_OF_DATE),
    ({"days": "8"}, OUT_OF_DATE),
    ({"days": "1000"}, OUT_OF_DATE),
    ({"days": str(10**30)}, OUT_OF_DATE),
    ({"days": "7.0"}, OUT_OF_DATE),
    ({"days": "\0"}, OUT_OF_DATE),
    ({"until": "9999-12-31"}, TOO_FAR_AHEAD),
    ({"until": "2206-01-01"}, TOO_FAR_AHEAD),
    ({"until": "10000-01-01"}, CHOOSE_A_DAY),
    ({"until": "2027-02-30"}, CHOOSE_A_DAY),
    ({"until": "infinity"}, CHOOSE_A_DAY),
    ({"until": "tomorrow"}, CHOOSE_A_DAY),
    ({"days": "7", "request_id": "7"}, OUT_OF_DATE),
    ({"days": "7", "request_id": ""}, OUT_OF_DATE),
    ({"days": "7", "note": "x" * 501}, "Shorten the note: 500 characters at most."),
]


@AS_PAGE_AND_HTMX
@pytest.mark.parametrize(("fields", "error"), INVALID)
def test_invalid_form_is_400_and_changes_nothing(
    desk: Client, pack: Purchase, fields: dict[str, str], error: Any, htmx: bool
) -> None:
    answer = extend(desk, pack, htmx=htmx, **fields)

    assert answer.status_code == 400
    assert str(error) in words_on(answer)
    assert (expiry_lines(pack), SessionRequest.objects.count()) == ([], 0)


def test_pack_changed_by_another_program_after_loading(mia: User, pack: Purchase) -> None:
    Purchase.objects.update(expires_at=None)

    with pytest.raises(operations.Refused, match="has just changed"):
        operations.extend(
            member=mia.membership, purchase=pack, command=Extend(request_id=uuid4(), days=7)
        )
    assert pack.expires_at is None, "the object is refreshed"
