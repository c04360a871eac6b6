"""A wrong secret, or the secret of a member who is not an owner, changes nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from purchases.models import Org, Purchase, SessionRequest
from studio.accounts import pins
from studio.models import User
from tests.allowances.limits import LATE
from tests.approvals.approval import WRONG, approval_form, approve, owners_form
from tests.conftest import SignIn
from tests.factories import PASSWORD, make_user
from tests.ledger import changes
from tests.pages import AS_PAGE_AND_HTMX, fields_in, note_on, post_action, the_row_on, words_on
from tests.purchase_kinds import used


@AS_PAGE_AND_HTMX
def test_wrong_secret_changes_nothing_and_can_be_retried(
    desk: Client, olivia: User, pack: Purchase, htmx: bool
) -> None:
    fields = owners_form(desk, pack, htmx=htmx, note="bus")
    before = SessionRequest.objects.count()

    answer = approve(desk, pack, fields, WRONG, htmx=htmx)

    assert answer.status_code == 409
    assert "That is not the password or PIN of Olivia. 4 tries are left." in words_on(answer)
    assert "1st in 30 days for Ana Ruiz: late cancel forgiven." in words_on(answer)
    assert the_row_on(answer).used == "3" == str(used(pack))
    assert SessionRequest.objects.count() == before, "the request id stays unused"
    again = fields_in(approval_form(answer))
    assert {**again, "request_id": ""} == {**fields, "request_id": ""}
    assert approve(desk, pack, again, PASSWORD, htmx=htmx).status_code == (200 if htmx else 302)


@pytest.mark.parametrize("person", ["mia", "max", "ada", "otto", "nora", "gone", "nobody"])
def test_only_another_active_owner_of_the_org_can_approve(
    desk: Client,
    olivia: User,
    northside: Org,
    pack: Purchase,
    person: str,
    request: pytest.FixtureRequest,
) -> None:
    people: dict[str, Callable[[], int]] = {
        "max": lambda: make_user(username="max", org=northside, role="staff").pk,
        "gone": lambda: make_user(username="gone", org=northside, role="owner").pk,
        "nobody": lambda: 2**40,
    }
    known = people.get(person)
    approver = known() if known else request.getfixturevalue(person).pk
    User.objects.filter(username="gone").update(is_active=False)
    fields = owners_form(desk, pack) | {"approved_by": str(approver)}

    answer = approve(desk, pack, fields, PASSWORD)

    assert (answer.status_code, note_on(answer)) == (409, "Choose an owner of your studio.")
    assert changes(pack) == []


def test_accountant_cannot_reinstate_with_an_owners_approval(
    signed_in: SignIn, ada: User, olivia: User, pack: Purchase
) -> None:
    answer = post_action(
        signed_in(ada), "reinstate", pack, approved_by=str(olivia.pk), secret=PASSWORD
    )

    assert answer.status_code == 403
    assert used(pack) == 3


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("approved_by", "olivia", "This page is out of date."),
        ("approved_by", "-1", "greater than or equal to 1"),
        ("secret", "\0", "This is not a password."),
        ("secret", "x" * 1001, "This is too long for a password."),
    ],
)
def test_invalid_field_values_are_rejected(
    desk: Client, olivia: User, pack: Purchase, field: str, value: str, error: str
) -> None:
    answer = post_action(desk, "reinstate", pack, htmx=True, **{"reason": LATE.value, field: value})

    assert answer.status_code == 400
    assert error in words_on(answer)
    assert not SessionRequest.objects.exists()


# --- Rate limit: five tries -----------------------------------------------------------------------


def test_owner_approves_with_a_pin(desk: Client, olivia: User, pack: Purchase) -> None:
    pins.set_pin(olivia.membership, "4071")

    assert approve(desk, pack, owners_form(desk, pack), "4071").status_code == 200


def test_five_wrong_tries_lock_out_the_owner(
    desk: Client,
    olivia: User,
    northside: Org,
    pack: Purchase,
    now: datetime,
    later: Callable[[timedelta], None],
) -> None:
    fields = owners_form(desk, pack)
    locked = "Too many wrong tries. Olivia can confirm again in 30 seconds."
    notes = [note_on(approve(desk, pack, fields, WRONG)) for _ in range(5)]
    assert notes[3:] == ["That is not the password or PIN of Olivia. 1 try is left.", locked]

    assert note_on(approve(desk, pack, fields, PASSWORD)) == locked
    omar = make_user(username="omar", org=northside, role="owner")
    other = {**fields, "approved_by": str(omar.pk), "request_id": str(uuid4())}
    assert approve(desk, pack, other, PASSWORD).status_code == 200, "the lockout is per member"
    later(timedelta(seconds=30))
    assert approve(desk, pack, fields, PASSWORD).status_code == 200


def test_correct_secret_in_between_resets_nothing(
    desk: Client, olivia: User, pack: Purchase
) -> None:
    fields = owners_form(desk, pack)
    for _ in range(4):
        approve(desk, pack, fields, WRONG)
    assert approve(desk, pack, fields, PASSWORD).status_code == 200
    fields = owners_form(desk, pack)
    assert "Too many wrong tries." in note_on(approve(desk, pack, fields, WRONG))
