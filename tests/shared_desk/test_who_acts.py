"""Who is at the desk: whose rights hold, whose name an act carries, and what it costs."""

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.factories import make_purchases
from tests.pages import LIST, html_of, press, rows_on, the_row_on, words_on
from tests.purchase_kinds import used
from tests.shared_desk.people import (
    lock_after,
    take_over,
    who_is_at_the_desk,
)


def test_a_code_changes_who_acts_and_every_act_carries_the_name(
    shared: Client, mia: User, noah: User, pack: Purchase
) -> None:
    assert who_is_at_the_desk(shared) == "Mia"
    press(shared, "reinstate", pack)
    assert take_over(shared, noah)["Location"] == LIST
    assert who_is_at_the_desk(shared) == "Noah"
    press(shared, "use", pack)
    take_over(shared, mia)
    assert who_is_at_the_desk(shared) == "Mia"
    press(shared, "use", pack)

    acts = SessionRequest.objects.order_by("asked_at").values_list("operation", "actor")
    assert [*acts] == [("reinstate", mia.pk), ("use", noah.pk), ("use", mia.pk)]


def test_they_act_with_their_own_rights(
    shared: Client, ada: User, olivia: User, pack: Purchase
) -> None:
    take_over(shared, ada)
    assert the_row_on(shared.get(LIST)).buttons == []
    assert press(shared, "reinstate", pack).status_code == 403

    take_over(shared, olivia)
    assert press(shared, "reinstate", pack).status_code == 302
    assert used(pack) == 2


def test_the_name_stands_in_the_header_and_beside_the_buttons(
    shared: Client, noah: User, pack: Purchase
) -> None:
    take_over(shared, noah)
    assert "At the desk: Noah" in words_on(shared.get(LIST))
    assert "Noah is at the desk" in words_on(shared.get(LIST))
    client_page = reverse("purchases:client_detail", args=[pack.client_id])
    assert "At the desk: Noah" in words_on(shared.get(client_page))


def test_a_desk_without_codes_is_as_it_was(desk: Client, noah: User) -> None:
    html = html_of(desk.get(LIST))
    assert "At the desk: Mia" in words_on(desk.get(LIST))
    assert "<dialog" in html
    assert 'id="who-is-here"' not in html
    assert "shared_desk.js" not in html
    assert "is at the desk" not in html


def test_the_desk_takes_no_more_queries_when_shared(
    northside: Org,
    shared: Client,
    noah: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lock_after(northside, 5)
    make_purchases(org=northside, count=3)
    take_over(shared, noah)

    with django_assert_max_num_queries(3):
        # The session with its people, the purchases.
        assert len(rows_on(shared.get(LIST))) == 3


def test_nor_does_a_press(
    northside: Org,
    shared: Client,
    noah: User,
    pack: Purchase,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lock_after(northside, 5)
    take_over(shared, noah)

    with django_assert_max_num_queries(3):
        # The session with its people, the purchase, the claim.
        press(shared, "reinstate", pack, htmx=True, by=str(noah.pk))
    assert used(pack) == 2
