"""The admin and the desk refuse values that make no sense, with one sentence for the person."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.models import Client as Buyer
from purchases.models import Offer, Org, Purchase, SessionRequest
from studio.models import User
from tests.admin_forms import ADD_PURCHASE, change, errors, form_of
from tests.cancelled_class.pages import paste_names
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase
from tests.pages import words_on

ADD_CLIENT = "/admin/purchases/client/add/"
ADD_OFFER = "/admin/purchases/offer/add/"
CLIENT = {"full_name": "Ana Ruiz", "status": "active"}
OFFER = {
    "name": "10-class pack",
    "offer_type": "session_pack",
    "price_cents": 20000,
    "currency": "aud",
    "is_active": "true",
}
UNUSUAL = "Remove the unusual character and try again."
NEGATIVE = "Write 0 or more."
NEGATIVE_AMOUNT = "Type a price of 0 or more. Nothing was saved yet."
CURRENCY = "Write the three letters of the currency, as in AUD."
EMAIL = "Write an e-mail address, as in ana@example.com, or leave it empty."
PURCHASED = "Choose the day of the purchase: not in the future, and at most 20 years ago."
BEFORE = "The expiry is before the purchase. Choose a later day."
FAR = "Choose a day within the next 100 years, or leave it empty if the pack never expires."
# A bell, an escape sequence, a C1 control character, direction overrides and isolates.
UNUSUAL_CHARACTERS = ["\x07", "\x1b[2J", "\x9b", "\u202e", "\u202a", "\u2066", "\u2069"]


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


def day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}"


# --- The admin ------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", UNUSUAL_CHARACTERS)
@pytest.mark.parametrize("field", ["full_name", "phone", "status", "notes"])
def test_a_client_with_an_unusual_character_is_refused(
    admin: Client, field: str, character: str
) -> None:
    form = CLIENT | {field: f"Ana{character}Ruiz"}
    assert errors(admin.post(ADD_CLIENT, form)) == {field: [UNUSUAL]}
    assert not Buyer.objects.exists()


def test_a_note_can_have_tabs_and_several_lines(admin: Client) -> None:
    assert admin.post(ADD_CLIENT, CLIENT | {"notes": "knee\thurts\r\nno jumps"}).status_code == 302


@pytest.mark.parametrize(
    "name", ["عائشة 2", "Ana\u200f Ruiz", "O’Brien-Núñez", "山田 太郎", "👩‍🦰"]
)
def test_names_of_every_script_are_accepted(admin: Client, name: str) -> None:
    assert admin.post(ADD_CLIENT, CLIENT | {"full_name": name}).status_code == 302
    assert Buyer.objects.get().full_name == name


@pytest.mark.parametrize("email", ["not an e-mail", "ana@", "@example.com", "a@b@c.org"])
def test_an_email_that_is_not_one_is_refused(admin: Client, email: str) -> None:
    assert errors(admin.post(ADD_CLIENT, CLIENT | {"email": email})) == {"email": [EMAIL]}


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        *[("name", f"Pack{character}", UNUSUAL) for character in UNUSUAL_CHARACTERS],
        ("description", "Pack\u202e", UNUSUAL),
        ("price_cents", "-1.00", NEGATIVE_AMOUNT),
        ("sessions_included", -5, NEGATIVE),
        ("bonus_sessions", -1, NEGATIVE),
        ("pack_validity_days", -1, NEGATIVE),
        *[("currency", code, CURRENCY) for code in ("zz'); --", "au", "auds", "a1d", "äud", "٣٣٣")],
    ],
)
def test_an_offer_that_makes_no_sense_is_refused(
    admin: Client, field: str, value: object, problem: str
) -> None:
    assert errors(admin.post(ADD_OFFER, OFFER | {field: value})) == {field: [problem]}
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "problem"),
    [
        ({"amount_paid_cents": "-999.99"}, "amount_paid_cents", NEGATIVE_AMOUNT),
        ({"sessions_total": -5}, "sessions_total", NEGATIVE),
        ({"currency": "zz'); --"}, "currency", CURRENCY),
        ({"payment_method": "card\u202e"}, "payment_method", UNUSUAL),
        ({"purchased_at_0": "9999-12-31"}, "purchased_at", PURCHASED),
        ({"purchased_at_0": "0001-01-01"}, "purchased_at", PURCHASED),
        ({"purchased_at_0": "1990-01-01"}, "purchased_at", PURCHASED),
        ({"expires_at_0": "0001-01-01", "expires_at_1": "00:00"}, "expires_at", BEFORE),
        ({"expires_at_0": "2019-01-01", "expires_at_1": "00:00"}, "expires_at", BEFORE),
        ({"expires_at_0": "9999-12-31", "expires_at_1": "23:59"}, "expires_at", FAR),
    ],
)
def test_a_purchase_that_makes_no_sense_is_refused(
    admin: Client, northside: Org, changed: dict[str, object], field: str, problem: str
) -> None:
    form = form_of(make_purchase(org=northside), **changed)
    assert errors(admin.post(ADD_PURCHASE, form)) == {field: [problem]}
    assert Purchase.objects.count() == 1


def test_a_purchase_of_the_last_years_that_has_expired_is_accepted(
    admin: Client, northside: Org
) -> None:
    bought = timezone.now() - timedelta(days=19 * 365)
    expired = {"expires_at_0": day(bought + timedelta(days=1)), "expires_at_1": "00:00"}
    form = form_of(make_purchase(org=northside), purchased_at_0=day(bought), **expired)
    assert admin.post(ADD_PURCHASE, form).status_code == 302


@pytest.mark.parametrize(("expires", "problem"), [("2019-01-01", BEFORE), ("2999-01-01", FAR)])
def test_an_expiry_is_not_corrected_to_a_day_that_makes_no_sense(
    admin: Client, northside: Org, expires: str, problem: str
) -> None:
    pack = make_purchase(org=northside)
    answer = change(admin, pack, expires_at_0=expires, expires_at_1="18:00:00")
    assert errors(answer) == {"expires_at": [problem]}
    assert pack.expires_at is None


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_person_with_an_unusual_character_in_the_name_is_refused(
    signed_in: SignIn, mia: User, field: str
) -> None:
    sue = User.objects.create_superuser("sue")
    url = reverse("admin:studio_user_change", args=[mia.pk])
    answer = signed_in(sue).post(url, {"username": "mia", field: "Mia\u202e", **INLINE})
    assert errors(answer) == {field: [UNUSUAL]}


INLINE = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}


def test_an_owner_cannot_rename_the_studio_to_a_name_with_an_unusual_character(
    admin: Client, northside: Org
) -> None:
    url = reverse("admin:purchases_org_change", args=[northside.pk])
    assert errors(admin.post(url, {"name": "Northside\u202e"})) == {"name": [UNUSUAL]}


# --- Rows of other programs -----------------------------------------------------------------------


def test_other_fields_of_a_row_with_odd_values_can_be_changed(
    admin: Client, northside: Org
) -> None:
    odd = make_client(org=northside, name="Ana\u202e", email="none")
    form = CLIENT | {"full_name": "Ana\u202e", "email": "none", "notes": "knee"}
    url = reverse("admin:purchases_client_change", args=[odd.pk])
    assert admin.post(url, form).status_code == 302
    odd.refresh_from_db()
    assert (odd.full_name, odd.email, odd.notes) == ("Ana\u202e", "none", "knee")
    assert errors(admin.post(url, form | {"email": "nothing"})) == {"email": [EMAIL]}


def test_an_offer_with_an_odd_price_and_currency_can_be_renamed(
    admin: Client, northside: Org
) -> None:
    odd = make_offer(org=northside)
    Offer.objects.update(price_cents=-100, currency="?", sessions_included=-5)
    form = OFFER | {"name": "New", "price_cents": "-1.00", "currency": "?"}
    form["sessions_included"] = -5
    url = reverse("admin:purchases_offer_change", args=[odd.pk])
    assert admin.post(url, form).status_code == 302
    odd.refresh_from_db()
    assert (odd.name, odd.price_cents) == ("New", -100)


def test_the_expiry_of_a_purchase_in_the_future_can_be_corrected(
    admin: Client, northside: Org
) -> None:
    pack = make_purchase(org=northside, purchased_at=timezone.now() + timedelta(days=900))
    change(admin, pack, expires_at_0=day(timezone.now()), expires_at_1="18:00:00")
    assert pack.expires_at is not None


# --- The desk -------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", UNUSUAL_CHARACTERS)
@pytest.mark.parametrize("act", ["reinstate", "use", "extend", "receive_payment"])
def test_a_note_with_an_unusual_character_is_refused(
    desk: Client, northside: Org, act: str, character: str
) -> None:
    pack = make_purchase(org=northside)
    form = {"request_id": uuid4(), "note": f"Ana{character}", "days": 7}
    answer = desk.post(reverse(f"purchases:{act}", args=[pack.pk]), form)
    assert answer.status_code == 400
    assert UNUSUAL in words_on(answer)
    assert not SessionRequest.objects.exists()


@pytest.mark.parametrize("act", ["correct_used", "correct_total", "transfer", "refund"])
def test_a_reason_of_an_act_with_an_unusual_character_is_refused(
    admin: Client, northside: Org, act: str
) -> None:
    pack = make_purchase(org=northside)
    other = make_client(org=northside)
    form = {"request_id": uuid4(), "note": "moved\u202e", "adjust_by": 1, "amount": "1"}
    answer = admin.post(reverse(f"purchases:{act}", args=[pack.pk]), form | {"client": other.pk})
    assert answer.status_code == 400
    assert UNUSUAL in words_on(answer)
    assert not SessionRequest.objects.exists()


@pytest.mark.parametrize("character", UNUSUAL_CHARACTERS)
def test_a_pasted_name_with_an_unusual_character_is_refused(desk: Client, character: str) -> None:
    answer = paste_names(desk, "Ben Ode", f"Ana{character}Ruiz")
    assert answer.status_code == 400
    assert "Remove the unusual character from “Ana" in words_on(answer)


def test_a_pasted_name_between_marks_of_direction_is_accepted(desk: Client, northside: Org) -> None:
    make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))
    assert paste_names(desk, "\u202aAna Ruiz\u202c").status_code == 200


def test_a_note_on_a_cancelled_class_with_an_unusual_character_is_refused(desk: Client) -> None:
    answer = desk.post(reverse("purchases:cancelled_class"), {"note": "Yoga\u202e"})
    assert answer.status_code == 400
    assert UNUSUAL in words_on(answer)
