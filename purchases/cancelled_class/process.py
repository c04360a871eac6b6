"""Store the list of a cancelled class, and process it in chunks.

`operations.reinstate` processes each purchase in its own transaction. Its request id is derived
from the list and the purchase, so every retry, also from another window, is idempotent.
"""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from purchases import operations
from purchases.cancelled_class.chunks import CHUNK, run_chunk
from purchases.member import Member
from purchases.models import CancelledClass, CancelledClassLine, Purchase
from purchases.operations.commands import Reinstate

MAX_PURCHASES = 500

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
        raise operations.Refused(NO_PACK_LEFT, "no_pack_left")
    with transaction.atomic():
        try:
            class_list, is_new = CancelledClass.objects.get_or_create(
                pk=list_id,
                org_id=member.org_id,
                defaults={"actor_id": member.user_id, "reason": reason, "note": note},
            )
        except IntegrityError:
            # Another studio has a list of this id.
            raise operations.Refused(SENT_BEFORE, "sent_before") from None
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
        raise operations.Refused(SENT_BEFORE, "sent_before")
    return class_list, len(set(purchase_ids) - chosen)


def process_chunk(*, member: Member, class_list: CancelledClass) -> None:
    """Reinstate a session of the next purchases of the list."""
    # Choose the purchases at random, because the same locked rows might fill every chunk.
    left = class_list.lines.left().order_by("?").values_list("purchase_id", flat=True)[:CHUNK]
    purchases = Purchase.objects.of_org(member.org_id).filter(pk__in=list(left))

    def reinstate(purchase: Purchase) -> None:
        command = reinstatement(class_list, purchase)
        operations.reinstate(member=member, purchase=purchase, command=command)

    run_chunk(list(purchases.select_related("client", "offer")), reinstate)


def reinstatement(class_list: CancelledClass, purchase: Purchase) -> Reinstate:
    """Return the command of the list for this purchase."""
    return Reinstate(
        request_id=class_list.request_id(purchase.pk),
        reason=class_list.reason,
        note=class_list.note,
    )
