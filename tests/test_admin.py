"""The admin's change lists: search, filters, dates and numbers of queries."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org
from studio.models import User
from tests.conftest import SignIn
from tests.factories import make_client, make_offer, make_purchase, make_user

PURCHASES = "/admin/purchases/purchase/"


@pytest.fixture
def admin(signed_in: SignIn, olivia: User) -> Client:
    return signed_in(olivia)


def listed(browser: Client, url: str, **query: str) -> set[object]:
    response = browser.get(url, query)
    assert response.status_code == 200, response.headers
    return {row.pk for row in response.context["cl"].result_list}


def page_of(browser: Client, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200, response.headers
    return response.text


def test_the_header_links_to_the_desk(admin: Client) -> None:
    page = page_of(admin, "/admin/")
    assert "<title>Everything in the studio | Studio</title>" in page
    assert '<a href="/">View site</a>' in page
    assert '<a class="desk" href="/purchases/">Desk</a>' in page


def test_a_superuser_without_a_membership_has_no_link_to_the_desk(
    signed_in: SignIn, db: None
) -> None:
    page = page_of(signed_in(User.objects.create_superuser("root")), "/admin/")
    assert 'class="desk"' not in page


def test_the_admin_has_the_colours_of_the_desk(admin: Client) -> None:
    """Its stylesheet comes last, and has the values of the tokens of studio.css."""
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]*)"', page_of(admin, PURCHASES))
    assert sheets[-1].startswith("/static/studio/admin")
    css, desk = (read_style(name) for name in ("admin.css", "studio.css"))
    names = {"blue": "accent", "blue-wash": "accent-wash", "on-blue": "on-accent"}
    for name in ("paper", "surface", "ink", "quiet", "line", "control", "stopped", *names):
        assert token(css, name) == token(desk, names.get(name, name))


def read_style(name: str) -> str:
    return (settings.BASE_DIR / "studio/static/studio" / name).read_text()


def token(css: str, name: str) -> tuple[str, str]:
    """Return the light and the dark value of a custom property."""
    light, *dark = re.findall(rf"--{name}: (oklch\(.*\));", css)
    (value,) = set(dark)
    return light, value


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_index_names_the_lists(admin: Client, language: str) -> None:
    names = ["studios", "session history", "expiry history", "purchase history"]
    names += ["client history", "offer history"]
    with translation.override(language):
        translated = [gettext(name) for name in names]
    assert [name in names for name in translated] == [language == "en"] * len(names)

    page = admin.get("/admin/", headers={"Accept-Language": language}).text
    for name in translated:
        assert f">{name.capitalize()}</a>" in page


def test_a_list_is_titled_by_its_name(admin: Client) -> None:
    assert "<h1>Session history</h1>" in page_of(admin, "/admin/purchases/sessionevent/")


@pytest.mark.parametrize(
    "model",
    [
        "purchases/org",
        "purchases/client",
        "purchases/offer",
        "purchases/purchase",
        "studio/membership",
    ],
)
def test_every_list_can_be_searched_and_filtered_by_date(
    admin: Client, northside: Org, model: str
) -> None:
    make_purchase(org=northside)
    response = admin.get(f"/admin/{model}/", {"q": "north olivia ana pack"})
    changelist = response.context["cl"]
    assert changelist.search_fields
    assert any("DateField" in type(spec).__name__ for spec in changelist.filter_specs)


@pytest.mark.parametrize("word", ["ruiz", "ANA@", "0400 123", "zoë ana"])
def test_purchases_are_found_by_name_email_and_phone_of_the_client(
    admin: Client, northside: Org, word: str
) -> None:
    ana = make_client(
        org=northside, name="Ana Zoë Ruiz", email="ana@example.com", phone="0400 123 456"
    )
    wanted = make_purchase(org=northside, client=ana)
    make_purchase(org=northside, client=make_client(org=northside, name="Ben Okafor"))
    assert listed(admin, PURCHASES, q=word) == {wanted.pk}


def test_purchases_are_filtered_by_state_as_at_the_desk(admin: Client, northside: Org) -> None:
    now = timezone.now()
    active = make_purchase(org=northside)
    used_up = make_purchase(org=northside, used=10)
    expiring = make_purchase(org=northside, expires_at=now + timedelta(days=3))
    expired = make_purchase(org=northside, expires_at=now - timedelta(days=3))
    unpaid = make_purchase(org=northside, payment_status="failed")

    def in_state(state: str) -> set[object]:
        return listed(admin, PURCHASES, state=state)

    assert in_state("active") == {active.pk, expiring.pk}
    assert in_state("expiring") == {expiring.pk}
    assert in_state("used_up") == {used_up.pk}
    assert in_state("expired") == {expired.pk}
    assert in_state("unpaid") == {unpaid.pk}


def test_a_state_that_does_not_exist_is_refused(admin: Client) -> None:
    assert admin.get(PURCHASES, {"state": "happy"}).status_code == 400


def test_purchases_are_filtered_by_offer_type_payment_and_date(
    admin: Client, northside: Org
) -> None:
    single = make_offer(org=northside, name="Drop-in", offer_type="single_session")
    wanted = make_purchase(org=northside, offer=single, payment_status="refunded")
    make_purchase(org=northside, purchased_at=datetime(2020, 5, 1, tzinfo=UTC))
    assert listed(admin, PURCHASES, offer__offer_type__exact="single_session") == {wanted.pk}
    assert listed(admin, PURCHASES, payment_status__exact="refunded") == {wanted.pk}
    assert listed(admin, PURCHASES, purchased_at__gte="2021-01-01 00:00:00+00:00") == {wanted.pk}


def test_facets_count_the_rows_of_every_filter(admin: Client, northside: Org) -> None:
    make_purchase(org=northside)
    assert "Used up (0)" in page_of(admin, f"{PURCHASES}?_facets=True")


def test_purchases_with_dates_that_python_cannot_represent_are_listed(
    admin: Client, northside: Org
) -> None:
    packs = [make_purchase(org=northside) for _ in range(3)]
    with connection.cursor() as cursor:
        for pack, timestamp in zip(packs, ["infinity", "-infinity", "20000-01-01"], strict=True):
            cursor.execute(
                "UPDATE client_purchases SET purchased_at = %(at)s, expires_at = %(at)s,"
                " created_at = %(at)s WHERE id = %(id)s",
                {"at": timestamp, "id": pack.pk},
            )
    assert listed(admin, PURCHASES) == {pack.pk for pack in packs}


def test_the_newest_purchase_comes_first_by_the_index_of_the_desk(
    admin: Client, northside: Org
) -> None:
    old = make_purchase(org=northside, purchased_at=datetime(2020, 5, 1, tzinfo=UTC))
    new = make_purchase(org=northside, purchased_at=datetime(2020, 7, 9, tzinfo=UTC))
    changelist = admin.get(PURCHASES).context["cl"]
    assert [row.pk for row in changelist.result_list] == [new.pk, old.pk]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")  # If no index fits, it still sorts.
    plan = changelist.queryset[:50].explain()
    assert "purchases_newest_first" in plan
    assert "Sort" not in plan


def test_malformed_rows_of_other_programs_are_shown(admin: Client, northside: Org) -> None:
    odd = make_purchase(org=northside, total=None, used=None, payment_status=None)
    overdrawn = make_purchase(org=northside, total=1, used=3)
    assert listed(admin, PURCHASES) == {odd.pk, overdrawn.pk}
    page = page_of(admin, PURCHASES)
    assert '<td class="field-used">–</td>' in page
    assert '<td class="field-used">3 of 1</td><td class="field-left">-2</td>' in page
    for purchase in (odd, overdrawn):
        page_of(admin, reverse("admin:purchases_purchase_change", args=[purchase.pk]))


# Every page takes one query for the session and its users. A list takes two more: rows and count.
PAGE_QUERIES = 1
LIST_QUERIES = PAGE_QUERIES + 2


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        ("purchases/org", LIST_QUERIES),
        ("purchases/client", LIST_QUERIES + 1),  # the statuses of the filter
        ("purchases/offer", LIST_QUERIES),
        (
            "purchases/purchase",
            LIST_QUERIES + 2,
        ),  # the date hierarchy: first and last date, months or days
        ("studio/membership", LIST_QUERIES),
    ],
)
def test_a_list_of_many_rows_takes_few_queries(
    admin: Client,
    northside: Org,
    model: str,
    queries: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(12):
        make_purchase(org=northside, offer=make_offer(org=northside, name=f"Pack {number}"))
        make_user(username=f"member{number}", org=northside)
    with django_assert_max_num_queries(queries):
        page_of(admin, f"/admin/{model}/")


def test_the_number_of_queries_of_a_form_does_not_depend_on_the_number_of_choices(
    admin: Client, northside: Org, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    purchase = make_purchase(org=northside)
    for number in range(12):
        make_purchase(org=northside, offer=make_offer(org=northside, name=f"Pack {number}"))
    # The purchase; its client and offer for the title, and again for the selected options.
    with django_assert_max_num_queries(PAGE_QUERIES + 5):
        page_of(admin, reverse("admin:purchases_purchase_change", args=[purchase.pk]))


def test_pages_have_no_inline_script_or_style_that_the_csp_would_block(
    admin: Client, northside: Org
) -> None:
    purchase = make_purchase(org=northside)
    change = reverse("admin:purchases_purchase_change", args=[purchase.pk])
    add = reverse("admin:purchases_purchase_add")
    history = reverse("admin:purchases_purchase_history", args=[purchase.pk])
    for url in ("/admin/", PURCHASES, change, add, history, "/admin/password_change/"):
        page = page_of(admin, url)
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page), url


def test_a_change_appears_in_the_history_of_its_row(admin: Client, northside: Org) -> None:
    ana = make_client(org=northside)
    form = {"full_name": "Ana Ruiz Soto", "status": "active"}
    change = reverse("admin:purchases_client_change", args=[ana.pk])
    admin.post(change, form)
    history = page_of(admin, reverse("admin:purchases_client_history", args=[ana.pk]))
    assert "Changed Full name." in history
