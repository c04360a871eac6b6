"""Unusual requests, and the headers and log lines of their responses."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from tests.pages import HTMX, LIST, html_of


@pytest.mark.parametrize("url", [LIST, reverse("login"), "/nothing/", "/admin/"])
def test_pages_name_their_type_and_encoding(desk: Client, url: str) -> None:
    assert desk.get(url, follow=True)["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("url", [LIST, reverse("login"), "/nothing/"])
def test_a_trace_returns_nothing_of_the_request(desk: Client, url: str) -> None:
    answer = desk.trace(url, headers={"Authorization": "a-secret"})

    assert answer.status_code in (302, 404, 405)
    assert b"a-secret" not in answer.content


def test_a_parameter_that_is_sent_twice_counts_once(desk: Client) -> None:
    page = html_of(desk.get(f"{LIST}?q=first&q=second"))

    assert 'value="second"' in page
    assert 'value="first"' not in page


def test_a_parameter_of_the_url_is_no_field_of_the_form(desk: Client) -> None:
    answer = Client().post(f"{reverse('login')}?username=mia&password=secret")

    assert answer.status_code == 200
    assert 'value="mia"' not in html_of(answer)


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_malformed_url_in_a_header_of_htmx_is_ignored(desk: Client, is_signed_in: bool) -> None:
    browser = desk if is_signed_in else Client()
    url = reverse("purchases:rows") if is_signed_in else LIST
    answer = browser.get(url, headers=HTMX | {"HX-Current-URL": "http://["})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/nothing%0aERROR forged", "/nothing%0d%0aERROR", "/%1b[2J"])
def test_a_path_cannot_forge_a_line_of_the_log(
    desk: Client, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="django"):
        assert desk.get(path).status_code == 404

    [record] = [record for record in caplog.records if record.name == "django.request"]
    assert record.getMessage().isprintable()


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Current-URL": "http://["},
        {"HX-Current-URL": "http://%E2%84%80/", "HX-Current-URL-URI-AutoEncoded": "true"},
    ],
    ids=["open bracket", "sign that stands for several letters"],
)
def test_a_header_that_is_no_url_names_no_page(desk: Client, headers: dict[str, str]) -> None:
    rows = desk.get(reverse("purchases:rows"), headers=HTMX | headers)
    assert rows.status_code == 200

    redirect = Client().get(LIST, headers=HTMX | headers)
    assert redirect["HX-Redirect"] == f"{reverse('login')}?next=/"
