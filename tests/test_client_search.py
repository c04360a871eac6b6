"""The clients that the desk's search lists: one block a client, with their purchases."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client as Browser
from django.urls import reverse

from purchases.models import Org, Purchase
from purchases.queries.client_list import MAX_OF_A_CLIENT
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase, make_purchases
from tests.pages import LIST, html_of, next_page, rows_on, words
from tests.purchase_kinds import make_pack

BLOCK = re.compile(r'<section class="found".*?</section>', re.S)
FOLDED = re.compile(r"<details class=\"earlier\">.*?</details>(?!\s*</form>)", re.S)


def blocks_on(response: HttpResponseBase) -> list[str]:
    return BLOCK.findall(html_of(response))


def headings_on(response: HttpResponseBase) -> list[str]:
    return [
        words(re.findall(r"<header>.*?</header>", each, re.S)[0]) for each in blocks_on(response)
    ]


def ids_in(html: str) -> list[str]:
    return re.findall(r'<tr id="purchase-([0-9a-f-]{36})"', html)


def test_purchases_of_one_client_stand_together(
    northside: Org, desk: Browser, now: datetime
) -> None:
    """In order of purchase alone, the purchases of two clients would alternate."""
    ana = make_client(org=northside, name="Ana Ruiz")
    anton = make_client(org=northside, name="Anton Silva")
    bought: dict[str, list[str]] = {"ana": [], "anton": []}
    for days in range(6):
        name, client = ("ana", ana) if days % 2 else ("anton", anton)
        purchase = make_purchase(
            org=northside, client=client, purchased_at=now - timedelta(days=days)
        )
        bought[name].append(str(purchase.pk))

    blocks = blocks_on(desk.get(LIST, {"q": "an"}))

    assert [ids_in(block) for block in blocks] == [bought["anton"], bought["ana"]]


def test_a_block_has_the_name_the_whole_email_and_the_phone(northside: Org, desk: Browser) -> None:
    email = "a.very.long.name.of.a.mailbox@mail.example.org"
    make_purchase(
        org=northside,
        client=make_client(org=northside, name="Ana Ruiz", email=email, phone="0412 345 678"),
    )
    make_client(org=northside, name="Ana Silva")

    first, second = headings_on(desk.get(LIST, {"q": "ana"}))

    assert first == f"Ana Ruiz {email} · 0412 345 678"
    assert second.startswith("Ana Silva client since")


def test_people_of_one_name_are_counted(northside: Org, desk: Browser) -> None:
    for name in ("Ana Ruiz", "ana  ruiz", "Ana Ruiz-Soto"):
        make_client(org=northside, name=name)

    headings = sorted(headings_on(desk.get(LIST, {"q": "ana"})))

    assert ["people called" in heading for heading in headings] == [True, False, True]
    assert headings[0].endswith("2 people called Ana Ruiz")


def test_current_packs_are_shown_and_earlier_ones_are_folded(
    northside: Org, desk: Browser, now: datetime
) -> None:
    """Packs with sessions to use come first, then those that are not paid."""
    client, offer = make_client(org=northside), make_offer(org=northside)
    kinds: dict[str, dict[str, Any]] = {
        "unpaid": {"payment_status": "pending"},
        "used up": {"used": 10},
        "usable": {},
        "expired": {"expires_at": now - timedelta(days=1)},
        "usable, older": {},
        "refunded": {"payment_status": "refunded"},
    }
    packs = {
        kind: make_purchase(
            org=northside,
            client=client,
            offer=offer,
            purchased_at=now - timedelta(days=age),
            **columns,
        )
        for age, (kind, columns) in enumerate(kinds.items())
    }
    names = {str(pack.pk): kind for kind, pack in packs.items()}

    (block,) = blocks_on(desk.get(LIST, {"q": "ana"}))
    (folded,) = FOLDED.findall(block)
    shown = block.replace(folded, "")

    assert [names[each] for each in ids_in(shown)] == ["usable", "usable, older", "unpaid"]
    assert [names[each] for each in ids_in(folded)] == ["used up", "expired", "refunded"]
    assert words(folded).startswith("3 earlier")


def test_the_newest_pack_is_shown_if_none_is_current(
    northside: Org, desk: Browser, now: datetime
) -> None:
    client = make_client(org=northside)
    older, newer = (
        make_purchase(
            org=northside, client=client, used=10, purchased_at=now - timedelta(days=days)
        )
        for days in (9, 2)
    )

    (block,) = blocks_on(desk.get(LIST, {"q": "ana"}))
    (folded,) = FOLDED.findall(block)

    assert ids_in(block.replace(folded, "")) == [str(newer.pk)]
    assert ids_in(folded) == [str(older.pk)]


@pytest.mark.parametrize("state", [state for state in Purchase.State if state != "all"])
def test_a_state_shows_the_packs_in_that_state_only(
    northside: Org, desk: Browser, state: Purchase.State
) -> None:
    """Nothing is folded, because the person chose the state."""
    client = make_client(org=northside, name="Ana Ruiz")
    make_client(org=northside, name="Ana Without")
    for kind in ("half used", "used up", "expired", "not paid yet", "expires in 13 days"):
        pack = make_pack(org=northside, kind=kind)
        Purchase.objects.filter(pk=pack.pk).update(client=client)
    in_state = {str(row.purchase_id) for row in rows_on(desk.get(LIST, {"state": state}))}
    assert in_state

    (block,) = blocks_on(desk.get(LIST, {"q": "ana", "state": state}))

    assert set(ids_in(block)) == in_state
    assert not FOLDED.findall(block)


def test_a_client_of_many_purchases_has_a_link_to_all(
    northside: Org, desk: Browser, now: datetime
) -> None:
    """The block is bounded, and a usable pack is in it although it is the oldest."""
    client, offer = make_client(org=northside), make_offer(org=northside)
    usable = make_purchase(
        org=northside, client=client, offer=offer, purchased_at=now - timedelta(days=900)
    )
    for _ in range(MAX_OF_A_CLIENT + 1):
        make_purchase(org=northside, client=client, offer=offer, used=10)

    (block,) = blocks_on(desk.get(LIST, {"q": "ana"}))

    assert len(ids_in(block)) == MAX_OF_A_CLIENT
    assert ids_in(block)[0] == str(usable.pk)
    assert f'<a href="/clients/{client.pk}/">2 more purchases</a>' in block


def test_a_block_is_never_divided_between_two_pages(northside: Org, desk: Browser) -> None:
    offer = make_offer(org=northside)
    for n in range(12):
        client = make_client(org=northside, name=f"Ana {n}")
        for _ in range(7):
            make_purchase(org=northside, client=client, offer=offer)
    first = desk.get(LIST, {"q": "ana"})
    second = desk.get(LIST + str(next_page(first)))

    assert [len(ids_in(block)) for block in blocks_on(first)] == [7] * 7
    assert [len(ids_in(block)) for block in blocks_on(second)] == [7] * 5
    assert next_page(second) is None


def test_clients_without_purchases_are_on_pages_too(northside: Org, desk: Browser) -> None:
    make_purchases(org=northside, count=30)
    for _ in range(75):
        make_client(org=northside)
    found: list[str] = []
    link: str | None = f"{LIST}?q=ana"
    sizes = []
    while link:
        page = desk.get(LIST + link.removeprefix(LIST))
        clients = re.findall(r'class="found" aria-labelledby="client-([\w-]{36}) ', html_of(page))
        sizes.append(len(clients))
        found += clients
        link = next_page(page)

    assert sizes == [50, 50, 5]
    assert len(set(found)) == 105


def test_the_place_of_a_client_is_refused_in_the_list_of_purchases(
    northside: Org, desk: Browser
) -> None:
    place = "client_2026-01-12 07:00:00_" + "0" * 32

    assert desk.get(LIST, {"after": place}).status_code == 400
    assert desk.get(LIST, {"after": place, "q": "ana"}).status_code == 200


# --- Adding a client, and selling ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "name", "text"),
    [
        ("willa", "Willa", "Add Willa …"),
        ("willa o'dea", "Willa%20O%27dea", "Add Willa O'dea …"),
        ("Willa McBride", "Willa%20McBride", "Add Willa McBride …"),
        ("willa@x.org", "", "Add a client …"),
        ("0412 345 678", "", "Add a client …"),
    ],
)
def test_a_search_without_results_offers_to_add_the_client(
    northside: Org, desk: Browser, typed: str, name: str, text: str
) -> None:
    html = html_of(desk.get(LIST, {"q": typed}))

    link = re.search(r'href="([^"]*)\?name=([^"]*)">(.*?)</a>', html, re.S)
    assert link
    assert link[1] == reverse("purchases:add_client")
    assert (link[2], words(link[3])) == (name, text)


def test_no_client_is_added_from_the_list_of_a_state(northside: Org, desk: Browser) -> None:
    """The client may exist without a purchase in the state."""
    html = html_of(desk.get(LIST, {"q": "willa", "state": "expired"}))

    assert "Search all clients" in html
    assert "?name=" not in html


def test_a_client_without_purchases_has_a_link_to_sell_a_pack(
    northside: Org, desk: Browser
) -> None:
    willa = make_client(org=northside, name="Willa Dean")

    (block,) = blocks_on(desk.get(LIST, {"q": "willa"}))

    url = reverse("purchases:sell")
    assert f'href="{url}?client={willa.pk}">Sell a pack</a>' in block
    assert f'href="/clients/{willa.pk}/"' in block
    assert "Nothing bought yet." in block


@pytest.mark.parametrize("forbidden", ["staff_may_sell", "staff_may_edit_clients"])
def test_a_link_is_shown_only_if_the_policy_allows_its_action(
    northside: Org, desk: Browser, olivia: User, signed_in: SignIn, forbidden: str
) -> None:
    Policy.objects.create(org=northside, **{forbidden: False})
    make_client(org=northside, name="Ana Ruiz")

    def shown(browser: Browser) -> tuple[bool, bool]:
        sells = "?client=" in html_of(browser.get(LIST, {"q": "ana"}))
        return sells, "?name=" in html_of(browser.get(LIST, {"q": "willa"}))

    assert shown(desk) == (forbidden != "staff_may_sell", forbidden == "staff_may_sell")
    assert shown(signed_in(olivia)) == (True, True)


def test_an_accountant_has_neither_link(northside: Org, ada: User, signed_in: SignIn) -> None:
    make_client(org=northside, name="Ana Ruiz")
    browser = signed_in(ada)

    assert "?client=" not in html_of(browser.get(LIST, {"q": "ana"}))
    assert "?name=" not in html_of(browser.get(LIST, {"q": "willa"}))


def test_names_in_a_block_are_escaped(northside: Org, desk: Browser) -> None:
    for _ in range(2):
        make_client(org=northside, name="Ana <script>", email="<b>@x.org", phone="<i>")

    html = html_of(desk.get(LIST, {"q": "ana"}))

    assert "Ana &lt;script&gt;" in html
    assert not any(tag in html for tag in ("Ana <script>", "<b>@", "<i>"))
