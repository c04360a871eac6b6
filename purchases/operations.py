"""What a person can do to a count. One function = one fact = one transaction.

The only module that changes a count, and the only one with a cursor of its own: each database
function does its work in one statement, so that no double click, second desk or other program
can come in between.
"""

from uuid import UUID

from django.db import connection

from purchases.access import Member
from purchases.models import Purchase


class Refused(Exception):
    """Nothing was changed. The text says why, to the person who asked."""


def reinstate(*, member: Member, purchase: Purchase, request_id: UUID) -> int:
    """Give one session of a purchase back, be it expired or not.

    The purchase comes from the member's own org. Returns the sessions used now, as the database
    returned them (0 is a success), and sets them on the purchase. Raises `Refused`, with the
    count as it stands on the purchase, where it is not paid or no session of it is used.
    """
    if not purchase.is_paid:
        raise Refused(purchase.why_not_paid)
    used = _call("SELECT public.release_session(%s)", purchase.pk)
    if used == -1:
        purchase.refresh_counts()
        raise Refused(Purchase.NOTHING_USED)
    purchase.sessions_used = used
    if purchase.sessions_total is not None:
        purchase.sessions_remaining = purchase.sessions_total - used
    return used


def use(*, member: Member, purchase: Purchase, request_id: UUID) -> int:
    """Take one session from a purchase.

    Returns the sessions used now and sets them on the purchase. Raises `Refused` where it is not
    paid, has expired, or has no session left or no count at all.
    """
    if not purchase.is_paid:
        raise Refused(purchase.why_not_paid)
    taken = _call("SELECT public.use_session(%s)::int", purchase.pk)
    purchase.refresh_counts()
    if not taken:
        raise Refused(purchase.why_not_use or "The count has just changed. Look at it again.")
    assert purchase.sessions_used is not None
    return purchase.sessions_used


def _call(sql: str, purchase_id: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [purchase_id])
        (answer,) = cursor.fetchone()
    return int(answer)
