"""Balances that an owner types, because no file has them. They are saved as one import."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from purchases import clock
from purchases.imports import process
from purchases.imports.columns import Columns
from purchases.imports.drafts import Studio
from purchases.imports.header import Row
from purchases.imports.headings import Field
from purchases.imports.known import known_of
from purchases.imports.plan import Choices, Plan
from purchases.imports.planning import make_plan
from purchases.imports.reader import Table
from purchases.member import Actor
from purchases.models import Client, Import, ImportRow, Purchase
from purchases.operations.requests import USED_BEFORE, Refused

# The clients on one page of the grid.
MAX_CLIENTS = 200

COLUMNS = [Field.EXTERNAL_ID, Field.PACK, Field.REMAINING, Field.TOTAL, Field.EXPIRES]


def clients_without_packs(org_id: UUID, imported: Import | None = None) -> QuerySet[Client]:
    """Return the clients without a purchase, of one import or of all, in order of name."""
    purchases = Purchase.objects.filter(client_id=OuterRef("pk"))
    clients = Client.objects.filter(~Exists(purchases), org_id=org_id)
    if imported:
        rows = ImportRow.objects.filter(import_of=imported, client_id=OuterRef("pk"))
        clients = clients.filter(Exists(rows))
    return clients.order_by("full_name", "pk")


def save_balances(
    *,
    member: Actor,
    studio: Studio,
    import_id: UUID,
    pack: str,
    sessions: int,
    balances: list[tuple[UUID, int, str]],
) -> tuple[Import | None, Plan]:
    """Store the plan of typed balances, and return its import, which `run` writes.

    A second save with the same id changes nothing. Nothing is stored, and None is returned, if a
    balance cannot be right: the plan lists why, by the number of its row in `balances`.
    """
    if existing := Import.objects.filter(pk=import_id, org_id=studio.org_id).first():
        return existing, Plan()
    rows = [
        Row(number, [str(client_id), pack, str(left), str(sessions), until])
        for number, (client_id, left, until) in enumerate(balances, 1)
    ]
    table = Table([field.value for field in COLUMNS], rows)
    columns = Columns({field: [at] for at, field in enumerate(COLUMNS)})
    known = known_of(studio.org_id)
    ids = {str(client.id): client.id for client in known.clients}
    plan = make_plan(table, Choices(columns), replace(known, external_ids=ids), clock.today())
    # These are our own ids, and no numbers of another program.
    plan.rows = [replace(row, external_id="") for row in plan.rows]
    if plan.cannot:
        return None, plan
    with transaction.atomic():
        try:
            draft = Import.objects.create(
                pk=import_id,
                org_id=studio.org_id,
                actor_id=member.user_id,
                file_name=gettext("Balances typed by hand"),
                content_hash=hashlib.sha256(repr(rows).encode()).hexdigest(),
            )
        except IntegrityError:
            # Another studio, or a concurrent request, has an import of this id.
            raise Refused(USED_BEFORE, "used_before") from None
        return process.store(draft, plan, studio), plan
