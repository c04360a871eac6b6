"""Quick regression tests for faults that the HTML checker of `make lighthouse` found."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from purchases.models import Org
from tests.cancelled_class.pages import paste_names
from tests.factories import make_purchase
from tests.pages import LIST, html_of


def test_custom_attributes_begin_with_data() -> None:
    """Attributes of htmx need the prefix: `data-hx-post` is valid HTML, `hx-post` is not."""
    templates = list((settings.BASE_DIR / "templates").rglob("*.html"))
    assert templates
    for template in templates:
        assert re.findall(r"(?<!data-)\bhx-[a-z-]+=", template.read_text()) == [], template


def test_datetime_attributes_are_precise_to_the_second(northside: Org, desk: Client) -> None:
    pack = make_purchase(org=northside)

    html = html_of(desk.get(reverse("purchases:purchase_detail", args=[pack.pk])))

    timestamps = re.findall(r'datetime="([^"]*)"', html)
    assert timestamps
    for timestamp in timestamps:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", timestamp)


@pytest.mark.parametrize(("used", "left", "bar"), [(12, -2, 0), (-2, 12, 10), (3, 7, 7)])
def test_the_bar_of_a_malformed_count_is_clamped(
    northside: Org, desk: Client, used: int, left: int, bar: int
) -> None:
    """The bar is clamped; the number beside it shows the malformed count."""
    make_purchase(org=northside, used=used)

    html = html_of(desk.get(LIST))

    assert re.findall(r'<meter[^>]* max="10"[^>]* value="([^"]*)"', html) == [str(bar)]
    assert f"<strong>{left}</strong>" in html


def test_a_null_character_is_shown_as_the_replacement_character(
    northside: Org, desk: Client
) -> None:
    response = paste_names(desk, "Ana \0 Ruiz")

    assert response.status_code == 400
    assert "\0" not in html_of(response)
    assert "Ana � Ruiz</textarea>" in html_of(response)
