"""The lists that owners and accountants export: every row of the filter, and only their own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from purchases.exports import slots
from purchases.models import Org, Purchase, SessionEvent
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.exports.files import content_of, csv_rows, end, url_of
from tests.factories import make_client, make_offer, make_purchase, make_purchases
from tests.ledger import reinstated_by
from tests.pages import LIST
from tests.security_log.log import events

LISTS = ["purchases", "clients", "history", "given-back"]


@pytest.fixture
def accountant(ada: User, signed_in: SignIn) -> Client:
    return signed_in(ada)


def test_every_row_is_exported_and_not_only_those_of_a_page(
    northside: Org, accountant: Client
) -> None:
    make_purchases(org=northside, count=120)
    assert len(csv_rows(accountant, "purchases")) == 120
    assert len(csv_rows(accountant, "clients")) == 120
    # Each purchase has an event of its count and one of its sale.
    assert len(csv_rows(accountant, "history")) == 240


def test_the_search_and_the_state_of_the_desk_are_filters(
    northside: Org, accountant: Client
) -> None:
    ana = make_client(org=northside, name="Ana Ruiz")
    for client, used in [(ana, 3), (ana, 10), (make_client(org=northside, name="Ben Ode"), 3)]:
        make_purchase(org=northside, client=client, used=used)
    assert {row["Client"] for row in csv_rows(accountant, "purchases", q="ana")} == {"Ana Ruiz"}
    [row] = csv_rows(accountant, "purchases", q="ruiz an", state="active")
    assert (row["Client"], row["Used sessions"], row["Sessions left"]) == ("Ana Ruiz", "3", "7")
    assert csv_rows(accountant, "purchases", q="-") == []


def test_a_purchase_has_its_money_with_the_currency_and_its_times_with_the_zone(
    northside: Org, accountant: Client
) -> None:
    Policy.objects.create(org=northside, time_zone="Australia/Sydney")
    make_purchase(
        org=northside,
        purchased_at=datetime(2026, 1, 12, 7, tzinfo=UTC),
        expires_at=datetime(2026, 7, 1, 13, 59, 59, tzinfo=UTC),
    )
    [row] = csv_rows(accountant, "purchases")
    assert (row["Price"], row["Currency"]) == ("200.00", "AUD")
    assert row["Bought on"] == "2026-01-12T18:00:00+11:00"
    assert row["Expires on"] == "2026-07-01T23:59:59+10:00"
    assert row["Payment"] == "paid"


def test_amounts_have_the_decimals_of_their_currency(northside: Org, accountant: Client) -> None:
    make_purchase(org=northside, currency="jpy")

    (row,) = csv_rows(accountant, "purchases")
    assert (row["Price"], row["Currency"]) == ("20000", "JPY")
    events = csv_rows(accountant, "history")
    assert ("20000", "JPY") in {(event["Price"], event["Currency"]) for event in events}


def test_a_purchase_that_never_expires_has_no_expiry(northside: Org, accountant: Client) -> None:
    never = datetime(9999, 12, 31, tzinfo=UTC)
    make_purchase(org=northside, expires_at=None)
    make_purchase(org=northside, expires_at=never)
    assert [row["Expires on"] for row in csv_rows(accountant, "purchases")] == ["", ""]


def test_the_history_has_the_days_of_the_filter(
    northside: Org, accountant: Client, mia: User
) -> None:
    purchase = make_purchase(org=northside)
    reinstated_by(mia, purchase, reason="late_cancel_forgiven")
    today = f"{timezone.localdate():%Y-%m-%d}"
    yesterday = f"{timezone.localdate() - timedelta(days=1):%Y-%m-%d}"
    all_rows = csv_rows(accountant, "history")
    assert csv_rows(accountant, "history", first=today, last=today) == all_rows
    assert csv_rows(accountant, "history", last=yesterday) == []
    [given_back] = [row for row in all_rows if row["Event"] == "Reinstated"]
    assert given_back["Change of used sessions"] == "-1"
    assert (given_back["Who"], given_back["Reason"]) == ("Mia", "Late cancel forgiven")


def test_sessions_given_back_name_who_why_and_whether_it_was_undone(
    northside: Org, accountant: Client, mia: User
) -> None:
    reinstated_by(mia, make_purchase(org=northside), note="Had called")
    [row] = csv_rows(accountant, "given-back")
    event = SessionEvent.objects.get(kind="reinstated")
    assert (row["Line"], row["Who"], row["Note"]) == (f"C{event.pk}", "Mia", "Had called")
    assert (row["Used sessions"], row["Undone"]) == ("2", "")


def test_a_deleted_purchase_keeps_its_history(northside: Org, accountant: Client) -> None:
    purchase = make_purchase(org=northside, client=make_client(org=northside, name="Ben Ode"))
    Purchase.objects.filter(pk=purchase.pk).delete()
    rows = csv_rows(accountant, "history")
    assert [row["Event"] for row in rows].count("Deleted") == 2
    assert {row["Purchase ID"] for row in rows} == {str(purchase.pk)}
    assert "Ben Ode" in {row["Client"] for row in rows}


@pytest.mark.parametrize("name", LISTS)
def test_nothing_of_another_studio_is_exported(
    name: str, northside: Org, southside: Org, accountant: Client, mia: User, otto: User
) -> None:
    own = make_purchase(org=northside, client=make_client(org=northside, name="Ana Ruiz"))
    other = make_purchase(org=southside, client=make_client(org=southside, name="Zed Secret"))
    reinstated_by(mia, own)
    reinstated_by(otto, other)
    text = content_of(accountant, name).decode()
    assert "Ana Ruiz" in text
    assert "Secret" not in text
    assert str(other.pk) not in text


def test_a_name_of_another_studio_stays_hidden_if_a_row_refers_to_it(
    northside: Org, southside: Org, accountant: Client
) -> None:
    """Another program may have moved a purchase, or sold to a client of another studio."""
    moved = make_purchase(org=northside)
    stranger = make_client(org=southside, name="Zed Secret", email="zed@example.com")
    offer = make_offer(org=southside, name="Secret pack")
    Purchase.objects.filter(pk=moved.pk).update(org=southside, client=stranger, offer=offer)
    text = content_of(accountant, "history").decode()
    assert str(moved.pk) in text
    assert "secret" not in text.lower()
    assert "zed@" not in text


@pytest.mark.parametrize("name", LISTS)
def test_staff_export_nothing(name: str, desk: Client) -> None:
    assert desk.get(url_of(name)).status_code == 403
    assert reverse("purchases:export") not in desk.get(LIST).content.decode()


def test_the_desk_links_to_the_export_of_its_list(northside: Org, accountant: Client) -> None:
    make_purchase(org=northside)
    page = accountant.get(LIST, {"q": "ana", "state": "active", "after": ""}).content.decode()
    assert f'{reverse("purchases:export")}?q=ana&amp;state=active"' in page
    chosen = accountant.get(reverse("purchases:export"), {"q": "ana", "state": "active"})
    assert 'value="ana"' in chosen.content.decode()
    assert '<option value="active" selected>' in chosen.content.decode()


def test_an_export_is_recorded_with_its_list_and_its_rows(
    northside: Org, accountant: Client
) -> None:
    make_purchases(org=northside, count=3)
    content_of(accountant, "purchases", "xlsx")
    [event] = [event for event in events() if event.kind == "exported"]
    assert (event.actor, event.detail) == ("ada", "purchases.xlsx 3")


def test_a_second_export_has_to_wait(northside: Org, accountant: Client) -> None:
    slot = slots.Slot()
    try:
        response = accountant.get(url_of("clients"))
    finally:
        slot.give_back()
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "Try again in a minute" in response.content.decode()
    content_of(accountant, "clients")
    content_of(accountant, "clients")


def test_a_download_that_was_ended_frees_the_slot_and_is_recorded(
    northside: Org, accountant: Client
) -> None:
    make_purchases(org=northside, count=450)
    response = accountant.get(url_of("purchases"))
    next(vars(response)["_iterator"])
    end(response)
    [event] = [event for event in events() if event.kind == "exported"]
    assert event.detail == "purchases.csv 200 incomplete"
    content_of(accountant, "clients")


def test_a_head_request_takes_no_slot(northside: Org, accountant: Client) -> None:
    for _ in range(2):
        assert accountant.head(url_of("clients")).status_code == 200
    assert [event for event in events() if event.kind == "exported"] == []


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"first": "27.11.2026"}, "Write a day as in 2026-11-27"),
        ({"first": "2026-11-27", "last": "2026-11-26"}, "The last day is before the first day."),
        ({"state": "lost"}, "There is no list called"),
        ({"first": "0001-01-01", "last": "9999-12-31"}, None),
    ],
)
def test_a_filter_that_cannot_be_read_is_explained(
    query: dict[str, str], problem: str | None, northside: Org, accountant: Client
) -> None:
    response = accountant.get(url_of("history"), query)
    if problem is None:
        assert response.status_code == 200
        end(response)
    else:
        assert response.status_code == 400
        assert problem in response.content.decode()


def test_an_unknown_list_is_404(northside: Org, accountant: Client) -> None:
    assert accountant.get("/export/passwords.csv").status_code == 404
    assert accountant.get("/export/clients.pdf").status_code == 404
