"""The acting member: their permissions apply, the audit ledger stores their name."""

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.factories import make_purchases
from tests.pages import LIST, html_of, post_action, rows_on, the_row_on, words_on
from tests.purchase_kinds import used
from tests.shared_desk.people import (
    current_member_name,
    lock_after,
    take_over,
)


def test_each_action_stores_the_member_who_acted(
    shared: Client, mia: User, noah: User, pack: Purchase
) -> None:
    assert current_member_name(shared) == "Mia"
    post_action(shared, "reinstate", pack)
    assert take_over(shared, noah)["Location"] == LIST
    assert current_member_name(shared) == "Noah"
    post_action(shared, "use", pack)
    take_over(shared, mia)
    assert current_member_name(shared) == "Mia"
    post_action(shared, "use", pack)

    requests = SessionRequest.objects.order_by("asked_at").values_list("operation", "actor")
    assert [*requests] == [("reinstate", mia.pk), ("use", noah.pk), ("use", mia.pk)]


def test_acting_member_has_their_own_permissions(
    shared: Client, ada: User, olivia: User, pack: Purchase
) -> None:
    take_over(shared, ada)
    assert the_row_on(shared.get(LIST)).buttons == []
    assert post_action(shared, "reinstate", pack).status_code == 403

    take_over(shared, olivia)
    assert post_action(shared, "reinstate", pack).status_code == 302
    assert used(pack) == 2


def test_header_and_row_show_the_acting_member(shared: Client, noah: User, pack: Purchase) -> None:
    take_over(shared, noah)
    assert "At the desk: Noah" in words_on(shared.get(LIST))
    assert "Noah is at the desk" in words_on(shared.get(LIST))
    client_page = reverse("purchases:client_detail", args=[pack.client_id])
    assert "At the desk: Noah" in words_on(shared.get(client_page))


def test_desk_without_pins_offers_no_switch(desk: Client, noah: User) -> None:
    html = html_of(desk.get(LIST))
    assert "At the desk: Mia" in words_on(desk.get(LIST))
    assert "<dialog" in html
    assert 'id="who-is-here"' not in html
    assert "shared_desk.js" not in html
    assert "is at the desk" not in html


def test_shared_desk_needs_no_extra_queries(
    northside: Org,
    shared: Client,
    noah: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lock_after(northside, 5)
    make_purchases(org=northside, count=3)
    take_over(shared, noah)

    with django_assert_max_num_queries(3):
        # The queries: the session with its members, the purchases.
        assert len(rows_on(shared.get(LIST))) == 3


def test_action_at_a_shared_desk_needs_no_extra_queries(
    northside: Org,
    shared: Client,
    noah: User,
    pack: Purchase,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lock_after(northside, 5)
    take_over(shared, noah)

    with django_assert_max_num_queries(3):
        # The queries: the session with its members, the purchase, the claim of the request id.
        post_action(shared, "reinstate", pack, htmx=True, by=str(noah.membership.pk))
    assert used(pack) == 2
