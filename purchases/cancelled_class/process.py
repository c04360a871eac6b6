"""Store the list of a cancelled class, and process it in chunks.

`operations.reinstate` processes each purchase in its own transaction. Its request id is derived
from the list and the purchase, so every retry, also from another window, is idempotent.
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
# A chunk is 50 purchases, or as many as take 5 seconds. The next request continues.
CHUNK = 50
SECONDS = 5
# SQLSTATEs of a lock that another program holds. The next request retries the purchase.
BUSY = {"55P03", "57014"}

NO_PACK_LEFT = _("Your studio no longer has any of these packs.")
SENT_BEFORE = _(
    "This list was sent before with other people, another reason or another note. Nothing was "
    "changed. Start a new list for the missing people."
)


def create_list(
    *, member: Member, list_id: UUID, purchase_ids: list[UUID], reason: str, note: str
) -> tuple[CancelledClass, int]:
    """Store the list, and return it with the number of purchases that do not belong to the org.

    A second list with the same id is idempotent. Raise `Refused` if it differs from the stored
    list, or has no purchase of the org.
    """
    ours = Purchase.objects.of_org(member.org_id).filter(pk__in=purchase_ids)
    chosen = set(ours.values_list("pk", flat=True))
    if not chosen:
        raise operations.Refused(NO_PACK_LEFT)
    with transaction.atomic():
        class_list, is_new = CancelledClass.objects.get_or_create(
            pk=list_id,
            org_id=member.org_id,
            defaults={"actor_id": member.user_id, "reason": reason, "note": note},
        )
        if is_new:
            CancelledClassLine.objects.bulk_create(
                CancelledClassLine(
                    request_id=class_list.request_id(purchase_id),
                    cancelled_class=class_list,
                    purchase_id=purchase_id,
                )
                for purchase_id in chosen
            )
    existing = Purchase.objects.filter(pk__in=class_list.lines.values("purchase_id"))
    stored = set(existing.values_list("pk", flat=True))
    if (class_list.reason, class_list.note, stored) != (reason, note, chosen):
        raise operations.Refused(SENT_BEFORE)
    return class_list, len(set(purchase_ids) - chosen)


def process_chunk(*, member: Member, class_list: CancelledClass) -> None:
    """Reinstate a session of the next purchases of the list, at most CHUNK and for SECONDS.

    The results are in the ledger.
    """
    # Choose and order the purchases at random. In a fixed order, the same locked rows would use up
    # the time of every request.
    left = class_list.lines.left().order_by("?").values_list("purchase_id", flat=True)[:CHUNK]
    purchases = Purchase.objects.of_org(member.org_id).filter(pk__in=list(left))
    until = monotonic() + SECONDS
    for purchase in purchases.select_related("client", "offer").order_by("?"):
        with suppress(operations.Refused):
            _reinstate_one(member, class_list, purchase)
        if monotonic() > until:
            break


def _reinstate_one(member: Member, class_list: CancelledClass, purchase: Purchase) -> None:
    try:
        operations.reinstate(
            member=member,
            purchase=purchase,
            command=Reinstate(
                request_id=class_list.request_id(purchase.pk),
                reason=class_list.reason,
                note=class_list.note,
            ),
        )
    except OperationalError as error:
        cause = error.__cause__
        if not isinstance(cause, psycopg.Error) or cause.sqlstate not in BUSY:
            raise
