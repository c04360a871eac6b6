"""A confirmation counts once, and its id confirms nothing else."""

from uuid import uuid4

from django.test import Client

from purchases.models import Org, Purchase
from studio.models import User
from tests.allowances.limits import LATE
from tests.factories import PASSWORD, make_user
from tests.ledger import changes
from tests.owners_step.confirming import confirm, owners_form
from tests.pages import (
    AS_PAGE_AND_HTMX,
    USED_BEFORE,
    note_on,
    press,
)
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
def test_sent_twice_it_counts_once_and_answers_the_same_though_the_secret_changed_since(
    desk: Client, olivia: User, pack: Purchase, htmx: bool
) -> None:
    fields = owners_form(desk, pack)
    first = confirm(desk, pack, fields, PASSWORD, htmx=htmx)
    olivia.set_password("another-long-password")
    olivia.save()

    again = confirm(desk, pack, fields, PASSWORD, htmx=htmx)

    assert again.status_code == first.status_code == (200 if htmx else 302)
    if htmx:
        assert note_on(again) == note_on(first)
    assert changes(pack) == [("reinstated", -1, 2)]


def test_the_same_id_with_another_approver_or_none_is_another_press(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    omar = make_user(username="omar", org=northside, role="owner")
    first = str(uuid4())
    fields = {**owners_form(desk, pack, request_id=first), "approved_by": str(olivia.pk)}
    assert confirm(desk, pack, fields, PASSWORD).status_code == 200
    others = [
        confirm(desk, pack, {**fields, "approved_by": str(omar.pk)}, PASSWORD),
        press(desk, "reinstate", pack, htmx=True, reason=LATE, request_id=fields["request_id"]),
        confirm(desk, pack, {**fields, "request_id": first}, PASSWORD),
    ]

    assert [(each.status_code, note_on(each)) for each in others] == [(409, USED_BEFORE)] * 3
    assert used(pack) == 2
