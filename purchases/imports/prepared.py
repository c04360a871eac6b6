"""Plans that are stored with their draft: the rows to write, and the lists of the check page.

Making the plan of a long file takes seconds. So a thread makes it and stores its rows, and the last
press only compares digests: the choices, and what the studio has, are still those of the plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from purchases import clock
from purchases.database import SQL_DIR, copy_rows, fetch_values, read_statement
from purchases.days import day_end
from purchases.imports.drafts import MAX_ASKED, Studio, open_draft, plan_of
from purchases.imports.plan import Plan, PlannedRow
from purchases.imports.preview import SHOWN, all_lists
from purchases.models import Client, Import, ImportRow

COPY_ROWS = read_statement(SQL_DIR / "copy_import_rows.sql")
DIGEST_MATCHES = read_statement(SQL_DIR / "digest_import_matches.sql")
COPIED = 2_000
# A request makes the plan of a file up to this many bytes, if the studio has so few clients.
SMALL = 100_000
FEW_CLIENTS = 3_000

# Without progress for this long, the thread was probably killed.
SILENCE = timedelta(seconds=20)

OnRows = Callable[[int, int], None]


def is_small(imported: Import) -> bool:
    """Return whether a request can make the plan of a draft, in a fraction of a second."""
    if imported.content is None or len(imported.content) > SMALL:
        return False
    clients = Client.objects.filter(org_id=imported.org_id)
    return clients[FEW_CLIENTS : FEW_CLIENTS + 1].count() == 0


def is_chosen(imported: Import, studio: Studio) -> bool:
    """Return whether the stored plan was made by the choices of now."""
    stored = imported.plan or {}
    return stored.get("choices") == _choices(imported, studio) and "hash" in stored


def is_current(imported: Import, studio: Studio) -> bool:
    """Return whether the stored plan is what an import of the draft would write now."""
    stored = imported.plan or {}
    return is_chosen(imported, studio) and stored["matches"] == _matches(imported)


def has_questions(imported: Import) -> bool:
    """Return whether the stored plan asks what the page of the columns has not asked yet."""
    plan, shown = imported.plan or {}, imported.choices.get("asked", [])
    packs = {pack for pack, _guess in plan.get("asked", [])}
    return bool(plan.get("must_ask_dates") or packs - set(shown))


def is_being_made(imported: Import, studio: Studio) -> bool:
    """Return whether a thread makes the plan for the choices of now, and was heard of lately."""
    stored, worked_at = imported.plan or {}, imported.worked_at or imported.created_at
    if "hash" in stored or stored.get("choices") != _choices(imported, studio):
        return False
    return clock.now() - worked_at < SILENCE


def note_progress(imported: Import, studio: Studio, done: int, total: int) -> None:
    """Store how many rows are planned, for the page that waits for the plan."""
    Import.objects.filter(pk=imported.pk).exclude(content=None).update(
        plan={"choices": _choices(imported, studio), "done": done, "total": total},
        worked_at=clock.now(),
    )


def prepare(imported: Import, studio: Studio, on_rows: OnRows = lambda _done, _total: None) -> None:
    """Make the plan of a draft, and store it. Store nothing if the draft has changed since."""
    choices, matches = _choices(imported, studio), _matches(imported, without_packs=True)
    plan = plan_of(open_draft(imported), studio, on_rows)
    with transaction.atomic():
        draft = Import.objects.select_for_update().get(pk=imported.pk)
        if draft.content is None or _choices(draft, studio) != choices:
            return
        write_rows(draft, plan, studio, clock.now())
        draft.plan = _as_json(plan) | {"choices": choices, "matches": f"{matches} 0"}
        draft.save(update_fields=["plan"])
    imported.plan = draft.plan


def write_rows(imported: Import, plan: Plan, studio: Studio, now: datetime) -> None:
    """Replace the planned rows of a draft."""
    ImportRow.objects.filter(import_of_id=imported.pk).delete()
    columns = _columns(imported, plan.writes, studio, now)
    while part := list(islice(columns, COPIED)):
        copy_rows(COPY_ROWS, part)


def offers_of(plan: Plan) -> list[dict[str, Any]]:
    return [{"id": str(o.id), "name": o.name, "sessions": o.sessions} for o in plan.offers]


def _choices(imported: Import, studio: Studio) -> str:
    """Return a digest of what the plan of a draft depends on, besides what the studio has.

    The lists have the language of the person, and a day without a time has the zone of the studio.
    """
    made_by = [
        *(imported.choices, studio.country, studio.currency, get_language()),
        *(timezone.get_current_timezone_name(), clock.today().isoformat()),
    ]
    return hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()


def _matches(imported: Import, *, without_packs: bool = False) -> str:
    """Return a digest of what the studio has, which a plan is matched with.

    The last number counts the planned packs that exist. It is 0 if the plan is still right.
    """
    row = fetch_values(DIGEST_MATCHES, {"org_id": imported.org_id, "import_id": imported.pk})
    assert row is not None
    return str(row[0]).rpartition(" ")[0] if without_packs else str(row[0])


def _as_json(plan: Plan) -> dict[str, Any]:
    return {
        "hash": plan.hash,
        "rows": len(plan.writes),
        "counts": plan.counts,
        "offers": offers_of(plan),
        "changes_nothing": plan.changes_nothing,
        "must_ask_dates": plan.must_ask_dates,
        # Pairs, because jsonb has an order of keys of its own.
        "asked": list(plan.asked.items())[:MAX_ASKED],
        "card_numbers": plan.card_numbers,
        "lists": {
            name: [[line.number, line.name, line.text] for line in lines[:SHOWN]]
            for name, lines in all_lists(plan).items()
        },
    }


def _columns(
    imported: Import, rows: list[PlannedRow], studio: Studio, now: datetime
) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of each planned row, in the order of copy_import_rows.sql."""
    zone = timezone.get_current_timezone()
    for position, row in enumerate(rows, 1):
        client, pack = row.client, row.pack
        contact = (client.name, client.email or None, client.phone or None, row.notes or None)
        start = (
            *(imported.pk, position, row.number, imported.org_id, client.id, row.adds_client),
            imported.client_request_id(position) if row.adds_client else None,
        )
        purchase: tuple[Any, ...] = (None,) * 9
        if pack:
            bought = pack.purchased and datetime.combine(pack.purchased, time(12), zone)
            purchase = (
                imported.request_id(position),
                pack.id,
                pack.offer_id,
                pack.counts.total,
                pack.counts.used,
                pack.paid_cents,
                studio.currency,
                min(bought, now) if bought else now,
                day_end(pack.expires, zone) if pack.expires else None,
            )
        yield (
            *start,
            *(contact if row.adds_client else (None,) * 4),
            row.external_id or None,
            *purchase,
        )
