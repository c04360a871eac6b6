"""Extend moves a pack's expiry. The audit ledger stores the member and the reason."""

from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from purchases import operations
from purchases.forms import SAY_WHY
from purchases.models import ExpiryEvent, Org, Purchase
from purchases.operations.commands import Extend
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.database import value
from tests.expiry.extensions import (
    expiry_lines,
    extend,
)
from tests.pages import (
    AS_PAGE_AND_HTMX,
    LIST,
    html_of,
    note_on,
    the_row_on,
    undo_on,
    words_on,
)

# --- Member and reason ----------------------------------------------------------------------------


def test_request_stores_the_note(desk: Client, mia: User, pack: Purchase) -> None:
    extend(desk, pack, days=7, note="ill for a week")

    request = ExpiryEvent.objects.get().request
    assert request is not None
    assert (request.actor, request.note, request.extend_days) == (mia, "ill for a week", 7)


def test_mandatory_reason_applies_to_extend(desk: Client, northside: Org, pack: Purchase) -> None:
    Policy.objects.create(org=northside, reason_is_mandatory=True)
    answer = extend(desk, pack, days=7)
    assert (answer.status_code, str(SAY_WHY) in words_on(answer)) == (400, True)

    assert extend(desk, pack, days=7, note="ill").status_code == 200
    assert len(expiry_lines(pack)) == 1


def test_repeated_request_replays_even_if_a_reason_became_mandatory(
    desk: Client, northside: Org, pack: Purchase
) -> None:
    request_id = str(uuid4())
    first = extend(desk, pack, days=7, request_id=request_id)
    Policy.objects.create(org=northside, reason_is_mandatory=True)

    assert note_on(extend(desk, pack, days=7, request_id=request_id)) == note_on(first)


def test_roles_that_may_extend(
    mia: User, olivia: User, ada: User, otto: User, pack: Purchase, signed_in: SignIn
) -> None:
    people = {mia: 200, olivia: 200, ada: 403, otto: 404}
    for person, status in people.items():
        assert extend(signed_in(person), pack, days=7).status_code == status, person
    assert len(expiry_lines(pack)) == 2


# --- The response ---------------------------------------------------------------------------------


@AS_PAGE_AND_HTMX
def test_response_shows_the_new_expiry_and_undo(desk: Client, pack: Purchase, htmx: bool) -> None:
    answer = extend(desk, pack, days=7, htmx=htmx)
    if not htmx:
        assert (answer.status_code, answer["Location"]) == (302, LIST)
    page = answer if htmx else desk.get(LIST)

    event = ExpiryEvent.objects.get()
    assert undo_on(page) == reverse("purchases:undo_extension", args=[event.pk])
    assert the_row_on(page).normalized == the_row_on(desk.get(LIST)).normalized
    assert f"{event.expires_at:%Y}-" in the_row_on(page).html


def test_extend_needs_at_most_4_queries(
    desk: Client, pack: Purchase, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # The queries: 1. the session with its members, 2. the purchase with client and offer,
    # 3. the claim with extend_expiry, 4. the current purchase if the request is refused.
    for fields in ({"days": 7}, {"until": timezone.localdate().isoformat()}):
        with django_assert_max_num_queries(4):
            extend(desk, pack, **fields)


def test_note_escapes_the_client_name(desk: Client, pack: Purchase) -> None:
    pack.client.full_name = "<img src=x onerror=alert(1)>"
    pack.client.save()

    assert "<img" not in html_of(extend(desk, pack, days=7))


def test_extension_is_one_statement(
    mia: User, pack: Purchase, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    member = mia.membership
    with django_assert_num_queries(1):
        operations.extend(member=member, purchase=pack, command=Extend(request_id=uuid4(), days=7))
    assert pack.expires_at == value("SELECT expires_at FROM client_purchases")
