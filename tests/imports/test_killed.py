"""Kill a worker ten times while it writes an import, and while it undoes it: each row is written
exactly once.

The negative control moves no mark. It must write a chunk again.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection

from purchases.imports import process
from purchases.imports.drafts import create_draft
from purchases.models import Client, Import, Offer, Org, Purchase, PurchaseEvent, SessionRequest
from studio.models import User
from tests.database import PATIENCE
from tests.factories import make_purchase
from tests.imports.planned import start
from tests.processes import ROOT, UNSET

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROWS = 3_000
KILLS = 10
KILLS_OF_UNDO = 3
SEED = 20261127


def make_import(org: Org, owner: User, rows: int = ROWS) -> Import:
    """Return an import that is stored and not written yet."""
    lines = ["Name,Email,Pack,Left,Total"]
    lines += [f"Ana {n // 2},a{n // 2}@example.com,Pack {n % 2},{n % 10},10" for n in range(rows)]
    draft = create_draft(
        member=type("Owner", (), {"user_id": owner.pk})(),
        org_id=org.pk,
        import_id=uuid4(),
        file_name="many.csv",
        content="\n".join(lines).encode(),
    )
    return start(draft)


def run_and_kill(import_id: UUID, data: Path, rng: random.Random, kills: int) -> None:
    """Run a worker, and kill it some times after it has written a chunk."""
    connection.ensure_connection()
    info = connection.connection.info
    environment = UNSET | {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"{info.dsn} password='{info.password}'",
        "SECRET_KEY": "x",
        "DEBUG": "True",
        "STUDIO_DATA_DIR": str(data),
    }
    command = [sys.executable, "-m", "tests.imports.worker", str(import_id)]
    for kill in range(kills + 1):
        worker = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout
        assert worker.stdout.readline() == "started\n"
        if kill == kills:
            worker.communicate(timeout=4 * PATIENCE)
            return
        done = Import.objects.get(pk=import_id).rows_done
        deadline = time.monotonic() + PATIENCE
        while Import.objects.get(pk=import_id).rows_done == done and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.1))
        worker.kill()
        worker.communicate(timeout=PATIENCE)


def test_killed_imports_go_on_exactly_and_so_do_killed_undos(
    northside: Org, olivia: User, tmp_path: Path
) -> None:
    before = make_purchase(org=northside)
    imported = make_import(northside, olivia)
    rng = random.Random(SEED)
    run_and_kill(imported.pk, tmp_path, rng, KILLS)

    assert Import.objects.get().state == "done"
    packs = Purchase.objects.exclude(pk=before.pk)
    assert packs.count() == packs.distinct().count() == ROWS
    assert Client.objects.exclude(pk=before.client_id).count() == ROWS // 2
    assert sum(pack.sessions_remaining or 0 for pack in packs) == sum(n % 10 for n in range(ROWS))
    opened = PurchaseEvent.objects.filter(kind="opened", request__operation="import")
    assert opened.count() == ROWS
    assert SessionRequest.objects.count() == ROWS

    process.start_undo(
        member=type("Owner", (), {"user_id": olivia.pk})(), imported=Import.objects.get()
    )
    run_and_kill(imported.pk, tmp_path, rng, KILLS_OF_UNDO)
    assert Import.objects.get().state == "undone"
    assert list(Purchase.objects.all()) == [before]
    assert Client.objects.get().pk == before.client_id
    assert Offer.objects.get().pk == before.offer_id
    deleted = PurchaseEvent.objects.filter(kind="deleted", request__operation="undo_import")
    assert deleted.count() == ROWS


def test_two_workers_of_one_import_write_each_row_once(northside: Org, olivia: User) -> None:
    imported = make_import(northside, olivia, rows=600)
    stale = Import.objects.get(pk=imported.pk)
    assert process.step(imported)
    # The second worker has read the mark before the first one moved it.
    process._write_chunk(stale)
    assert Import.objects.get().rows_done == process.CHUNK
    assert process.run(imported.pk).state == "done"
    assert Purchase.objects.count() == 600


def test_without_the_mark_a_chunk_is_written_again(northside: Org, olivia: User) -> None:
    """The negative control: the mark is moved back, as if it were not stored."""
    imported = make_import(northside, olivia, rows=600)
    process.step(imported)
    Import.objects.update(rows_done=0)
    with pytest.raises(Exception, match="session_requests_pkey"):
        process.step(imported)
