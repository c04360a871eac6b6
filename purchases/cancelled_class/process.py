"""The list of a cancelled class: it is written down whole, and then worked through.

Each purchase is a request of its own, in a transaction of its own, by `operations.reinstate`. Its
id follows from the list and the purchase, so that it does not matter how often, where from or by
how many windows at once the list is worked through: the ledger gives the first answer again.
"""

from contextlib import suppress
from time import monotonic
from uuid import UUID

import psycopg
from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from purchases import operations
from purchases.member import Member
from purchases.models import CancelledClass, CancelledClassLine, Purchase
from purchases.operations.commands import Reinstate

MAX_PURCHASES = 500
# So many, or as many as are done in so many seconds, are one press; the next press goes on.
CHUNK = 50
SECONDS = 5
# Another program holds the row: it is tried again at the next press.
BUSY = {"55P03", "57014"}

NOBODY = _("Your studio no longer has any of these packs.")
SENT_BEFORE = _(
    "This list was sent before with other people, another reason or another note. Nothing was "
    "changed. Start a new list for the missing people."
)


def create_list(
    *, member: Member, list_id: UUID, purchase_ids: list[UUID], reason: str, note: str
) -> tuple[CancelledClass, int]:
    """Keep the list, whole or not at all, and say how many of the purchases are not the org's.

    The same list twice is one list. Raises `Refused` where it differs from what was kept, or has no
    purchase of the org.
    """
    ours = Purchase.objects.of_org(member.org_id).filter(pk__in=purchase_ids)
    chosen = set(ours.values_list("pk", flat=True))
    if not chosen:
        raise operations.Refused(NOBODY)
    with transaction.atomic():
        written, is_new = CancelledClass.objects.get_or_create(
            pk=list_id,
            org_id=member.org_id,
            defaults={"actor_id": member.user_id, "reason": reason, "note": note},
        )
        if is_new:
            CancelledClassLine.objects.bulk_create(
                CancelledClassLine(
                    request_id=written.request_id(purchase_id),
                    cancelled_class=written,
                    purchase_id=purchase_id,
                )
                for purchase_id in chosen
            )
    there = Purchase.objects.filter(pk__in=written.lines.values("purchase_id"))
    before = set(there.values_list("pk", flat=True))
    if (written.reason, written.note, before) != (reason, note, chosen):
        raise operations.Refused(SENT_BEFORE)
    return written, len(set(purchase_ids) - chosen)


def process_chunk(*, member: Member, written: CancelledClass) -> None:
    """Give a session back to the next 50 purchases of the list, or to as many as there is time
    for. What came of each stands in the ledger."""
    # Choose the purchases at random, and process them at random, because the same busy rows would
    # otherwise use up the time of every request.
    left = written.lines.left().order_by("?").values_list("purchase_id", flat=True)[:CHUNK]
    purchases = Purchase.objects.of_org(member.org_id).filter(pk__in=list(left))
    until = monotonic() + SECONDS
    for purchase in purchases.select_related("client", "offer").order_by("?"):
        with suppress(operations.Refused):
            _reinstate_one(member, written, purchase)
        if monotonic() > until:
            break


def _reinstate_one(member: Member, written: CancelledClass, purchase: Purchase) -> None:
    try:
        operations.reinstate(
            member=member,
            purchase=purchase,
            command=Reinstate(
                request_id=written.request_id(purchase.pk),
                reason=written.reason,
                note=written.note,
            ),
        )
    except OperationalError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error) or cause.sqlstate not in BUSY:
            raise
