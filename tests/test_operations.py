"""What a person can do to a count, and that nothing else in the code can."""

import ast
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from purchases import operations
from purchases.models import Purchase, Refusal
from purchases.operations import Done
from studio.models import User
from tests.factories import make_purchase

Operation = Callable[..., Done]

NOT_PAID = pytest.mark.parametrize(
    ("payment_status", "reason"),
    [
        ("pending", "This pack is not paid."),
        ("failed", "This pack is not paid."),
        ("refunded", "This pack was refunded."),
        (None, "This pack is not paid."),
    ],
)


def act(operation: Operation, user: User, purchase: Purchase) -> int:
    """The new count. It is the one of the event that the answer names."""
    done = operation(member=user.membership, purchase=purchase, request_id=uuid4())
    assert done.sessions_used == purchase.events.get(pk=done.event_id).sessions_used
    return done.sessions_used


def refusal(operation: Operation, user: User, purchase: Purchase) -> str:
    """The text of the refusal. Nothing was changed, and the purchase carries the true count."""
    before = Purchase.objects.filter(pk=purchase.pk).values().get()
    with pytest.raises(operations.Refused) as refused:
        act(operation, user, purchase)
    assert Purchase.objects.filter(pk=purchase.pk).values().get() == before
    assert purchase.sessions_used == before["sessions_used"]
    assert purchase.sessions_remaining == before["sessions_remaining"]
    return str(refused.value)


def test_reinstate_returns_the_new_count_and_sets_it_on_the_purchase(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=3)

    assert act(operations.reinstate, mia, purchase) == 2
    assert (purchase.sessions_used, purchase.sessions_remaining) == (2, 8)
    purchase.refresh_from_db()
    assert (purchase.sessions_used, purchase.sessions_remaining) == (2, 8)


def test_reinstating_the_only_used_session_is_0_and_no_refusal(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, used=1)

    assert act(operations.reinstate, mia, purchase) == 0


def test_reinstate_counts_from_what_the_database_has_and_not_from_what_was_loaded(
    mia: User,
) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=3)
    Purchase.objects.update(sessions_used=8)

    assert act(operations.reinstate, mia, purchase) == 7
    assert (purchase.sessions_used, purchase.sessions_remaining) == (7, 3)


def test_reinstate_asks_the_database_once(mia: User) -> None:
    """No SELECT before it: what it saw could be untrue a moment later."""
    purchase = make_purchase(org=mia.membership.org)
    member = mia.membership
    assert not member.allowances, "which a request brings with its member"

    with CaptureQueriesContext(connection) as queries:
        operations.reinstate(member=member, purchase=purchase, request_id=uuid4())
    assert len(queries) == 1
    assert "public.release_session(" in queries[0]["sql"]
    assert "INSERT INTO public.session_requests" in queries[0]["sql"]


@pytest.mark.parametrize("used", [0, None])
def test_reinstate_is_refused_where_none_is_used(mia: User, used: int | None) -> None:
    purchase = make_purchase(org=mia.membership.org, used=used)

    expected = "Nothing to reinstate: no session of this pack is used."
    assert refusal(operations.reinstate, mia, purchase) == expected


def test_a_colleague_who_was_faster_leaves_a_refusal_with_the_true_count(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=1)
    Purchase.objects.update(sessions_used=0)

    assert refusal(operations.reinstate, mia, purchase) == Refusal.NOTHING_USED.label


@NOT_PAID
def test_reinstate_is_refused_where_it_is_not_paid(
    mia: User, payment_status: str | None, reason: str
) -> None:
    purchase = make_purchase(org=mia.membership.org, used=3, payment_status=payment_status)

    assert refusal(operations.reinstate, mia, purchase) == reason


@pytest.mark.parametrize("days", [1, 400])
def test_reinstate_is_never_refused_by_expiry(mia: User, days: int) -> None:
    expired = timezone.now() - timedelta(days=days)
    purchase = make_purchase(org=mia.membership.org, used=3, expires_at=expired)

    assert act(operations.reinstate, mia, purchase) == 2


