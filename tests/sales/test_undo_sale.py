"""Undo a sale: the purchase stays in the ledger with what was sold, and is closed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Client as Buyer
from purchases.models import Offer, Purchase, PurchaseEvent
from studio.models import User
from tests.acts.acts import newest_change, post_act, total_corrected_by
from tests.database import rows
from tests.expiry.extensions import extended_by, extension_undone_by
from tests.factories import keep_signed_in
from tests.history import page_of
from tests.ledger import broken_invariants, fresh, reinstated_by, used_by
from tests.pages import html_of, note_on, post_action, rows_on, send, undo_on, words_on
from tests.sales.selling import sell
from tests.seals.sealing import differences, seal_now
from tests.times import set_clock


@pytest.fixture
def sold(seller: Client, offer: Offer, ana: Buyer) -> Purchase:
    expires = timezone.localdate() + timedelta(days=90)
    assert sell(seller, offer, ana, expires=expires.isoformat()).status_code == 302
    return Purchase.objects.get()


def undo_url(purchase: Purchase) -> str:
    event = PurchaseEvent.objects.get(purchase_id=purchase.pk, kind="sold")
    return reverse("purchases:undo_change", args=[event.pk])


def client_page(purchase: Purchase) -> str:
    return reverse("purchases:client_detail", args=[purchase.client_id])


def test_the_seller_undoes_the_sale_from_the_message(
    seller: Client, mia: User, sold: Purchase
) -> None:
    undo = undo_on(seller.get(client_page(sold)))
    assert undo == undo_url(sold)

    answer = send(seller, undo, next=client_page(sold))

    page = seller.get(answer["Location"])
    assert note_on(page) == (
        "Sale undone: 10-class pack of Ana Ruiz is closed. No money moves: give it back yourself."
    )
    assert "0 sessions left" in words_on(page)
    now = fresh(sold)
    # The terms of the sale stay, for the books.
    assert (now.payment_status, now.amount_paid_cents, now.sessions_total) == (
        "refunded",
        18000,
        11,
    )
    first, undone = PurchaseEvent.objects.order_by("pk")
    assert (first.kind, undone.kind, undone.reverses) == ("sold", "undone", first)
    assert undone.request is not None
    assert undone.request.actor == mia


def test_an_undone_sale_cannot_be_used_paid_extended_or_undone_again(
    seller: Client, sold: Purchase
) -> None:
    url = undo_url(sold)
    send(seller, url)

    assert post_action(seller, "use", sold).status_code == 409
    assert send(seller, reverse("purchases:receive_payment", args=[sold.pk])).status_code == 409
    extend = send(seller, reverse("purchases:extend", args=[sold.pk]), days="7")
    assert extend.status_code == 409
    again = send(seller, url)
    assert again.status_code == 409
    assert "This was undone already." in words_on(again)


def test_an_undone_sale_is_in_no_list_of_current_packs(seller: Client, sold: Purchase) -> None:
    send(seller, undo_url(sold))

    for state in ("active", "unpaid", "expiring"):
        page = seller.get(reverse("purchases:purchase_list"), {"state": state})
        assert rows_on(page) == []


def test_htmx_gets_the_row_of_the_undone_sale(seller: Client, sold: Purchase) -> None:
    answer = send(seller, undo_url(sold), htmx=True)

    assert answer.status_code == 200
    assert "Sale undone" in words_on(answer)
    assert "refunded" in html_of(answer)


def test_the_history_names_both(seller: Client, sold: Purchase) -> None:
    page = seller.get(page_of(sold))
    assert f'action="{undo_url(sold)}"' in html_of(page)
    send(seller, undo_url(sold))

    page = seller.get(page_of(sold))

    assert "Sale undone" in words_on(page)
    assert "Payment: paid → refunded" in words_on(page)
    assert "Sold Undone" in words_on(page)
    assert f'action="{undo_url(sold)}"' not in html_of(page)


def test_a_sale_that_was_not_paid_asks_for_no_money(
    seller: Client, offer: Offer, ana: Buyer
) -> None:
    sell(seller, offer, ana, paid_by="not_yet")
    sold = Purchase.objects.get()

    seller.get(client_page(sold))

    answer = send(seller, undo_url(sold), next=client_page(sold))

    assert note_on(seller.get(answer["Location"])) == (
        "Sale undone: 10-class pack of Ana Ruiz is closed."
    )


def test_a_used_session_has_to_be_reinstated_first(
    seller: Client, mia: User, sold: Purchase
) -> None:
    used_by(mia, sold)

    refused = send(seller, undo_url(sold))

    assert refused.status_code == 409
    assert "This sale can’t be undone: a session is used." in words_on(refused)
    reinstated_by(mia, sold)
    assert send(seller, undo_url(sold)).status_code == 302


def test_a_changed_purchase_keeps_its_sale(owner: Client, olivia: User, sold: Purchase) -> None:
    total_corrected_by(olivia, sold, 2)

    refused = send(owner, undo_url(sold))

    assert refused.status_code == 409
    assert "This was changed again since." in words_on(refused)
    assert f'action="{undo_url(sold)}"' not in html_of(owner.get(page_of(sold)))


def test_a_new_expiry_has_to_be_undone_first(owner: Client, olivia: User, sold: Purchase) -> None:
    extension = extended_by(olivia, sold)
    assert f'action="{undo_url(sold)}"' not in html_of(owner.get(page_of(sold)))
    assert send(owner, undo_url(sold)).status_code == 409

    extension_undone_by(olivia, extension)

    assert f'action="{undo_url(sold)}"' in html_of(owner.get(page_of(sold)))
    assert send(owner, undo_url(sold)).status_code == 302


def test_a_payment_that_came_later_has_to_be_undone_first(
    seller: Client, offer: Offer, ana: Buyer
) -> None:
    sell(seller, offer, ana, paid_by="not_yet")
    sold = Purchase.objects.get()
    post_act(seller, "receive_payment", sold)
    assert send(seller, undo_url(sold)).status_code == 409

    send(seller, reverse("purchases:undo_change", args=[newest_change(sold).pk]))

    assert send(seller, undo_url(sold)).status_code == 302


def test_staff_undo_their_own_sale_for_15_minutes_and_owners_always(
    seller: Client, owner: Client, sold: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = timezone.now() + timedelta(minutes=16)
    keep_signed_in(later)
    set_clock(monkeypatch, lambda: later)

    assert "You can undo this for 15 minutes only." in words_on(send(seller, undo_url(sold)))
    assert send(owner, undo_url(sold)).status_code == 302


def test_staff_cannot_undo_the_sale_of_another_person(
    seller: Client, owner: Client, offer: Offer, ana: Buyer
) -> None:
    sell(owner, offer, ana)

    answer = send(seller, undo_url(Purchase.objects.get()))

    assert answer.status_code == 409
    assert "Only the person who did this, or an owner, can undo it." in words_on(answer)


def test_ledgers_and_seals_stay_clean(
    transactional_db: None, seller: Client, sold: Purchase
) -> None:
    seal_now()
    send(seller, undo_url(sold))
    seal_now()

    assert differences() == []
    assert broken_invariants() == []
    columns = "payment_status, amount_paid_cents, sessions_total"
    query = f"SELECT {columns} FROM purchase_as_of(%s, now())"
    assert rows(query, sold.pk) == [("refunded", 18000, 11)]
