"""The next member continues on the same page, but cannot act from a page made for another."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from purchases.models import Purchase
from studio.models import User
from tests.pages import HTMX, LIST, html_of, note_on, post_action, the_row_on
from tests.purchase_kinds import used
from tests.shared_desk.people import (
    take_over,
)


def test_next_member_keeps_the_page_without_the_search(
    shared: Client, mia: User, noah: User
) -> None:
    page = f"{LIST}?q=ana&state=active"
    assert take_over(shared, mia, page=page)["Location"] == page, "the same member keeps the search"
    assert take_over(shared, noah, page=page)["Location"] == f"{LIST}?state=active"
    answer = take_over(shared, mia, page=page, htmx=True)
    assert answer["HX-Redirect"] == f"{LIST}?state=active"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "x", ""])
def test_next_url_of_another_site_is_ignored(shared: Client, noah: User, elsewhere: str) -> None:
    assert take_over(shared, noah, page=elsewhere)["Location"] == reverse("home")


@pytest.mark.parametrize("htmx", [False, True])
def test_page_of_another_member_changes_nothing(
    shared: Client, mia: User, noah: User, pack: Purchase, htmx: bool
) -> None:
    """The page is still open for Mia in another window of the same browser."""
    row = the_row_on(shared.get(LIST)).html
    assert f'name="by" value="{mia.membership.pk}"' in row
    take_over(shared, noah)

    answer = post_action(shared, "reinstate", pack, htmx=htmx, by=str(mia.membership.pk))

    assert answer.headers.get("HX-Redirect" if htmx else "Location")
    assert used(pack) == 3
    message = "Nothing was changed: Noah is at the desk now. Press again to do it as Noah."
    assert note_on(shared.get(LIST)) == message
    post_action(shared, "reinstate", pack, by=str(noah.membership.pk))
    assert used(pack) == 2


def test_refused_form_redirects_to_no_other_site(
    shared: Client, mia: User, noah: User, pack: Purchase
) -> None:
    take_over(shared, noah)

    answer = shared.post(
        reverse("purchases:use", args=[pack.pk]),
        {"by": str(mia.membership.pk)},
        headers=HTMX | {"HX-Current-URL": "http://testserver//evil.example/"},
    )

    assert answer["HX-Redirect"] == reverse("home")


def test_list_of_a_cancelled_class_of_another_member_changes_nothing(
    shared: Client, mia: User, noah: User, pack: Purchase
) -> None:
    take_over(shared, noah)
    url = reverse("purchases:reinstate_all", args=[uuid4()])
    sent = {"purchase": [str(pack.pk)], "reason": "class_cancelled"}
    shared.post(url, sent | {"by": str(mia.membership.pk)})
    assert used(pack) == 3
    page = html_of(shared.get(reverse("purchases:cancelled_class")))
    assert f'name="by" value="{noah.membership.pk}"' in page
    shared.post(url, sent | {"by": str(noah.membership.pk)})
    assert used(pack) == 2
