"""Plan the files of these tests, as the importer does before it writes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from purchases.imports import process
from purchases.imports.columns import guess
from purchases.imports.dates import Order
from purchases.imports.drafts import Studio, create_draft
from purchases.imports.folding import fold
from purchases.imports.plan import Choices, Known, Line, Plan
from purchases.imports.planning import make_plan
from purchases.imports.prepared import prepare
from purchases.imports.reader import Table, read
from purchases.models import Import
from studio.models import User

FILES = Path(__file__).parent / "files"
TODAY = date(2026, 11, 27)
NORTHSIDE = UUID(int=7)


def table_of(name: str) -> Table:
    return read((FILES / name).read_bytes(), name)


def rows_of(name: str) -> list[list[str]]:
    """Return the headings and the rows of a file."""
    found = table_of(name)
    return [found.headings, *(row.cells for row in found.rows)]


def table(text: str, name: str = "clients.csv") -> Table:
    return read(text.encode(), name)


def plan_of(
    source: str | Table,
    *,
    country: str = "",
    order: Order | None = None,
    sessions: dict[str, int] | None = None,
    known: Known | None = None,
) -> Plan:
    """Return the plan of a file, or of a text, with the guessed columns."""
    if isinstance(source, str):
        source = table(source) if "\n" in source else table_of(source)
    chosen = {fold(name): count for name, count in (sessions or {}).items()}
    choices = Choices(guess(source), order, chosen, country=country)
    return make_plan(source, choices, known or Known(NORTHSIDE), TODAY)


def texts(
    lines: list[Line], pick: Callable[[Line], Any] = lambda line: (line.number, line.text)
) -> list[Any]:
    return [pick(line) for line in lines]


def packs(plan: Plan) -> list[tuple[str, int, int]]:
    """Return the name, the sessions left and the bought sessions of each pack."""
    return [
        (row.client.name, row.pack.counts.total - row.pack.counts.used, row.pack.counts.total)
        for row in plan.rows
        if row.pack
    ]


def make_undone_import(user: User) -> Import:
    """Return an import of the user's studio that was undone, without rows."""
    return Import.objects.create(
        pk=uuid4(),
        org_id=user.membership.org_id,
        actor=user,
        file_name="clients.csv",
        content_hash="0" * 64,
        state=Import.State.UNDONE,
        undone_by=user,
        undone_at=timezone.now(),
    )


def make_draft(user: User, name: str) -> Import:
    """Return a file that the user uploaded."""
    return create_draft(
        member=user.membership,
        org_id=user.membership.org_id,
        import_id=uuid4(),
        file_name=name,
        content=(FILES / name).read_bytes(),
    )


def make_import(user: User, name: str) -> Import:
    """Return an import of a file that is stored and not written yet."""
    return start(make_draft(user, name))


def start(draft: Import) -> Import:
    """Start the import of a draft, as the last press does."""
    studio = Studio(draft.org_id)
    prepare(draft, studio)
    assert draft.plan
    return process.start(imported=draft, plan_hash=draft.plan["hash"], studio=studio)
