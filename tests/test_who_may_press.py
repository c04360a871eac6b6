"""Who may press Reinstate and Use, and what the others are told. Nothing changes for them."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_purchase
from tests.pages import DOORS, HTMX, LIST, Act, html_of, press, rows_on, words_on
from tests.purchase_kinds import PACKS, make_pack, used

ACTS = pytest.mark.parametrize("act", ["reinstate", "use"])


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """3 of 10 used, paid, never expires: both acts are possible."""
    return make_purchase(org=northside)


@ACTS
@DOORS
def test_an_unknown_purchase_is_not_found(
    northside: Org, desk: Client, act: Act, htmx: bool
) -> None:
    response = press(desk, act, Purchase(pk=uuid4()), htmx=htmx)

    assert response.status_code == 404
    assert "This page does not exist." in words_on(response)


@ACTS
@DOORS
def test_another_studios_purchase_is_not_found_and_stays_as_it_is(
    otto: User, signed_in: SignIn, pack: Purchase, act: Act, htmx: bool
) -> None:
    response = press(signed_in(otto), act, pack, htmx=htmx)

    assert response.status_code == 404
    assert str(pack.client) not in words_on(response)
    assert used(pack) == 3


@ACTS
@DOORS
def test_the_accountant_is_told_whom_to_ask(
    ada: User, signed_in: SignIn, pack: Purchase, act: Act, htmx: bool
) -> None:
    response = press(signed_in(ada), act, pack, htmx=htmx)

    assert response.status_code == 403
    assert "Your role does not allow this." in words_on(response)
    assert "Ask an owner" in words_on(response)
    assert used(pack) == 3


def test_the_accountant_has_no_button(northside: Org, ada: User, signed_in: SignIn) -> None:
    packs = [make_pack(org=northside, kind=kind) for kind in PACKS]
    desk = signed_in(ada)

    for page in [LIST, *(reverse("purchases:client_detail", args=[p.client_id]) for p in packs)]:
        rows = rows_on(desk.get(page))
        assert rows
        for row in rows:
            assert "<button" not in row.html
            assert "<form" not in row.html


@ACTS
@DOORS
def test_a_press_from_another_site_is_refused(
    mia: User, pack: Purchase, act: Act, htmx: bool
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)

    response = press(browser, act, pack, htmx=htmx)

    assert response.status_code == 403
    assert "This page is out of date." in words_on(response)
    assert "reload the page" in words_on(response)
    assert used(pack) == 3


@ACTS
def test_a_press_with_the_token_of_the_page_is_taken(mia: User, pack: Purchase, act: Act) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)
    token = token_in(html_of(browser.get(LIST)))

    assert press(browser, act, pack, csrfmiddlewaretoken=token).status_code == 302
    assert used(pack) != 3


@ACTS
@pytest.mark.parametrize("in_header", [False, True], ids=["in the form", "in a header"])
def test_the_row_that_comes_back_can_be_pressed_again(
    mia: User, pack: Purchase, act: Act, in_header: bool
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)
    token = token_in(html_of(browser.get(LIST)))
    for _ in range(2):
        fields: dict[str, str | None] = {}
        if in_header:
            browser.defaults["HTTP_X_CSRFTOKEN"] = token
        else:
            fields["csrfmiddlewaretoken"] = token
        answer = press(browser, act, pack, htmx=True, **fields)
        assert answer.status_code == 200
        token = token_in(html_of(answer))
    assert used(pack) == {"reinstate": 1, "use": 5}[act]


def token_in(html: str) -> str:
    return html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


@ACTS
def test_signed_out_the_whole_page_leads_to_the_sign_in_and_back(pack: Purchase, act: Act) -> None:
    """Not back to the press itself, which is no page."""
    response = press(Client(), act, pack, next=f"{LIST}?q=ana")

    assert response.status_code == 302
    to = urlsplit(response["Location"])
    assert to.path == reverse("login")
    assert parse_qs(to.query) == {"next": [f"{LIST}?q=ana"]}
    assert used(pack) == 3


@ACTS
@pytest.mark.parametrize(
    ("here", "back"),
    [
        (f"http://testserver{LIST}?q=ana&state=active", f"{LIST}?q=ana&state=active"),
        ("https://evil.example/purchases/", reverse("home")),
    ],
)
def test_signed_out_htmx_is_told_to_load_the_sign_in_and_come_back(
    pack: Purchase, act: Act, here: str, back: str
) -> None:
    response = Client().post(
        reverse(f"purchases:{act}", args=[pack.pk]), headers=HTMX | {"HX-Current-URL": here}
    )

    assert response.status_code == 200
    to = urlsplit(response["HX-Redirect"])
    assert (to.netloc, to.path) == ("", reverse("login"))
    assert parse_qs(to.query) == {"next": [back]}
    assert used(pack) == 3
