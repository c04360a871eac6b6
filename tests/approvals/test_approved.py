"""An owner approves a reinstatement beyond the allowance with a password or PIN. The member at
the desk stays signed in, and the history shows both names."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse

from purchases.models import Org, Purchase, SessionRequest
from studio.models import User
from tests.allowances.limits import LATE, allow
from tests.approvals.approval import approve, owners_form
from tests.factories import PASSWORD, make_purchase
from tests.history import history_on, page_of
from tests.pages import (
    AS_PAGE_AND_HTMX,
    LIST,
    html_of,
    note_on,
    post_action,
    undo_on,
    words_on,
)
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
def test_owner_approves_and_desk_member_stays_signed_in(
    desk: Client, mia: User, olivia: User, pack: Purchase, htmx: bool
) -> None:
    session = desk.cookies["sessionid"].value
    fields = owners_form(desk, pack, htmx=htmx, note="her bus broke down")

    answer = approve(desk, pack, fields, PASSWORD, htmx=htmx)

    assert answer.status_code == (200 if htmx else 302)
    page = answer if htmx else desk.get(LIST)
    assert note_on(page) == "Session reinstated for Ana Ruiz. 8 of 10 left."
    assert undo_on(page)
    assert used(pack) == 2
    assert desk.cookies["sessionid"].value == session
    assert desk.session["_auth_user_id"] == str(mia.pk)


def test_history_and_admin_show_both_names(
    desk: Client, mia: User, olivia: User, pack: Purchase
) -> None:
    approve(desk, pack, owners_form(desk, pack, note="bus"), PASSWORD)

    request = SessionRequest.objects.get(events__kind="reinstated")
    assert (request.actor, request.approved_by, request.note) == (mia, olivia, "bus")
    who = history_on(desk.get(page_of(pack)))[0].who
    assert who.startswith("Mia, confirmed by Olivia: late cancel forgiven bus")
    ledger = desk.get(reverse("admin:purchases_sessionevent_changelist"))
    assert "mia, confirmed by olivia" in words_on(ledger)


def test_approval_has_its_own_request_id(desk: Client, olivia: User, pack: Purchase) -> None:
    first = str(uuid4())
    fields = owners_form(desk, pack, request_id=first)

    approve(desk, pack, fields, PASSWORD)

    assert fields["request_id"] != first
    requests = SessionRequest.objects.order_by("asked_at").values_list("refusal", "approved_by")
    assert list(requests) == [("over_allowance", None), (None, olivia.pk)]


def test_approved_reinstatement_counts_towards_the_allowance(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    approve(desk, pack, owners_form(desk, pack), PASSWORD)

    answer = post_action(desk, "reinstate", pack, htmx=True, reason=LATE)

    assert note_on(answer).startswith("2nd in 30 days for Ana Ruiz")


def test_unneeded_approval_is_stored(
    desk: Client, olivia: User, northside: Org, pack: Purchase
) -> None:
    fields = owners_form(desk, pack)
    northside.allowances.all().delete()

    approve(desk, pack, fields, PASSWORD)

    assert SessionRequest.objects.get(events__kind="reinstated").approved_by == olivia


def test_approval_reverses_the_chosen_use(desk: Client, olivia: User, northside: Org) -> None:
    pack = make_purchase(org=northside, used=0)
    for _ in range(2):
        post_action(desk, "use", pack)
    assert used(pack) == 2
    use = pack.events.filter(kind="used").earliest("pk")
    allow(northside, 0)

    approve(desk, pack, owners_form(desk, pack, event=str(use.pk)), PASSWORD)

    assert pack.events.get(kind="reinstated").reverses == use


def test_approval_does_not_override_other_refusals(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    fields = owners_form(desk, pack)
    Purchase.objects.update(sessions_used=0)

    answer = approve(desk, pack, fields, PASSWORD)

    assert (answer.status_code, note_on(answer)) == (
        409,
        "Nothing to reinstate: no session of this pack is used.",
    )
    assert "approval-form" not in html_of(answer)


@pytest.mark.parametrize(
    ("operation", "approver", "rule"),
    [
        ("reinstate", "mia", "session_requests_approver_is_not_the_actor"),
        ("use", "olivia", "session_requests_only_reinstatements_are_approved"),
    ],
)
def test_constraints_check_the_approver(
    mia: User, olivia: User, pack: Purchase, operation: str, approver: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        SessionRequest.objects.create(
            request_id=uuid4(),
            operation=operation,
            purchase=pack,
            actor=mia,
            approved_by=mia if approver == "mia" else olivia,
        )


def test_approver_cannot_be_deleted(desk: Client, olivia: User, pack: Purchase) -> None:
    approve(desk, pack, owners_form(desk, pack), PASSWORD)

    with pytest.raises(ProtectedError):
        olivia.delete()
