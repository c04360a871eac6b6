"""Permissions of Reinstate and Use: role, org, CSRF token and sign-in."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_purchase
from tests.pages import (
    AS_PAGE_AND_HTMX,
    HTMX,
    LIST,
    Action,
    html_of,
    post_action,
    rows_on,
    words_on,
)
from tests.purchase_kinds import PACKS, make_pack, used

ACTIONS = pytest.mark.parametrize("action", ["reinstate", "use"])


@pytest.fixture
def pack(northside: Org) -> Purchase:
    """A pack that allows both actions: 3 of 10 used, paid, without expiry."""
    return make_purchase(org=northside)


@ACTIONS
@AS_PAGE_AND_HTMX
def test_an_unknown_purchase_is_404(
    northside: Org, desk: Client, action: Action, htmx: bool
) -> None:
    response = post_action(desk, action, Purchase(pk=uuid4()), htmx=htmx)

    assert response.status_code == 404
    assert "This page does not exist." in words_on(response)


@ACTIONS
@AS_PAGE_AND_HTMX
def test_a_purchase_of_another_org_is_404_and_unchanged(
    otto: User, signed_in: SignIn, pack: Purchase, action: Action, htmx: bool
) -> None:
    response = post_action(signed_in(otto), action, pack, htmx=htmx)

    assert response.status_code == 404
    assert str(pack.client) not in words_on(response)
    assert used(pack) == 3


@ACTIONS
@AS_PAGE_AND_HTMX
def test_an_accountant_gets_403_with_a_message(
    ada: User, signed_in: SignIn, pack: Purchase, action: Action, htmx: bool
) -> None:
    response = post_action(signed_in(ada), action, pack, htmx=htmx)

    assert response.status_code == 403
    assert "Your role does not allow this." in words_on(response)
    assert "Ask an owner" in words_on(response)
    assert used(pack) == 3


def test_an_accountant_has_no_buttons(northside: Org, ada: User, signed_in: SignIn) -> None:
    packs = [make_pack(org=northside, kind=kind) for kind in PACKS]
    desk = signed_in(ada)

    for page in [LIST, *(reverse("purchases:client_detail", args=[p.client_id]) for p in packs)]:
        rows = rows_on(desk.get(page))
        assert rows
        for row in rows:
            assert "<button" not in row.html
            assert "<form" not in row.html


@ACTIONS
@AS_PAGE_AND_HTMX
def test_a_request_without_a_csrf_token_is_403(
    mia: User, pack: Purchase, action: Action, htmx: bool
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)

    response = post_action(browser, action, pack, htmx=htmx)

    assert response.status_code == 403
    assert "This page is out of date." in words_on(response)
    assert "reload the page" in words_on(response)
    assert used(pack) == 3


@ACTIONS
def test_a_request_with_the_csrf_token_of_the_page_succeeds(
    mia: User, pack: Purchase, action: Action
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mia)
    token = token_in(html_of(browser.get(LIST)))

    assert post_action(browser, action, pack, csrfmiddlewaretoken=token).status_code == 302
    assert used(pack) != 3


@ACTIONS
@pytest.mark.parametrize("in_header", [False, True], ids=["in the form", "in a header"])
def test_the_returned_row_has_a_valid_csrf_token(
    mia: User, pack: Purchase, action: Action, in_header: bool
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
        answer = post_action(browser, action, pack, htmx=True, **fields)
        assert answer.status_code == 200
        token = token_in(html_of(answer))
    assert used(pack) == {"reinstate": 1, "use": 5}[action]


def token_in(html: str) -> str:
    return html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


@ACTIONS
def test_an_anonymous_user_is_redirected_to_the_sign_in_and_back(
    pack: Purchase, action: Action
) -> None:
    """The next URL is the page, because the action itself accepts only POST."""
    response = post_action(Client(), action, pack, next=f"{LIST}?q=ana")

    assert response.status_code == 302
    target = urlsplit(response["Location"])
    assert target.path == reverse("login")
    assert parse_qs(target.query) == {"next": [f"{LIST}?q=ana"], "pressed": ["1"]}
    assert used(pack) == 3


@ACTIONS
@pytest.mark.parametrize(
    ("current_url", "next_url"),
    [
        (f"http://testserver{LIST}?q=ana&state=active", f"{LIST}?q=ana&state=active"),
        ("https://evil.example/purchases/", reverse("home")),
        ("http://testserver//evil.example/purchases/", reverse("home")),
    ],
)
def test_an_anonymous_htmx_request_redirects_the_page_to_the_sign_in(
    pack: Purchase, action: Action, current_url: str, next_url: str
) -> None:
    response = Client().post(
        reverse(f"purchases:{action}", args=[pack.pk]),
        headers=HTMX | {"HX-Current-URL": current_url},
    )

    assert response.status_code == 200
    target = urlsplit(response["HX-Redirect"])
    assert (target.netloc, target.path) == ("", reverse("login"))
    assert parse_qs(target.query) == {"next": [next_url], "pressed": ["1"]}
    assert used(pack) == 3