def test_reinstate_works_where_there_is_no_number_of_sessions(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=None, used=3)

    assert act(operations.reinstate, mia, purchase) == 2
    assert purchase.sessions_remaining is None


def test_use_returns_the_new_count_and_sets_it_on_the_purchase(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=10, used=9)

    assert act(operations.use, mia, purchase) == 10
    assert (purchase.sessions_used, purchase.sessions_remaining) == (10, 0)


@NOT_PAID
def test_use_is_refused_where_it_is_not_paid(
    mia: User, payment_status: str | None, reason: str
) -> None:
    purchase = make_purchase(org=mia.membership.org, used=3, payment_status=payment_status)

    assert refusal(operations.use, mia, purchase) == reason


@pytest.mark.parametrize(
    ("total", "used", "reason"),
    [
        (10, 10, "No sessions left."),
        (10, 12, "This count can't be right. Ask an owner to have it corrected."),
        (10, -2, "This count can't be right. Ask an owner to have it corrected."),
        (None, 3, "This purchase has no number of sessions."),
        (10, None, "This count is missing. Ask an owner to have it corrected."),
    ],
)
def test_use_is_refused_where_no_session_can_be_taken(
    mia: User, total: int | None, used: int | None, reason: str
) -> None:
    purchase = make_purchase(org=mia.membership.org, total=total, used=used)

    assert refusal(operations.use, mia, purchase) == reason


def test_use_is_refused_on_an_expired_pack(mia: User) -> None:
    expired = datetime(2024, 1, 31, 12, tzinfo=ZoneInfo(settings.TIME_ZONE))
    purchase = make_purchase(org=mia.membership.org, used=3, expires_at=expired)

    assert refusal(operations.use, mia, purchase) == "This pack has expired."


def test_a_refusal_that_only_the_database_could_know_still_has_words(mia: User) -> None:
    """Another program moved the expiry after the pack was loaded."""
    purchase = make_purchase(org=mia.membership.org, used=3)
    Purchase.objects.update(expires_at=timezone.now() - timedelta(days=1))

    expected = "This pack has just changed. Check it, then press again."
    assert refusal(operations.use, mia, purchase) == expected


# --- The only cursor ------------------------------------------------------------------------------


def takes_a_cursor(source: str) -> bool:
    """Whether some code asks an object for its `cursor`, under whatever name it knows it, or for
    the driver's own connection, which needs none."""
    ways = {"cursor", "connection"}
    return any(
        (isinstance(node, ast.Attribute) and node.attr in ways)
        or (isinstance(node, ast.Constant) and node.value in ways)
        for node in ast.walk(ast.parse(source))
    )


def test_operations_is_the_only_module_with_a_cursor_but_for_what_looks_after_the_schema() -> None:
    """Besides, in studio, only what reads the catalog, sets the database up, and fills it with
    made-up rows: no page does."""
    modules = [
        path.relative_to(settings.BASE_DIR)
        for app in ("purchases", "studio")
        for path in sorted((settings.BASE_DIR / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    with_a_cursor = [
        path for path in modules if takes_a_cursor((settings.BASE_DIR / path).read_text())
    ]

    assert with_a_cursor == [
        Path("purchases/operations/requests.py"),
        Path("studio/database/schema/drawing.py"),
        Path("studio/demo/loading.py"),
        Path("studio/database/grants/catalog.py"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import connection\nwith connection.cursor() as c: c.execute(sql)",
        "from django import db\nopen_it = db.connections['default'].cursor",
        "cursor = getattr(connection, 'cursor')()",
        "from django.db import connection\nconnection.connection.execute(sql)",
    ],
)
def test_the_check_notices_a_cursor(source: str) -> None:
    assert takes_a_cursor(source)


def test_the_check_does_not_mind_the_word() -> None:
    assert not takes_a_cursor("cursor = 'the cursor'  # connection.cursor()")
