"""Refund a pack: it is closed until the refund is undone, and no money moves."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from purchases.acts.refund_value import refund_value
from purchases.models import Offer, Org, Purchase, Refusal, SessionRequest
from studio.models import Policy, User
from tests.acts.acts import (
    change_kinds,
    message_after,
    newest_change,
    post_act,
    refunded_by,
    undo_after,
    url_of,
)
from tests.factories import make_purchase
from tests.history import change_history_on, page_of
from tests.ledger import fresh
from tests.pages import html_of, the_row_on, words_on


def test_the_page_shows_the_arithmetic_and_what_stays_closed(owner: Client, pack: Purchase) -> None:
    page = words_on(owner.get(url_of("refund", pack)))

    assert "Paid 200.00 AUD ÷ 10 sessions 20.00 AUD × 7 not used 140.00 AUD" in page
    assert "No money moves: give it back yourself." in page
    assert "its 7 sessions can’t be used, until the refund is undone." in page
    assert "extra" not in page


def test_the_arithmetic_divides_by_the_bonus_sessions_too(owner: Client, pack: Purchase) -> None:
    Offer.objects.update(sessions_included=8, bonus_sessions=2)

    page = words_on(owner.get(url_of("refund", pack)))

    assert "÷ 10 sessions 2 of them extra 20.00 AUD" in page


def test_the_amount_is_typed_and_not_filled_in(owner: Client, pack: Purchase) -> None:
    assert 'name="amount" inputmode="decimal" maxlength="15" value=""' in html_of(
        owner.get(url_of("refund", pack))
    )


def test_a_refund_closes_the_pack_and_keeps_the_amount(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "refund", pack, amount="80.00", note="moves away")

    assert message_after(owner, answer) == (
        "Refunded for Ana Ruiz: you give 80.00 AUD back. The pack is closed."
    )
    assert fresh(pack).payment_status == "refunded"
    assert SessionRequest.objects.get().refund_cents == 8000
    assert the_row_on(owner.get(page_of(pack))).buttons == []


def test_undo_opens_the_pack_again(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "refund", pack, amount="0")

    assert undo_after(owner, answer, pack) == "Undone for Ana Ruiz: the pack is open again."
    assert fresh(pack).payment_status == "succeeded"
    assert change_kinds(pack) == ["refunded", "undone"]
    assert the_row_on(owner.get(page_of(pack))).buttons == ["Reinstate", "Use"]


def test_the_history_names_the_amount_and_the_person(
    owner: Client, olivia: User, pack: Purchase
) -> None:
    refunded_by(olivia, pack, amount_cents=8050)

    (line,) = change_history_on(owner.get(page_of(pack)))

    assert (line.what, line.used) == ("Refunded 80.50 AUD given back", "Payment: paid → refunded")
    assert (line.who, line.action) == ("Olivia", "Undo")


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("", "Type the amount that you give back, or 0."),
        ("x", "Type the amount that you give back, or 0."),
        ("-1", "Type the amount that you give back, or 0."),
        ("nan", "Type the amount that you give back, or 0."),
        ("1e9", "That is more than the 200.00 AUD that were paid."),
        ("12.345", "Type the amount with at most two decimals."),
        ("200.01", "That is more than the 200.00 AUD that were paid."),
        ("9" * 40, "Type the amount that you give back, or 0."),
    ],
)
def test_an_invalid_amount_is_shown_again_with_the_form(
    owner: Client, pack: Purchase, amount: str, problem: str
) -> None:
    answer = post_act(owner, "refund", pack, amount=amount, note="moves")

    assert answer.status_code == 400
    assert problem in words_on(answer)
    assert f'value="{amount}"' in html_of(answer)
    assert fresh(pack).payment_status == "succeeded"


def test_a_decimal_comma_is_understood_in_spanish(owner: Client, pack: Purchase) -> None:
    Policy.objects.create(org=pack.org, language="es")

    assert post_act(owner, "refund", pack, amount="80,50").status_code == 302

    assert newest_change(pack).request.refund_cents == 8050  # type: ignore[union-attr]
    with translation.override("es"):
        assert "80,50 AUD" in words_on(owner.get(page_of(pack)))


@pytest.mark.parametrize(
    ("status", "refusal"), [("refunded", Refusal.REFUNDED), ("pending", Refusal.NOT_PAID)]
)
def test_a_pack_that_is_not_paid_cannot_be_refunded(
    owner: Client, northside: Org, status: str, refusal: Refusal
) -> None:
    pack = make_purchase(org=northside, payment_status=status)

    assert "Refund" not in words_on(owner.get(page_of(pack))).split()
    assert refusal.label in words_on(owner.get(url_of("refund", pack)))
    answer = post_act(owner, "refund", pack, amount="1")
    assert answer.status_code == 409
    assert refusal.label in words_on(answer)


@pytest.mark.parametrize(
    ("columns", "value"),
    [
        ({"total": 3, "used": 1}, (3, 2, 13333, 6667)),
        ({"total": 10, "used": 10}, (10, 0, 0, 2000)),
        ({"total": None}, None),
        ({"total": 0, "used": 0}, None),
        ({"used": None}, None),
        ({"used": 12}, None),
        ({"used": -2}, None),
    ],
)
def test_the_value_of_the_unused_sessions_is_rounded_to_cents(
    northside: Org, columns: dict[str, Any], value: tuple[int, int, int, int] | None
) -> None:
    computed = refund_value(make_purchase(org=northside, **columns))

    shown = computed and (
        computed.sessions,
        computed.unused,
        computed.unused_cents,
        computed.session_cents,
    )
    assert shown == value


def test_a_pack_without_a_count_can_be_refunded(owner: Client, northside: Org) -> None:
    pack = make_purchase(org=northside, total=None, used=None)

    page = words_on(owner.get(url_of("refund", pack)))
    assert "Paid 200.00 AUD Amount that you give back, in AUD" in page
    assert post_act(owner, "refund", pack, amount="20").status_code == 302


def test_staff_and_the_accountant_cannot_refund(
    desk: Client, accountant: Client, pack: Purchase
) -> None:
    for browser in (desk, accountant):
        assert "Refund" not in words_on(browser.get(page_of(pack)))
        assert post_act(browser, "refund", pack, amount="1").status_code == 403
    assert fresh(pack).payment_status == "succeeded"
