"""Operations: the functions that change a count."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from purchases import operations
from purchases.member import Approval
from purchases.models import Purchase, Refusal
from purchases.operations import Done
from purchases.operations.commands import Reinstate, Use
from studio.models import User
from tests.factories import PASSWORD, make_purchase
from tests.purchase_kinds import used

Operation = Callable[..., Done]
COMMANDS: dict[Operation, type[Reinstate | Use]] = {
    operations.reinstate: Reinstate,
    operations.use: Use,
}

NOT_PAID = pytest.mark.parametrize(
    ("payment_status", "reason"),
    [
        ("pending", "This pack is not paid."),
        ("failed", "This pack is not paid."),
        ("refunded", "This pack was refunded."),
        (None, "This pack is not paid."),
    ],
)


def run(operation: Operation, user: User, purchase: Purchase) -> int:
    """Run the operation and return the new count, which the event must have too."""
    command = COMMANDS[operation](request_id=uuid4())
    done = operation(member=user.membership, purchase=purchase, command=command)
    assert done.sessions_used == purchase.events.get(pk=done.event_id).sessions_used
    return done.sessions_used


def refusal(operation: Operation, user: User, purchase: Purchase) -> str:
    """Return the text of the refusal, after checking that nothing was changed.

    The purchase must have the count of the database.
    """
    before = Purchase.objects.filter(pk=purchase.pk).values().get()
    with pytest.raises(operations.Refused) as refused:
        run(operation, user, purchase)
    assert Purchase.objects.filter(pk=purchase.pk).values().get() == before
    assert purchase.sessions_used == before["sessions_used"]
    assert purchase.sessions_remaining == before["sessions_remaining"]
    return str(refused.value)


def test_reinstate_returns_the_new_count_and_sets_it_on_the_purchase(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=3)

    assert run(operations.reinstate, mia, purchase) == 2
    assert (purchase.sessions_used, purchase.sessions_remaining) == (2, 8)
    purchase.refresh_from_db()
    assert (purchase.sessions_used, purchase.sessions_remaining) == (2, 8)


def test_reinstating_the_only_used_session_returns_0(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, used=1)

    assert run(operations.reinstate, mia, purchase) == 0


def test_reinstate_uses_the_count_of_the_database_and_not_the_loaded_one(
    mia: User,
) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=3)
    Purchase.objects.update(sessions_used=8)

    assert run(operations.reinstate, mia, purchase) == 7
    assert (purchase.sessions_used, purchase.sessions_remaining) == (7, 3)


def test_reinstate_is_one_statement(mia: User) -> None:
    """A SELECT before the statement could be out of date when the statement runs."""
    purchase = make_purchase(org=mia.membership.org)
    member = mia.membership
    assert not member.allowances, "loads the allowances, as a request does with its member"

    with CaptureQueriesContext(connection) as queries:
        operations.reinstate(
            member=member, purchase=purchase, command=Reinstate(request_id=uuid4())
        )
    assert len(queries) == 1
    assert "public.release_session(" in queries[0]["sql"]
    assert "INSERT INTO public.session_requests" in queries[0]["sql"]


def test_an_approval_without_a_verifier_never_counts(mia: User, olivia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, used=3)
    command = Reinstate(request_id=uuid4(), approval=Approval(olivia.pk, PASSWORD))

    with pytest.raises(TypeError, match="verify_approval"):
        operations.reinstate(member=mia.membership, purchase=purchase, command=command)

    assert used(purchase) == 3


@pytest.mark.parametrize("used", [0, None])
def test_reinstate_is_refused_if_no_session_is_used(mia: User, used: int | None) -> None:
    purchase = make_purchase(org=mia.membership.org, used=used)

    expected = "Nothing to reinstate: no session of this pack is used."
    assert refusal(operations.reinstate, mia, purchase) == expected


def test_reinstate_is_refused_if_a_colleague_reinstated_the_last_session(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=1)
    Purchase.objects.update(sessions_used=0)

    assert refusal(operations.reinstate, mia, purchase) == Refusal.NOTHING_USED.label


@NOT_PAID
def test_reinstate_is_refused_if_the_pack_is_not_paid(
    mia: User, payment_status: str | None, reason: str
) -> None:
    purchase = make_purchase(org=mia.membership.org, used=3, payment_status=payment_status)

    assert refusal(operations.reinstate, mia, purchase) == reason


@pytest.mark.parametrize("days", [1, 400])
def test_reinstate_is_never_refused_by_expiry(mia: User, days: int) -> None:
    expired = timezone.now() - timedelta(days=days)
    purchase = make_purchase(org=mia.membership.org, used=3, expires_at=expired)

    assert run(operations.reinstate, mia, purchase) == 2


def test_reinstate_works_without_a_total(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=None, used=3)

    assert run(operations.reinstate, mia, purchase) == 2
    assert purchase.sessions_remaining is None


def test_use_returns_the_new_count_and_sets_it_on_the_purchase(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=9)

    assert run(operations.use, mia, purchase) == 10
    assert (purchase.sessions_used, purchase.sessions_remaining) == (10, 0)


@NOT_PAID
def test_use_is_refused_if_the_pack_is_not_paid(
    mia: User, payment_status: str | None, reason: str
) -> None:
    purchase = make_purchase(org=mia.membership.org, used=3, payment_status=payment_status)

    assert refusal(operations.use, mia, purchase) == reason


@pytest.mark.parametrize(
    ("total", "used", "reason"),
    [
        (10, 10, "No sessions left."),
        (10, 12, "This count can't be right. An owner can correct it."),
        (10, -2, "This count can't be right. An owner can correct it."),
        (None, 3, "This purchase has no number of sessions."),
        (10, None, "This count is missing. An owner can correct it."),
    ],
)
def test_use_is_refused_if_no_session_is_left_or_the_count_is_malformed(
    mia: User, total: int | None, used: int | None, reason: str
) -> None:
    purchase = make_purchase(org=mia.membership.org, total=total, used=used)

    assert refusal(operations.use, mia, purchase) == reason


def test_use_is_refused_on_an_expired_pack(mia: User) -> None:
    expired = datetime(2024, 1, 31, 12, tzinfo=ZoneInfo(settings.TIME_ZONE))
    purchase = make_purchase(org=mia.membership.org, used=3, expires_at=expired)

    assert refusal(operations.use, mia, purchase) == "This pack has expired."


def test_a_refusal_by_the_database_alone_has_a_message(mia: User) -> None:
    """Another program changed the expiry after the pack was loaded."""
    purchase = make_purchase(org=mia.membership.org, used=3)
    Purchase.objects.update(expires_at=timezone.now() - timedelta(days=1))

    expected = "This pack has just changed. Check it, then press again."
    assert refusal(operations.use, mia, purchase) == expected
