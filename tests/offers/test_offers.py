"""The owner's pages of offers: list, add, change, retire and bring back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Offer, OfferEvent, Org
from studio.models import Policy, User
from tests.factories import make_offer, make_purchase
from tests.ledger import fresh
from tests.pages import html_of, note_on, send, undo_on, words_on

LIST = reverse("purchases:offer_list")
ADD = reverse("purchases:add_offer")
PACK: dict[str, Any] = {
    "name": "10-class pack",
    "offer_type": "session_pack",
    "price": "180,00",
    "sessions": "10",
    "bonus": "1",
    "valid_days": "90",
}


def edit_url(offer: Offer) -> str:
    return reverse("purchases:edit_offer", args=[offer.pk])


def retire_url(offer: Offer) -> str:
    return reverse("purchases:retire_offer", args=[offer.pk])


def seen(offer: Offer) -> int:
    return OfferEvent.objects.filter(offer_id=offer.pk).latest("pk").pk


def edit(browser: Client, offer: Offer, **fields: Any) -> HttpResponseBase:
    return send(browser, edit_url(offer), **{**PACK, "seen": seen(offer), **fields})


def test_an_owner_adds_an_offer(owner: Client, northside: Org) -> None:
    Policy.objects.create(org=northside, currency="eur")

    answer = send(owner, ADD, **PACK)

    page = owner.get(answer["Location"])
    assert note_on(page) == "10-class pack is on sale now."
    assert "10-class pack Session Pack 180.00 EUR 10 sessions + 1 extra 90 days Retire" in words_on(
        page
    )
    offer = Offer.objects.get()
    assert (offer.org, offer.price_cents, offer.currency) == (northside, 18000, "eur")
    assert (offer.sessions_included, offer.bonus_sessions) == (10, 1)
    assert (offer.pack_validity_days, offer.is_active) == (90, True)


def test_a_currency_without_decimals_is_stored_in_its_unit(owner: Client, northside: Org) -> None:
    Policy.objects.create(org=northside, currency="jpy")

    send(owner, ADD, **PACK | {"price": "18000"})

    assert Offer.objects.get().price_cents == 18000
    assert "18,000 JPY" in words_on(owner.get(LIST))
    answer = send(owner, ADD, **PACK | {"price": "180.50"})
    assert answer.status_code == 400
    assert "Type the price as a number, as in 180." in words_on(answer)


def test_a_studio_without_a_currency_keeps_that_of_its_offers(
    owner: Client, northside: Org
) -> None:
    send(owner, ADD, **PACK)
    assert Offer.objects.get().currency == "aud"
    Offer.objects.update(currency="usd")

    assert "Price in USD" in words_on(owner.get(ADD))


def test_a_form_that_was_sent_twice_adds_one_offer(owner: Client, northside: Org) -> None:
    request_id = uuid4()

    for _ in range(2):
        answer = send(owner, ADD, **PACK, request_id=request_id)
        assert note_on(owner.get(answer["Location"])) == "10-class pack is on sale now."

    assert Offer.objects.count() == 1


def test_a_request_id_serves_one_offer(owner: Client, northside: Org) -> None:
    offer, request_id = make_offer(org=northside), uuid4()
    send(owner, ADD, **PACK, request_id=request_id)

    answer = edit(owner, offer, request_id=request_id, name="Other")

    assert answer.status_code == 409
    assert "This button was used for something else." in words_on(answer)
    offer.refresh_from_db()
    assert offer.name == "10-class pack"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": " "}, "Type the name of the offer."),
        ({"name": "x" * 201}, "Shorten the name: 200 characters at most."),
        ({"name": "a\u202eb"}, "Remove the unusual character and try again."),
        ({"offer_type": "voucher"}, "Choose the type of the offer."),
        ({"price": "dear"}, "Type the price as a number, as in 180.00."),
        ({"price": "-1"}, "Type a price of 0 or more."),
        ({"price": ""}, "Type the price, or 0."),
        ({"sessions": ""}, "Type how many sessions the offer has, at least 1."),
        ({"sessions": "0"}, "Type how many sessions the offer has, at least 1."),
        ({"sessions": "10001"}, "Type at most 10,000 sessions."),
        ({"bonus": "-1"}, "Write a whole number, 0 or more."),
        ({"valid_days": "0"}, "from 1 to 3,650"),
        ({"valid_days": "3651"}, "from 1 to 3,650"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    owner: Client, northside: Org, fields: dict[str, str], problem: str
) -> None:
    answer = send(owner, ADD, **PACK | {"note": "x"} | fields)

    assert answer.status_code == 400
    assert problem in words_on(answer)
    assert 'value="90"' in html_of(answer) or "valid_days" in fields
    assert not Offer.objects.exists()


def test_a_subscription_needs_no_number_of_sessions(owner: Client, northside: Org) -> None:
    fields = {"offer_type": "subscription", "sessions": "", "bonus": "", "valid_days": ""}

    send(owner, ADD, **PACK | fields)

    offer = Offer.objects.get()
    assert (offer.sessions_included, offer.bonus_sessions) == (None, 0)
    assert "Subscription 180.00 AUD sessions not counted never expires" in words_on(owner.get(LIST))


def test_a_changed_offer_changes_no_purchase(owner: Client, northside: Org) -> None:
    offer = make_offer(org=northside)
    until = timezone.now() + timedelta(days=5)
    pack = make_purchase(org=northside, offer=offer, expires_at=until)

    answer = edit(
        owner, offer, name="5-class pack", price="90", sessions="5", bonus="", valid_days="7"
    )

    assert note_on(owner.get(answer["Location"])) == (
        "5-class pack was saved. Earlier purchases keep what they were sold with."
    )
    now = fresh(pack)
    assert (now.sessions_total, now.amount_paid_cents, now.expires_at) == (10, 20000, until)
    assert (now.currency, now.sessions_used) == (pack.currency, 3)
    # The name is that of the offer, which the page says.
    assert str(now.offer) == "5-class pack"
    page = words_on(owner.get(edit_url(offer)))
    assert "A new name shows on earlier purchases too." in page
    assert "Make a new offer instead" in page


def test_a_new_offer_begins_with_the_terms_of_another(owner: Client, northside: Org) -> None:
    send(owner, ADD, **PACK)
    offer = Offer.objects.get()

    page = html_of(owner.get(ADD, {"copy": str(offer.pk)}))

    for value in ("10-class pack", "180", "10", "1", "90"):
        assert f'value="{value}"' in page
    assert owner.get(ADD, {"copy": str(uuid4())}).status_code == 404
    assert owner.get(ADD, {"copy": "x"}).status_code == 400


def test_each_change_has_a_name_and_both_values(
    owner: Client, olivia: User, northside: Org
) -> None:
    send(owner, ADD, **PACK)
    offer = Offer.objects.get()

    edit(owner, offer, price="190", valid_days="")

    added, changed = OfferEvent.objects.order_by("pk")
    assert (added.kind, added.actor, added.before) == ("added", olivia, None)
    assert (changed.kind, changed.actor) == ("changed", olivia)
    states = changed.before or {}, changed.after or {}
    assert [state["price_cents"] for state in states] == [18000, 19000]
    page = words_on(owner.get(edit_url(offer)))
    assert "Price: 180.00 AUD → 190.00 AUD Valid for days: 90 → never expires Olivia" in page


def test_a_change_by_another_program_is_recorded_too(owner: Client, northside: Org) -> None:
    offer = make_offer(org=northside)

    Offer.objects.filter(pk=offer.pk).update(price_cents=1)

    event = OfferEvent.objects.latest("pk")
    assert (event.kind, event.actor, event.request_id) == ("changed", None, None)
    assert "another program" in words_on(owner.get(edit_url(offer)))


def test_a_saved_offer_without_a_change_has_no_event(owner: Client, northside: Org) -> None:
    send(owner, ADD, **PACK)

    edit(owner, Offer.objects.get())

    assert OfferEvent.objects.count() == 1


def test_a_stale_form_is_refused_and_shows_the_new_values(owner: Client, northside: Org) -> None:
    offer = make_offer(org=northside)
    opened = seen(offer)
    Offer.objects.filter(pk=offer.pk).update(price_cents=25000)

    answer = edit(owner, offer, seen=opened, price="190")

    assert answer.status_code == 409
    assert "Somebody changed this offer after you opened it." in words_on(answer)
    assert 'value="250"' in html_of(answer)
    offer.refresh_from_db()
    assert offer.price_cents == 25000


def test_a_form_that_was_sent_twice_is_not_stale(owner: Client, northside: Org) -> None:
    offer, request_id = make_offer(org=northside), uuid4()
    opened = seen(offer)

    for _ in range(2):
        answer = edit(owner, offer, seen=opened, request_id=request_id, price="190")
        assert answer.status_code == 302

    assert OfferEvent.objects.filter(kind="changed").count() == 1


def test_a_retired_offer_can_be_brought_back(owner: Client, northside: Org) -> None:
    offer = make_offer(org=northside)

    answer = send(owner, retire_url(offer))

    page = owner.get(answer["Location"])
    assert note_on(page) == "10-class pack is retired: it cannot be sold."
    assert "No offers yet." in words_on(page)
    assert "1 retired offer" in words_on(page)
    undo = undo_on(page)
    assert undo == retire_url(offer)
    back = send(owner, undo, back="on")
    assert note_on(owner.get(back["Location"])) == "10-class pack is on sale again."
    offer.refresh_from_db()
    assert offer.is_active is True
    kinds = OfferEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["added", "retired", "restored"]


def test_an_offer_that_another_program_left_without_a_state_is_on_sale(
    owner: Client, northside: Org
) -> None:
    make_offer(org=northside)
    Offer.objects.update(is_active=None)

    assert "Retire" in words_on(owner.get(LIST))


@pytest.mark.parametrize("page", [LIST, ADD])
def test_only_owners_see_the_pages(staff: Client, page: str) -> None:
    assert staff.get(page).status_code == 403


def test_an_offer_of_another_studio_is_404(owner: Client, southside: Org) -> None:
    offer = make_offer(org=southside)

    assert owner.get(edit_url(offer)).status_code == 404
    assert send(owner, retire_url(offer)).status_code == 404
    assert str(offer.pk) not in html_of(owner.get(LIST))


def test_the_admin_records_the_name_too(owner: Client, olivia: User, northside: Org) -> None:
    offer = make_offer(org=northside)
    olivia.is_staff = True
    olivia.save()
    fields = {"name": "Renamed", "offer_type": "session_pack", "price_cents": 5, "currency": "aud"}

    owner.post(reverse("admin:purchases_offer_change", args=[offer.pk]), fields)

    event = OfferEvent.objects.filter(kind="changed").earliest("pk")
    assert event.actor == olivia
    assert (event.after or {})["name"] == "Renamed"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE offer_events SET actor_id = NULL",
        "DELETE FROM offer_events",
        "TRUNCATE offer_events",
    ],
)
def test_no_event_can_be_changed(northside: Org, statement: str) -> None:
    make_offer(org=northside)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_deleted_or_moved_offer_is_recorded(northside: Org, southside: Org) -> None:
    offer = make_offer(org=northside)

    Offer.objects.filter(pk=offer.pk).update(org=southside)
    Offer.objects.get(pk=offer.pk).delete()

    events = OfferEvent.objects.order_by("pk").values_list("org_id", "kind")
    assert list(events) == [
        (northside.pk, "added"),
        (northside.pk, "deleted"),
        (southside.pk, "added"),
        (southside.pk, "deleted"),
    ]
