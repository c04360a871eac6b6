"""Approvals are idempotent, and their request id cannot approve another action."""

from uuid import uuid4

from django.test import Client

from purchases.models import Org, Purchase
from studio.models import User
from tests.allowances.limits import LATE
from tests.approvals.approval import approve, owners_form
from tests.factories import PASSWORD, make_user
from tests.ledger import changes
from tests.pages import (
    AS_PAGE_AND_HTMX,
    USED_BEFORE,
    note_on,
    post_action,
)
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
def test_repeated_approval_counts_once_even_if_the_password_changed(
    desk: Client, olivia: User, pack: Purchase, htmx: bool
) -> None:
    fields = owners_form(desk, pack)
    first = approve(desk, pack, fields, PASSWORD, htmx=htmx)
    olivia.set_password("another-long-password")
    olivia.save()

    again = approve(desk, pack, fields, PASSWORD, htmx=htmx)

    assert again.status_code == first.status_code == (200 if htmx else 302)
    if htmx:
        assert note_on(again) == note_on(first)
    assert changes(pack) == [("reinstated", -1, 2)]


def test_request_id_cannot_be_reused_with_another_approver(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    omar = make_user(username="omar", org=northside, role="owner")
    first = str(uuid4())
    fields = {**owners_form(desk, pack, request_id=first), "approved_by": str(olivia.pk)}
    assert approve(desk, pack, fields, PASSWORD).status_code == 200
    others = [
        approve(desk, pack, {**fields, "approved_by": str(omar.pk)}, PASSWORD),
        post_action(
            desk, "reinstate", pack, htmx=True, reason=LATE, request_id=fields["request_id"]
        ),
        approve(desk, pack, {**fields, "request_id": first}, PASSWORD),
    ]

    assert [(answer.status_code, note_on(answer)) for answer in others] == [(409, USED_BEFORE)] * 3
    assert used(pack) == 2
