"""The lists of events in the admin name the client, the offer and the person, and link to the
desk."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from purchases import operations
from purchases.models import Client, Offer, OfferEvent, Org, Purchase, SessionEvent
from purchases.operations.commands import Reinstate
from studio.models import User
from tests.acts.acts import transferred_by
from tests.clients.pages import WILLA, add, page_of
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase

ADMIN = "/admin/purchases/"
SESSIONS = f"{ADMIN}sessionevent/"
EXPIRIES = f"{ADMIN}expiryevent/"
PURCHASES = f"{ADMIN}purchaseevent/"
CLIENTS = f"{ADMIN}clientevent/"
OFFERS = f"{ADMIN}offerevent/"


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Browser:
    return signed_in(olivia)


@pytest.fixture
def pack(northside: Org, southside: Org) -> Purchase:
    zoe = make_client(org=southside, name="Zoe Lund")
    make_purchase(org=southside, client=zoe, offer=make_offer(org=southside, name="Yoga pack"))
    return make_purchase(org=northside, offer=make_offer(org=northside, name="Barre pack"))


@pytest.fixture
def reinstated(pack: Purchase, mia: User) -> SessionEvent:
    command = Reinstate(request_id=uuid4(), reason="other")
    operations.reinstate(member=mia.membership, purchase=pack, command=command)
    return SessionEvent.objects.get(kind="reinstated")


def lines_of(browser: Browser, url: str, q: str = "") -> list[dict[str, str]]:
    """Return the cells of each row of a list by the names of their columns."""
    response = browser.get(url, {"q": q})
    assert response.status_code == 200
    table = response.text.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = []
    for row in table.split("<tr>")[1:]:
        cells = re.findall(r'<t[dh] class="field-(\w+)[^>]*>(.*?)</t[dh]>', row, re.DOTALL)
        lines.append({name: unescape(strip_tags(cell)).strip() for name, cell in cells})
    return lines


def desk_links(browser: Browser, url: str) -> list[str]:
    return re.findall(
        r'<td class="field-at_desk"><a href="([^"]*)">Open</a>', browser.get(url).text
    )


# --- The ledgers of purchases ---------------------------------------------------------------------


def test_an_event_names_client_offer_and_person(admin: Browser, reinstated: SessionEvent) -> None:
    line, opened = lines_of(admin, SESSIONS)
    assert (line["client_name"], line["offer_name"], line["who"]) == (
        "Ana Ruiz",
        "Barre pack",
        "mia",
    )
    assert (opened["client_name"], opened["who"]) == ("Ana Ruiz", "another program")


def test_an_event_of_a_deleted_purchase_shows_its_id(
    admin: Browser, reinstated: SessionEvent
) -> None:
    pack_id = str(reinstated.purchase_id)
    reinstated.purchase.delete()
    lines = lines_of(admin, SESSIONS)
    assert [line["kind"] for line in lines] == ["Deleted", "Reinstated", "Opened"]
    assert {(line["client_name"], line["offer_name"]) for line in lines} == {
        (pack_id, "another studio, or deleted")
    }
    assert desk_links(admin, SESSIONS) == []
    assert pack_id in admin.get(f"{SESSIONS}{reinstated.pk}/change/").text


@pytest.mark.breaks_the_ledger
def test_an_event_does_not_name_the_client_of_another_studio(
    admin: Browser, reinstated: SessionEvent, southside: Org
) -> None:
    """Another program moved the purchase to another org."""
    Purchase.objects.filter(pk=reinstated.purchase_id).update(
        org=southside,
        client=Client.objects.get(org=southside),
        offer=Offer.objects.get(org=southside),
    )
    assert lines_of(admin, SESSIONS)[-1]["client_name"] == str(reinstated.purchase_id)
    for url in (SESSIONS, PURCHASES):
        page = admin.get(url).text
        assert "Zoe" not in page
        assert "Yoga" not in page


def test_an_expiry_and_a_transfer_name_client_and_offer(
    admin: Browser, pack: Purchase, olivia: User, northside: Org
) -> None:
    Purchase.objects.update(expires_at="2030-01-01T00:00Z")
    (line,) = lines_of(admin, EXPIRIES)
    assert (line["client_name"], line["offer_name"]) == ("Ana Ruiz", "Barre pack")

    transferred_by(olivia, pack, make_client(org=northside, name="Ben Ode"), note="")
    line, opened = lines_of(admin, PURCHASES)
    assert (line["client_name"], line["offer_name"], line["who"]) == (
        "Ben Ode",
        "Barre pack",
        "olivia",
    )
    assert opened["client_name"] == "Ana Ruiz"
    pack.refresh_from_db()
    pack.delete()
    assert lines_of(admin, PURCHASES)[0]["client_name"] == "Ben Ode"


@pytest.mark.parametrize("url", [SESSIONS, EXPIRIES, PURCHASES, CLIENTS, OFFERS])
def test_a_page_needs_four_queries(
    admin: Browser,
    pack: Purchase,
    northside: Org,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    url: str,
) -> None:
    for _ in range(10):
        make_purchase(org=northside)
    Purchase.objects.update(expires_at="2030-01-01T00:00Z")
    with django_assert_max_num_queries(4):
        # 1. the session with its users 2. the number of events 3. the events 4. their purchases
        assert len(admin.get(url).context["cl"].result_list) >= 10


# --- The ledgers of clients and offers ------------------------------------------------------------


def test_an_event_of_a_client_shows_the_change_and_the_person(
    admin: Browser, signed_in: SignIn, mia: User, pack: Purchase
) -> None:
    add(signed_in(mia))
    willa = Client.objects.get(full_name="Willa Cather")
    Client.objects.filter(pk=willa.pk).update(phone=None, email="w@example.com")
    edited, added, _ana = lines_of(admin, CLIENTS)
    assert (added["name"], added["kind"], added["who"]) == ("Willa Cather", "Added", "mia")
    assert edited["who"] == "another program"
    assert edited["changed"] == (
        f"E-mail: {WILLA['email']} → w@example.com; Phone: {WILLA['phone']} → –"
    )
    assert desk_links(admin, CLIENTS)[0] == page_of(willa)
    assert "Zoe" not in admin.get(CLIENTS).text


def test_an_erased_client_is_shown_by_the_id(admin: Browser, pack: Purchase) -> None:
    pack.delete()
    ana = Client.objects.get(full_name="Ana Ruiz")
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.erase_client(%s)", [ana.pk])
    assert {line["name"] for line in lines_of(admin, CLIENTS)} == {str(ana.pk)}
    assert "Ana Ruiz" not in admin.get(CLIENTS).text


def test_an_event_of_an_offer_shows_the_change_and_the_person(
    admin: Browser, pack: Purchase, olivia: User
) -> None:
    with operations.name_offer_change(olivia.pk):
        Offer.objects.filter(pk=pack.offer_id).update(price_cents=25050, name="Barre 10")
    changed, added = lines_of(admin, OFFERS)
    assert (changed["name"], changed["who"]) == ("Barre 10", "olivia")
    assert changed["changed"] == "Name: Barre pack → Barre 10; Price: 200.00 AUD → 250.50 AUD"
    assert (added["name"], added["changed"], added["who"]) == ("Barre pack", "-", "another program")
    event = OfferEvent.objects.latest("pk")
    page = admin.get(f"{OFFERS}{event.pk}/change/").text
    assert str(pack.offer_id) in page
    assert "250.50 AUD" in page


@pytest.mark.parametrize("url", [CLIENTS, OFFERS])
def test_events_cannot_be_added_changed_or_deleted(
    signed_in: SignIn, olivia: User, pack: Purchase, url: str
) -> None:
    for person in (olivia, User.objects.create_superuser("root")):
        browser = signed_in(person)
        event = browser.get(url).context["cl"].result_list[0]
        assert browser.get(f"{url}add/").status_code == 403
        assert browser.get(f"{url}{event.pk}/change/").status_code == 200
        assert browser.post(f"{url}{event.pk}/change/", {"kind": "added"}).status_code == 403
        assert browser.post(f"{url}{event.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_superuser_sees_the_studio_of_each_event(
    signed_in: SignIn, pack: Purchase, southside: Org
) -> None:
    browser = signed_in(User.objects.create_superuser("root"))
    for url in (SESSIONS, CLIENTS, OFFERS):
        shown = {line["org"] for line in lines_of(browser, url)}
        assert shown in (
            {"Northside Pilates", "Southside Yoga"},
            {str(pack.org_id), str(southside.pk)},
        )
        assert desk_links(browser, url) == []


# --- The way to the desk --------------------------------------------------------------------------


def test_lists_link_to_the_pages_of_the_desk(admin: Browser, reinstated: SessionEvent) -> None:
    pack = reinstated.purchase
    purchase_page = f"/purchases/{pack.pk}/"
    assert desk_links(admin, f"{ADMIN}purchase/") == [purchase_page]
    assert desk_links(admin, SESSIONS) == [purchase_page, purchase_page]
    assert desk_links(admin, f"{ADMIN}client/") == [f"/clients/{pack.client_id}/"]


def test_a_row_links_to_its_page_if_the_person_can_open_it(
    signed_in: SignIn, pack: Purchase, olivia: User, mia: User, northside: Org
) -> None:
    pages = {
        f"{ADMIN}purchase/{pack.pk}/change/": f"/purchases/{pack.pk}/",
        f"{ADMIN}client/{pack.client_id}/change/": f"/clients/{pack.client_id}/",
        f"{ADMIN}offer/{pack.offer_id}/change/": f"/offers/{pack.offer_id}/",
        f"{ADMIN}org/{northside.pk}/change/": "/studio/",
    }
    root = User.objects.create_superuser("root")
    for person, opened in [(olivia, 4), (mia, 2), (root, 0)]:
        browser = signed_in(person)
        linked = 0
        for row, page in pages.items():
            if f'<a href="{page}" class="viewsitelink">' in browser.get(row).text:
                assert browser.get(page).status_code == 200
                linked += 1
        assert linked == opened
