"""The pages on which two records are merged, and what the pages of both say of it."""

import re
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client as Browser

from purchases.models import Client, Org, Purchase
from studio.models import User
from tests.acts.acts import message_after
from tests.clients.pages import changes_on, form_of, page_of, url_to
from tests.database import rows
from tests.factories import make_client, make_purchase
from tests.pages import html_of, send, words_on


@pytest.fixture
def twin(northside: Org) -> Client:
    twin = make_client(org=northside, name="Anna Gil", email="gil@example.com", phone="0412345678")
    make_purchase(org=northside, client=twin)
    return twin


def merge(browser: Browser, client: Client, record: Client, **fields: Any) -> HttpResponseBase:
    """Load the page with both records, choose these values and send it."""
    url = url_to("merge_client", client)
    form = form_of(browser.get(url, {"other": str(record.pk)}))
    for name in ("full_name", "email", "phone", "notes"):
        form.pop(name, None)
    return browser.post(url, form | fields)


def undo_url(response: HttpResponseBase) -> str:
    found = re.search(r'action="(/merges/\d+/undo/)"', html_of(response))
    assert found, "the page has no button that undoes a merge"
    return found[1]


def test_alike_records_are_offered_before_a_search(
    desk: Browser, ana: Client, twin: Client
) -> None:
    page = desk.get(url_to("merge_client", ana))

    assert "Anna Gil same phone number" in words_on(page)
    assert f'href="?other={twin.pk}"' in html_of(page)


def test_a_search_finds_the_other_record(desk: Browser, ana: Client, twin: Client) -> None:
    url = url_to("merge_client", ana)

    assert f'href="?other={twin.pk}"' in html_of(desk.get(url, {"q": "gil"}))
    assert "No other clients found for “zzz”." in words_on(desk.get(url, {"q": "zzz"}))
    assert desk.get(url, {"q": "x" * 101}).status_code == 400
    assert desk.get(url, {"other": "x"}).status_code == 400


def test_the_page_compares_both_records(desk: Browser, ana: Client, twin: Client) -> None:
    page = words_on(desk.get(url_to("merge_client", ana), {"other": str(twin.pk)}))

    assert "Name Ana Ruiz Anna Gil" in page
    assert "E-mail ana@example.com gil@example.com" in page
    assert "Purchases 0 1" in page


def test_the_merge_moves_the_pack_and_both_pages_show_it(
    desk: Browser, ana: Client, twin: Client
) -> None:
    answer = merge(desk, ana, twin, email="other")

    assert answer["Location"] == page_of(ana)
    page = desk.get(page_of(ana))
    words = words_on(page)
    assert "Merged with Anna Gil." in words
    assert "Also: Anna Gil · gil@example.com" in words
    assert Purchase.objects.get().client == ana
    assert changes_on(page)[0] == (
        "Merged Anna Gil | E-mail: ana@example.com → gil@example.com | Mia | Undo"
    )
    other = desk.get(page_of(twin))
    assert "This record was merged into another one: Ana Ruiz" in words_on(other)
    assert "Edit" not in words_on(other)
    assert desk.get(url_to("edit_client", twin)).status_code == 404
    assert desk.get(url_to("merge_client", twin)).status_code == 404


def test_one_press_undoes_it(desk: Browser, ana: Client, twin: Client) -> None:
    merge(desk, ana, twin, email="other")
    undo = undo_url(desk.get(page_of(ana)))

    answer = send(desk, undo)

    assert answer["Location"] == page_of(ana)
    page = desk.get(page_of(ana))
    assert "Undone: there are two clients again." in words_on(page)
    undone, merged, *_ = changes_on(page)
    assert undone == "Merge undone Anna Gil | E-mail: gil@example.com → ana@example.com | Mia"
    assert not merged.endswith("Undo")
    assert Purchase.objects.get().client == twin
    assert send(desk, undo).status_code == 409


def test_the_history_of_the_purchase_names_the_merge(
    desk: Browser, ana: Client, twin: Client
) -> None:
    merge(desk, ana, twin)

    page = words_on(desk.get(f"/purchases/{Purchase.objects.get().pk}/"))

    assert "Client records merged Client: Anna Gil → Ana Ruiz Mia" in page


def test_a_page_that_is_out_of_date_is_told(desk: Browser, ana: Client, twin: Client) -> None:
    url = url_to("merge_client", ana)
    form = form_of(desk.get(url, {"other": str(twin.pk)}))
    rows("UPDATE clients SET email = 'new@example.com' WHERE id = %s", twin.pk)

    answer = desk.post(url, form)

    assert answer.status_code == 409
    assert "Somebody else changed this client since." in words_on(answer)
    assert "new@example.com" in words_on(answer)
    assert Purchase.objects.get().client == twin


def test_a_double_click_merges_once(desk: Browser, ana: Client, twin: Client) -> None:
    url = url_to("merge_client", ana)
    form = form_of(desk.get(url, {"other": str(twin.pk)})) | {"email": "kept"}

    answers = [desk.post(url, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len([line for line in changes_on(desk.get(page_of(ana))) if "Merged" in line]) == 1


def test_a_form_without_another_record_is_shown_again(desk: Browser, ana: Client) -> None:
    answer = merge(desk, ana, make_client(org=ana.org), other="")

    assert answer.status_code == 400
    assert "Choose the other record of this person." in words_on(answer)


def test_records_of_another_studio_are_404(
    desk: Browser, ana: Client, southside: Org, otto: User
) -> None:
    stranger = make_client(org=southside)

    assert desk.get(url_to("merge_client", ana), {"other": str(stranger.pk)}).status_code == 404
    assert desk.get(url_to("merge_client", stranger)).status_code == 404
    assert merge(desk, ana, make_client(org=ana.org), other=stranger.pk).status_code == 404


def test_the_accountant_can_neither_merge_nor_undo(
    accountant: Browser, desk: Browser, ana: Client, twin: Client
) -> None:
    merge(desk, ana, twin)
    undo = undo_url(desk.get(page_of(ana)))

    assert accountant.get(url_to("merge_client", ana)).status_code == 403
    assert send(accountant, undo).status_code == 403
    assert "Merge" not in words_on(accountant.get(page_of(ana))).replace("Merged", "")


def test_the_message_offers_undo(desk: Browser, ana: Client, twin: Client) -> None:
    answer = merge(desk, ana, twin)

    assert message_after(desk, answer).startswith("Merged with Anna Gil.")
