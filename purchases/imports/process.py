"""Start to write the plan of an import, write it in chunks, and undo it.

Each chunk is one transaction, which moves the mark `rows_done` before it writes. A worker that was
killed goes on at the mark, so nothing is lost and nothing is written twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.database import SQL_DIR, fetch_values, read_statement
from purchases.imports.drafts import Studio
from purchases.imports.plan import Plan
from purchases.imports.prepared import is_current, offers_of, write_rows
from purchases.member import Actor
from purchases.models import Import, Offer
from purchases.operations import Refused
from purchases.operations.offers import name_offer_change

# The web process ends a statement after 4 seconds. A chunk takes a fraction of a second.
CHUNK = 250

CLAIM_CHUNK = read_statement(SQL_DIR / "claim_import_chunk.sql")
WRITE_CHUNK = read_statement(SQL_DIR / "write_import_chunk.sql")
CLAIM_UNDO_CHUNK = read_statement(SQL_DIR / "claim_undo_import_chunk.sql")
UNDO_CHUNK = read_statement(SQL_DIR / "undo_import_chunk.sql")
COUNT_CHANGED = read_statement(SQL_DIR / "count_changed_imports.sql")
LOCK = read_statement(SQL_DIR / "lock_import.sql")

SOMETHING_CHANGED = _(
    "Something has changed since this preview. Nothing was imported yet. Check it again."
)
NOTHING_TO_WRITE = _("Everything in this file is here already. Nothing was changed.")
CHOOSE_DATES = _("Choose the order of day and month first. Nothing was imported yet.")
USED_SINCE = _("Packs of this import were used or changed since, so it can't be undone any more.")
NOT_DONE = _("Only a finished import can be undone.")

Progress = Callable[[Import], None]


def start(*, imported: Import, plan_hash: str, studio: Studio) -> Import:
    """Mark a draft as being written, and return the import, which `run` writes.

    A second start changes nothing. Raise Refused if no plan with `plan_hash` is stored, or if
    something has changed since that it depends on.
    """
    with transaction.atomic():
        imported = Import.objects.select_for_update().get(pk=imported.pk)
        if imported.state != Import.State.DRAFT:
            return imported
        plan = imported.plan or {}
        if plan.get("must_ask_dates"):
            raise Refused(CHOOSE_DATES, "import_dates")
        if plan.get("hash") != plan_hash or not is_current(imported, studio):
            raise Refused(SOMETHING_CHANGED, "import_changed")
        if plan["changes_nothing"]:
            raise Refused(NOTHING_TO_WRITE, "import_empty")
        return _begin(imported, plan["offers"], plan["counts"], plan["rows"], studio)


@transaction.atomic
def store(draft: Import, plan: Plan, studio: Studio) -> Import:
    """Store a plan without a preview, and return the import, which `run` writes.

    Raise Refused if it changes nothing.
    """
    if plan.changes_nothing:
        raise Refused(NOTHING_TO_WRITE, "import_empty")
    write_rows(draft, plan, studio, clock.now())
    return _begin(draft, offers_of(plan), plan.counts, len(plan.writes), studio)


def _begin(
    imported: Import, offers: list[Any], counts: dict[str, int], rows: int, studio: Studio
) -> Import:
    """Add the offers, and mark the import as being written. Remove the file and the preview."""
    imported.offers, imported.counts, imported.rows_total = offers, counts, rows
    with name_offer_change(imported.actor_id):
        _add_offers(imported, studio)
    imported.state = Import.State.WRITING
    imported.content = imported.plan = None
    imported.started_at = imported.worked_at = clock.now()
    imported.save(
        update_fields=[
            *("offers", "state", "content", "plan", "counts", "rows_total"),
            *("started_at", "worked_at"),
        ]
    )
    return imported


def run(import_id: UUID, on_chunk: Progress = lambda _import: None) -> Import:
    """Write or undo the rest of an import. Return early if another worker works on it."""
    imported = Import.objects.get(pk=import_id)
    while imported.is_running and step(imported):
        imported.refresh_from_db(fields=["state", "rows_done", "packs_kept", "clients_kept"])
        on_chunk(imported)
    return imported


def step(imported: Import) -> bool:
    """Write or undo the next chunk. Return False if another worker works on the import."""
    with transaction.atomic():
        if fetch_values(LOCK, {"import_id": imported.pk}) != (True,):
            return False
        columns = ["state", "rows_done", "rows_total", "undone_by_id"]
        current = Import.objects.only(*columns).get(pk=imported.pk)
        if current.state == Import.State.WRITING:
            _write_chunk(current)
        elif current.state == Import.State.UNDOING:
            _undo_chunk(current)
    return True


def changed_packs(imported: Import) -> int:
    """Return how many packs of an import were used or changed since it wrote them."""
    row = fetch_values(COUNT_CHANGED, {"import_id": imported.pk})
    assert row is not None
    return int(row[0])


def start_undo(*, member: Actor, imported: Import) -> Import:
    """Mark a finished import as being undone, and return it; `run` undoes it.

    A second start changes nothing. Raise Refused if one of its packs was used or changed since.
    """
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=imported.pk)
        if locked.state in (Import.State.UNDOING, Import.State.UNDONE):
            return locked
        if locked.state != Import.State.DONE:
            raise Refused(NOT_DONE, "import_not_done")
        if changed_packs(locked):
            raise Refused(USED_SINCE, "import_used")
        locked.state = Import.State.UNDOING
        locked.undone_by_id, locked.undone_at = member.user_id, clock.now()
        locked.worked_at = locked.undone_at
        locked.save(update_fields=["state", "undone_by_id", "undone_at", "worked_at"])
        return locked


def _write_chunk(imported: Import) -> None:
    first = imported.rows_done + 1
    last = min(imported.rows_done + CHUNK, imported.rows_total)
    params = {"import_id": imported.pk, "first": first, "last": last}
    if first <= last and fetch_values(CLAIM_CHUNK, params):
        fetch_values(WRITE_CHUNK, params)
    if last == imported.rows_total:
        Import.objects.filter(pk=imported.pk, state=Import.State.WRITING).update(
            state=Import.State.DONE, finished_at=clock.now()
        )


def _undo_chunk(imported: Import) -> None:
    """Undo the last rows that are left. A client is added before their packs, so goes last."""
    last = imported.rows_done
    first = max(1, last - CHUNK + 1)
    positions = list(range(first, last + 1))
    params = {"import_id": imported.pk, "first": first, "last": last}
    claim = params | {
        "positions": positions,
        "undo_ids": [uuid5(imported.request_id(at), "undo") for at in positions],
        "client_undo_ids": [uuid5(imported.client_request_id(at), "undo") for at in positions],
    }
    if positions and fetch_values(CLAIM_UNDO_CHUNK, claim):
        # The first chunk deletes offers.
        with name_offer_change(imported.undone_by_id):
            packs, clients = fetch_values(UNDO_CHUNK, params) or (0, 0)
        if packs or clients:
            Import.objects.filter(pk=imported.pk).update(
                packs_kept=F("packs_kept") + packs, clients_kept=F("clients_kept") + clients
            )
    if first == 1:
        Import.objects.filter(pk=imported.pk, state=Import.State.UNDOING).update(
            state=Import.State.UNDONE
        )


def _add_offers(imported: Import, studio: Studio) -> None:
    """Add the offers of the plan, which are not on sale, because the file has no price for them."""
    Offer.objects.bulk_create(
        [
            Offer(
                pk=offer["id"],
                org_id=imported.org_id,
                name=offer["name"],
                offer_type=Offer.Type.SESSION_PACK,
                price_cents=0,
                currency=studio.currency,
                sessions_included=offer["sessions"],
                is_active=False,
            )
            for offer in imported.offers
        ],
        ignore_conflicts=True,
    )
