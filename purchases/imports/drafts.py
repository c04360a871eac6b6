"""Files that were uploaded and not imported yet: their table, the owner's choices, and the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.imports.columns import Columns, from_json, guess, in_order
from purchases.imports.dates import Order
from purchases.imports.folding import fold
from purchases.imports.known import known_of, offers_of
from purchases.imports.plan import Choices, Known, Plan
from purchases.imports.planning import make_plan
from purchases.imports.reader import MAX_ROWS, Table, UnreadableFile, read
from purchases.member import Actor, Member
from purchases.models import Import, ImportRow

# The packs whose sessions the page of the columns asks for.
MAX_ASKED = 200
OUT_OF_DATE = _("This page is out of date. Reload it, then press again.")


@dataclass(frozen=True)
class Studio:
    """The facts about a studio that an import needs."""

    org_id: UUID
    country: str = ""
    currency: str = "aud"

    @classmethod
    def of(cls, member: Member) -> Studio:
        """Return the studio of a member. Without a currency it has that of the shared tables."""
        return cls(member.org_id, member.country, member.currency or cls.currency)


@dataclass(frozen=True)
class Draft:
    """A file with its table and the choices so far."""

    table: Table
    columns: Columns
    order: Order | None = None
    encoding: str = ""
    # By the name of the pack.
    sessions: dict[str, int] = field(default_factory=dict)

    def choices(self, studio: Studio) -> Choices:
        folded = {fold(name): count for name, count in self.sessions.items()}
        name = gettext("Imported pack")
        return Choices(self.columns, self.order, folded, name, studio.country, studio.currency)

    def as_json(self) -> dict[str, Any]:
        return {
            "columns": self.columns.as_json(),
            "order": self.order or "",
            "encoding": self.encoding,
            "sessions": self.sessions,
        }


def create_draft(
    *, member: Actor, org_id: UUID, import_id: UUID, file_name: str, content: bytes
) -> Import:
    """Store an uploaded file. A second upload with the same id changes nothing.

    Raise UnreadableFile if it has no rows. The file of an older draft of the org is removed.
    """
    rows = len(read(content, file_name).rows)
    older = Import.objects.filter(org_id=org_id, state=Import.State.DRAFT).exclude(pk=import_id)
    replaced = list(older.exclude(content=None).values_list("pk", flat=True))
    older.filter(pk__in=replaced).update(content=None, plan=None)
    ImportRow.objects.filter(import_of_id__in=replaced).delete()
    try:
        draft, _is_new = Import.objects.get_or_create(
            pk=import_id,
            org_id=org_id,
            defaults={
                "actor_id": member.user_id,
                "file_name": file_name,
                "content": content,
                "content_hash": hashlib.sha256(content).hexdigest(),
                "counts": {"rows": rows},
            },
        )
    except IntegrityError:
        # Another studio has an import of this id.
        raise UnreadableFile(OUT_OF_DATE) from None
    return draft


def open_draft(
    imported: Import, stored: dict[str, Any] | None = None, *, most: int = MAX_ROWS
) -> Draft:
    """Return the first rows of a draft, with the stored choices or else the guess."""
    stored = imported.choices if stored is None else stored
    assert imported.content is not None
    encoding = stored.get("encoding", "")
    table = read(bytes(imported.content), imported.file_name, encoding, most)
    columns = guess(table)
    if "columns" in stored:
        columns = in_order(from_json(stored["columns"], len(table.headings)), table)
    order = Order(stored["order"]) if stored.get("order") else None
    return Draft(table, columns, order, encoding, stored.get("sessions", {}))


def plan_of(
    draft: Draft,
    studio: Studio,
    on_rows: Callable[[int, int], None] = lambda _done, _total: None,
) -> Plan:
    """Return what an import of the draft would write now."""
    known = known_of(studio.org_id)
    return make_plan(draft.table, draft.choices(studio), known, clock.today(), on_rows)


def asked_of(draft: Draft, studio: Studio) -> dict[str, int | None]:
    """Return the packs of a draft that are asked for, without a look at the clients."""
    known = Known(studio.org_id, offers=offers_of(studio.org_id))
    return make_plan(draft.table, draft.choices(studio), known, clock.today()).asked


def earlier_import(imported: Import) -> Import | None:
    """Return the last import of a file with the same content, which was not undone, or None."""
    same = Import.objects.filter(org_id=imported.org_id, content_hash=imported.content_hash)
    done = same.filter(state__in=[Import.State.WRITING, Import.State.DONE])
    return done.select_related("actor").order_by("-created_at").first()
