"""Sell an offer to a client at the desk."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Client as Buyer
from purchases.models import Offer, Org, Purchase, PurchaseEvent
from studio.models import Policy, User
from tests.factories import make_client, make_offer
from tests.pages import html_of, note_on, send, words_on
from tests.sales.conftest import SYDNEY
from tests.sales.selling import SELL, sale_page, sell, value_of


def client_page(client: Buyer) -> str:
    return reverse("purchases:client_detail", args=[client.pk])


def end_of(day: date, zone: ZoneInfo = SYDNEY) -> datetime:
    return datetime.combine(day, time(23, 59, 59), zone)


def test_the_offer_fills_price_sessions_and_last_day(
    seller: Client, offer: Offer, ana: Buyer, today: datetime
) -> None:
    page = sale_page(seller, client=ana.pk, offer=offer.pk)

    assert value_of(page, "price") == "180"
    assert value_of(page, "sessions") == "11"
    last_day = today.date() + timedelta(days=90)
    assert value_of(page, "expires") == last_day.isoformat()
    assert "Sell to Ana Ruiz ana@example.com" in words_on(page)


def test_a_sale_leads_to_the_client_with_what_was_sold(
    seller: Client, mia: User, offer: Offer, ana: Buyer, today: datetime
) -> None:
    last_day = today.date() + timedelta(days=90)

    answer = sell(seller, offer, ana, expires=last_day.isoformat(), note="by phone")

    assert answer["Location"] == client_page(ana)
    page = seller.get(client_page(ana))
    assert note_on(page).startswith("10-class pack sold to Ana Ruiz. 11 sessions until ")
    assert "11 sessions left" in words_on(page)
    purchase = Purchase.objects.get()
    assert (purchase.client, purchase.offer, purchase.org) == (ana, offer, offer.org)
    assert (purchase.sessions_total, purchase.sessions_used) == (11, 0)
    assert (purchase.amount_paid_cents, purchase.currency) == (18000, "aud")
    assert (purchase.payment_status, purchase.payment_method) == ("succeeded", "card")
    assert purchase.expires_at == end_of(last_day)
    event = PurchaseEvent.objects.get()
    assert event.kind == "sold"
    assert event.request is not None
    assert (event.request.actor, event.request.note) == (mia, "by phone")


def test_each_field_can_be_changed(seller: Client, offer: Offer, ana: Buyer) -> None:
    sell(seller, offer, ana, price="150,50", sessions="12", expires="", paid_by="not_yet")

    purchase = Purchase.objects.get()
    assert (purchase.amount_paid_cents, purchase.sessions_total) == (15050, 12)
    assert (purchase.expires_at, purchase.payment_status) == (None, "pending")
    assert purchase.payment_method is None
    assert note_on(seller.get(client_page(ana))) == (
        "10-class pack sold to Ana Ruiz. 12 sessions, which never expire. Not paid yet."
    )


def test_the_last_day_ends_in_the_zone_of_the_studio(
    seller: Client, offer: Offer, ana: Buyer, today: datetime
) -> None:
    Policy.objects.update(time_zone="CET")
    day = date(today.year + 1, 7, 15)

    sell(seller, offer, ana, expires=day.isoformat())

    # A zone whose summer time PostgreSQL and Python disagree about.
    assert Purchase.objects.get().expires_at == end_of(day, ZoneInfo("CET"))
    assert "15 Jul" in note_on(seller.get(client_page(ana)))


def test_today_is_the_earliest_last_day(
    seller: Client, offer: Offer, ana: Buyer, today: datetime
) -> None:
    sell(seller, offer, ana, expires=today.date().isoformat())

    assert Purchase.objects.get().expires_at == end_of(today.date())


def test_a_subscription_is_sold_without_a_number_of_sessions(
    seller: Client, offer: Offer, ana: Buyer
) -> None:
    Offer.objects.update(offer_type="subscription", sessions_included=None)

    assert value_of(sale_page(seller, client=ana.pk, offer=offer.pk), "sessions") == ""
    sell(seller, offer, ana, sessions="")

    assert Purchase.objects.get().sessions_total is None
    assert note_on(seller.get(client_page(ana))) == (
        "10-class pack sold to Ana Ruiz. Its sessions are not counted. It never expires."
    )


def test_the_same_request_sells_once_and_gets_the_first_answer(
    seller: Client, offer: Offer, ana: Buyer
) -> None:
    request_id = uuid4()
    notes = []

    for sessions in ("11", "5"):
        answer = sell(seller, offer, ana, request_id=request_id, sessions=sessions)
        notes.append(note_on(seller.get(answer["Location"])))

    assert notes == ["10-class pack sold to Ana Ruiz. 11 sessions, which never expire."] * 2
    assert Purchase.objects.get().sessions_total == 11


def test_a_request_of_another_sale_is_refused(
    seller: Client, offer: Offer, ana: Buyer, northside: Org
) -> None:
    request_id = uuid4()
    sell(seller, offer, ana, request_id=request_id)

    answer = sell(seller, offer, make_client(org=northside), request_id=request_id)

    assert answer.status_code == 409
    assert "This button was used for something else." in words_on(answer)
    assert Purchase.objects.count() == 1


def test_without_javascript_a_button_fills_in(seller: Client, offer: Offer, ana: Buyer) -> None:
    page = sell(seller, offer, ana, fill="1", filled_for="", price="", sessions="", paid_by="")

    assert page.status_code == 200
    assert (value_of(page, "price"), value_of(page, "sessions")) == ("180", "11")
    assert "The offer filled the fields." in words_on(page)
    assert not Purchase.objects.exists()


def test_nothing_is_sold_before_the_person_saw_what_the_offer_fills_in(
    seller: Client, offer: Offer, ana: Buyer, northside: Org
) -> None:
    other = make_offer(org=northside, name="Drop-in")
    Offer.objects.filter(pk=other.pk).update(price_cents=2500, sessions_included=1)

    unfilled = sell(seller, offer, ana, filled_for="", price="150", sessions="")
    changed = sell(seller, other, ana, filled_for=offer.pk)

    assert (value_of(unfilled, "price"), value_of(unfilled, "sessions")) == ("150", "11")
    assert (value_of(changed, "price"), value_of(changed, "sessions")) == ("25", "1")
    assert value_of(changed, "expires") == ""
    assert not Purchase.objects.exists()


@pytest.mark.parametrize(
    ("fields", "status", "problem"),
    [
        ({"price": "-5"}, 409, "Type a price of 0 or more."),
        ({"expires": "2020-01-31"}, 409, "The expiry is before the purchase."),
        ({"price": "dear"}, 400, "Type the price as a number, as in 180.00."),
        ({"price": ""}, 400, "Type the price, or 0."),
        ({"sessions": "-1"}, 400, "Type a whole number of sessions up to 10,000"),
        ({"sessions": "x"}, 400, "Type a whole number of sessions up to 10,000"),
        ({"expires": "soon"}, 400, "Choose the last day within the next 100 years"),
        ({"expires": "2199-01-01"}, 400, "Choose the last day within the next 100 years"),
        ({"paid_by": ""}, 400, "Choose how it was paid, or “Not paid yet”."),
        ({"note": "x" * 501}, 400, "Shorten the note: 500 characters at most."),
        ({"request_id": ""}, 400, "This page is out of date."),
    ],
)
def test_a_refused_form_sells_nothing_and_keeps_what_was_typed(
    seller: Client, offer: Offer, ana: Buyer, fields: dict[str, Any], status: int, problem: str
) -> None:
    answer = sell(seller, offer, ana, **{"note": "by phone"} | fields)

    assert answer.status_code == status
    assert problem in words_on(answer)
    assert "by phone" in html_of(answer) or "note" in fields
    assert not Purchase.objects.exists()


def test_a_sale_needs_an_offer_and_a_client(seller: Client, offer: Offer, ana: Buyer) -> None:
    without_offer = send(seller, SELL, client=ana.pk, paid_by="cash")
    without_client = sell(seller, offer)

    assert (without_offer.status_code, without_client.status_code) == (400, 400)
    assert "Choose what you sell." in words_on(without_offer)
    assert "Choose a client, or type the name of a new one." in words_on(without_client)
    assert not Purchase.objects.exists()


def test_an_accepted_sale_is_not_refused_when_it_is_sent_again_the_next_day(
    seller: Client, offer: Offer, ana: Buyer
) -> None:
    request_id = uuid4()
    sell(seller, offer, ana, request_id=request_id)

    again = sell(seller, offer, ana, request_id=request_id, expires="2020-01-31")

    assert again.status_code == 302


def test_a_retired_offer_is_refused_and_the_answer_is_kept(
    seller: Client, offer: Offer, ana: Buyer
) -> None:
    Offer.objects.update(is_active=False)
    request_id = uuid4()

    answer = sell(seller, offer, ana, request_id=request_id)

    assert answer.status_code == 409
    assert "There are no offers to sell yet." in words_on(answer)
    assert "This offer was retired. Choose another one." in words_on(answer)
    Offer.objects.update(is_active=True)
    assert sell(seller, offer, ana, request_id=request_id).status_code == 409
    assert not Purchase.objects.exists()


def test_clients_and_offers_of_another_studio_are_404(
    seller: Client, offer: Offer, ana: Buyer, southside: Org
) -> None:
    stranger, foreign = make_client(org=southside), make_offer(org=southside)

    assert sell(seller, offer, stranger).status_code == 404
    assert sell(seller, foreign, ana).status_code == 404
    assert sell(seller, offer, client=None, client_id=uuid4()).status_code == 400
    assert sale_page(seller, client=stranger.pk).status_code == 404
    assert sale_page(seller, offer=foreign.pk).status_code == 404
    assert sale_page(seller, client="x").status_code == 400
    assert not Purchase.objects.exists()


def test_staff_sell_unless_the_policy_forbids_it(
    seller: Client, owner: Client, offer: Offer, ana: Buyer
) -> None:
    Policy.objects.update(staff_may_sell=False)

    assert seller.get(SELL).status_code == 403
    assert sell(seller, offer, ana).status_code == 403
    assert ">Sell<" not in html_of(seller.get(client_page(ana)))
    assert sell(owner, offer, ana).status_code == 302


def test_a_search_finds_the_client(
    seller: Client, offer: Offer, ana: Buyer, southside: Org
) -> None:
    make_client(org=southside, name="Ana Stranger")

    page = sale_page(seller, q="ana", offer=offer.pk)

    assert "Sell to Ana Ruiz ana@example.com" in words_on(page)
    assert f"?client={ana.pk}&amp;offer={offer.pk}" in html_of(page)
    assert "Stranger" not in words_on(page)


def test_retired_offers_are_not_on_the_page(seller: Client, offer: Offer, northside: Org) -> None:
    retired = make_offer(org=northside, name="Old pack")
    Offer.objects.filter(pk=retired.pk).update(is_active=False)

    page = words_on(seller.get(SELL))

    assert "10-class pack 180.00 AUD · 11 sessions · until" in page
    assert "Old pack" not in page


def test_a_studio_without_offers_says_so(seller: Client, owner: Client, northside: Org) -> None:
    assert "An owner can add the first one." in words_on(seller.get(SELL))
    assert reverse("purchases:add_offer") in html_of(owner.get(SELL))


def test_the_desk_and_the_client_lead_to_the_page(seller: Client, offer: Offer, ana: Buyer) -> None:
    assert f'href="{SELL}"' in html_of(seller.get(reverse("purchases:purchase_list")))
    assert f'href="{SELL}?client={ana.pk}"' in html_of(seller.get(client_page(ana)))
