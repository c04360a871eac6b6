"""Faults that the HTML checker of `make lighthouse` found once: a quick check for each."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from tests.cancelled_class.pages import look
from tests.factories import make_purchase
from tests.pages import LIST, html_of


def test_attributes_that_are_not_htmls_begin_with_data() -> None:
    """htmx reads `data-hx-post` as it reads `hx-post`."""
    templates = list((settings.BASE_DIR / "templates").rglob("*.html"))
    assert templates
    for template in templates:
        assert re.findall(r"(?<!data-)\bhx-[a-z-]+=", template.read_text()) == [], template


def test_a_moment_is_told_to_the_second(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)

    html = html_of(desk.get(reverse("purchases:purchase_detail", args=[pack.pk])))

    moments = re.findall(r'datetime="([^"]*)"', html)
    assert moments
    for moment in moments:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", moment)


@pytest.mark.parametrize(("used", "left", "bar"), [(12, -2, 0), (-2, 12, 10), (3, 7, 7)])
def test_a_bar_is_full_at_most_and_empty_at_least(
    northside: Org, desk: Client, used: int, left: int, bar: int
) -> None:
    """The number beside it says what another program made of the count."""
    make_purchase(org=northside, used=used)

    html = html_of(desk.get(LIST))

    assert re.findall(r'<meter[^>]* max="10"[^>]* value="([^"]*)"', html) == [str(bar)]
    assert f"<strong>{left}</strong>" in html


def test_a_character_that_html_has_not_is_seen_where_it_was_typed(
    northside: Org, desk: Client
) -> None:
    response = look(desk, "Ana \0 Ruiz")

    assert response.status_code == 400
    assert "\0" not in html_of(response)
    assert "Ana � Ruiz</textarea>" in html_of(response)
