"""The requests and responses that Reinstate and Use share, with htmx and without."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases import operations
from purchases.models import Org, Purchase
from tests.factories import make_client, make_purchase
from tests.pages import (
    AS_PAGE_AND_HTMX,
    LIST,
    Action,
    html_of,
    note_on,
    post_action,
    the_row_on,
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
@pytest.mark.parametrize("kind", PACKS)
def test_a_button_is_shown_exactly_if_it_would_succeed(
    northside: Org, desk: Client, kind: str, action: Action, htmx: bool
) -> None:
    pack = make_pack(org=northside, kind=kind)
    offered = action.title() in the_row_on(desk.get(LIST)).buttons

    response = post_action(desk, action, pack, htmx=htmx)

    success = 200 if htmx else 302
    assert response.status_code == (success if offered else 409)
    assert (used(pack) != pack.sessions_used) is offered


@ACTIONS
@pytest.mark.parametrize("query", ["", "?q=ana+r&state=active"])
def test_htmx_gets_the_same_row_as_the_page_shows_next(
    desk: Client, pack: Purchase, action: Action, query: str
) -> None:
    answer = post_action(desk, action, pack, htmx=True, next=LIST + query)

    assert the_row_on(answer).normalized == the_row_on(desk.get(LIST + query)).normalized
    assert 'class="changed"' in the_row_on(answer).html
    assert "<html" not in html_of(answer)
    assert '<div id="note" data-hx-swap-oob="innerHTML">' in html_of(answer)


@ACTIONS
def test_each_row_has_a_new_request_id(desk: Client, pack: Purchase, action: Action) -> None:
    rows = [the_row_on(desk.get(LIST)), the_row_on(post_action(desk, action, pack, htmx=True))]
    ids = {row.html.split('name="request_id" value="')[1].split('"')[0] for row in rows}

    assert len(ids) == 2


@ACTIONS
@pytest.mark.parametrize("url", [LIST + "?q=ana+r&state=active", "/clients/{client}/"])
def test_without_javascript_the_page_is_shown_again_with_a_message(
    desk: Client, pack: Purchase, action: Action, url: str
) -> None:
    url = url.format(client=pack.client_id)
    response = post_action(desk, action, pack, next=url)

    assert (response.status_code, response["Location"]) == (302, url)
    page = desk.get(url)
    assert f"for {pack.client}" in note_on(page)
    assert the_row_on(page).used == str(used(pack))
    assert note_on(desk.get(url)) == "", "the message is shown once"


@ACTIONS
@AS_PAGE_AND_HTMX
@pytest.mark.parametrize(
    "next_url",
    [
        "https://evil.example/purchases/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "",
        None,
    ],
)
def test_the_redirect_never_leaves_the_site(
    desk: Client, pack: Purchase, action: Action, htmx: bool, next_url: str | None
) -> None:
    answer = post_action(desk, action, pack, htmx=htmx, next=next_url)

    if htmx:
        assert f'name="next" value="{LIST}"' in html_of(answer)
    else:
        assert (answer.status_code, answer["Location"]) == (302, LIST)


@ACTIONS
def test_a_request_over_https_does_not_redirect_to_http(
    desk: Client, pack: Purchase, action: Action
) -> None:
    url = reverse(f"purchases:{action}", args=[pack.pk])
    data = {"request_id": str(uuid4()), "next": f"http://testserver{LIST}?q=ana"}

    assert desk.post(url, data, secure=True)["Location"] == LIST


@ACTIONS
@AS_PAGE_AND_HTMX
@pytest.mark.parametrize(
    "request_id",
    [None, "", "7", "x" * 36, "\0", f"{uuid4()}0"],
    ids=["missing", "empty", "short", "no hexadecimal", "NUL", "too long"],
)
def test_a_request_without_a_valid_id_is_400(
    desk: Client, pack: Purchase, action: Action, htmx: bool, request_id: str | None
) -> None:
    response = post_action(desk, action, pack, htmx=htmx, request_id=request_id)

    assert response.status_code == 400
    assert "This page is out of date. Reload it, then press again." in words_on(response)
    assert used(pack) == 3


@ACTIONS
@AS_PAGE_AND_HTMX
@pytest.mark.parametrize("kind", PACKS)
def test_a_press_takes_at_most_4_queries(
    northside: Org,
    desk: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    kind: str,
    action: Action,
    htmx: bool,
) -> None:
    pack = make_pack(org=northside, kind=kind)

    # Without JavaScript, the message for the next page is kept in the session: its row is locked
    # and updated in a transaction.
    kept = 0 if htmx else 6
    with django_assert_max_num_queries(4 + kept):
        # 1. the session with its users 2. the purchase with client and offer
        # 3. the claim of the request id, with release_session or use_session
        # 4. the current counts, if the request is refused
        post_action(desk, action, pack, htmx=htmx)


@ACTIONS
def test_the_name_of_the_client_is_escaped_in_the_message(
    northside: Org, desk: Client, action: Action
) -> None:
    client = make_client(org=northside, name="<img src=x onerror=alert(1)>")
    pack = make_purchase(org=northside, client=client)

    answers = [post_action(desk, action, pack, htmx=True)]
    post_action(desk, action, pack)
    answers.append(desk.get(LIST))

    for answer in answers:
        assert "<img" not in html_of(answer)
        assert "for <img src=x onerror=alert(1)>." in note_on(answer)


@ACTIONS
@AS_PAGE_AND_HTMX
def test_a_purchase_deleted_by_a_concurrent_program_is_404(
    desk: Client, pack: Purchase, action: Action, htmx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = getattr(operations, action)

    def delete_and_run(**arguments: Any) -> operations.Done:
        Purchase.objects.filter(pk=pack.pk).delete()
        done: operations.Done = operation(**arguments)
        return done

    monkeypatch.setattr(operations, action, delete_and_run)
    response = post_action(desk, action, pack, htmx=htmx)

    assert response.status_code == 404
    assert "This page does not exist." in words_on(response)
