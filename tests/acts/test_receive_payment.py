"""Payment received: one press on the page of an unpaid pack."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from purchases.models import Org, Purchase, Refusal
from studio.models import User
from tests.acts.acts import change_kinds, message_after, paid_by, post_act, undo_after
from tests.factories import keep_signed_in, make_purchase
from tests.history import change_history_on, page_of
from tests.ledger import fresh
from tests.pages import HTMX, send, the_row_on, undo_on, words_on
from tests.times import set_clock


@pytest.fixture
def unpaid(northside: Org) -> Purchase:
    return make_purchase(org=northside, payment_status="pending")


@pytest.mark.parametrize("status", ["pending", "failed", None])
def test_staff_mark_an_unpaid_pack_as_paid(
    desk: Client, northside: Org, status: str | None
) -> None:
    pack = make_purchase(org=northside, payment_status=status)
    assert "Payment received" in words_on(desk.get(page_of(pack)))

    answer = post_act(desk, "receive_payment", pack)

    assert message_after(desk, answer) == "Payment received from Ana Ruiz. The pack is paid."
    page = desk.get(page_of(pack))
    assert the_row_on(page).buttons == ["Reinstate", "Use"]
    (line,) = change_history_on(page)
    assert (line.what, line.who, line.action) == ("Payment received", "Mia", "Undo")
    assert line.used.endswith("→ paid")


def test_undo_takes_the_payment_back(desk: Client, unpaid: Purchase) -> None:
    answer = post_act(desk, "receive_payment", unpaid)

    assert undo_after(desk, answer, unpaid) == "Undone for Ana Ruiz: the pack is not paid."
    assert fresh(unpaid).payment_status == "pending"
    assert change_kinds(unpaid) == ["paid", "undone"]


def test_undo_in_the_message_answers_htmx_with_the_row(desk: Client, unpaid: Purchase) -> None:
    answer = post_act(desk, "receive_payment", unpaid)
    url = undo_on(desk.get(answer["Location"])) or ""

    fragment = desk.post(url, {"request_id": "5f3c1f6e-6d2b-4b0a-9d53-0a1b2c3d4e5f"}, headers=HTMX)

    assert fragment.status_code == 200
    assert "the pack is not paid." in words_on(fragment)
    assert the_row_on(fragment).buttons == []


@pytest.mark.parametrize(
    ("status", "refusal"),
    [("succeeded", Refusal.PAID_ALREADY), ("refunded", Refusal.REFUNDED)],
)
def test_a_paid_or_refunded_pack_has_no_button(
    desk: Client, northside: Org, status: str, refusal: Refusal
) -> None:
    pack = make_purchase(org=northside, payment_status=status)

    assert "Payment received" not in words_on(desk.get(page_of(pack)))
    answer = post_act(desk, "receive_payment", pack)
    assert answer.status_code == 409
    assert refusal.label in words_on(answer)


def test_staff_undo_their_own_payment_for_15_minutes(
    desk: Client, owner: Client, mia: User, unpaid: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = paid_by(mia, unpaid)
    later = timezone.now() + timedelta(minutes=16)
    keep_signed_in(later)
    set_clock(monkeypatch, lambda: later)

    assert change_history_on(desk.get(page_of(unpaid)))[0].action == ""
    answer = send(desk, f"/changes/{event.pk}/undo/")
    assert answer.status_code == 409
    assert Refusal.TOO_LATE.label in words_on(answer)
    assert change_history_on(owner.get(page_of(unpaid)))[0].action == "Undo"


def test_the_accountant_has_no_button(accountant: Client, unpaid: Purchase) -> None:
    assert "Payment received" not in words_on(accountant.get(page_of(unpaid)))
    assert post_act(accountant, "receive_payment", unpaid).status_code == 403
    assert fresh(unpaid).payment_status == "pending"
