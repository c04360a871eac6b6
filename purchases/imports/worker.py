"""Run imports in the background of the web process.

A thread makes the plan of a long file, and another one writes the chunks of an import, whether or
not its page stays open. If the server is killed, the import goes on when its page is opened again,
or by `manage.py import_purchases --resume`. The lock of a chunk keeps other workers waiting, and
the mark prevents a second write.
"""

import logging
import threading
from datetime import timedelta, tzinfo
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language, override

from purchases import clock, org_scope
from purchases.imports import prepared, process
from purchases.imports.drafts import Studio
from purchases.models import Import

LOGGER = logging.getLogger("studio.desk")
# Without a chunk for this long, the worker was probably killed.
SILENCE = timedelta(seconds=8)

_running: set[UUID] = set()


def begin(imported: Import) -> None:
    """Start to write or undo an import, unless this process does so already."""
    if imported.is_running and imported.pk not in _running:
        _running.add(imported.pk)
        start_thread(imported.pk, imported.org_id)


def begin_plan(imported: Import, studio: Studio) -> None:
    """Start to make the plan of a draft, unless a thread does so already."""
    if prepared.is_being_made(imported, studio):
        return
    prepared.note_progress(imported, studio, 0, 0)
    start_plan_thread(
        imported, studio, get_language() or settings.LANGUAGE_CODE, timezone.get_current_timezone()
    )


def go_on_if_stopped(imported: Import) -> None:
    """Go on with an import whose worker seems to have been killed."""
    worked_at = imported.worked_at or imported.created_at
    if imported.is_running and clock.now() - worked_at > SILENCE:
        begin(imported)


def start_thread(import_id: UUID, org_id: UUID) -> None:
    threading.Thread(target=_work, args=[import_id, org_id], daemon=True, name="import").start()


def _work(import_id: UUID, org_id: UUID) -> None:
    try:
        org_scope.show_only(org_id)
        work(import_id)
    except Exception:
        # The page shows that it stopped, and goes on when it is opened again.
        LOGGER.exception("the import %s stopped", import_id)
    finally:
        connection.close()


def start_plan_thread(imported: Import, studio: Studio, language: str, zone: tzinfo) -> None:
    arguments = [imported, studio, language, zone]
    threading.Thread(target=_plan, args=arguments, daemon=True, name="import plan").start()


def _plan(imported: Import, studio: Studio, language: str, zone: tzinfo) -> None:
    try:
        org_scope.show_only(studio.org_id)
        make_plan(imported, studio, language, zone)
    except Exception:
        # The page starts another thread after a while.
        LOGGER.exception("the plan of import %s stopped", imported.pk)
    finally:
        connection.close()


def make_plan(imported: Import, studio: Studio, language: str, zone: tzinfo) -> None:
    """Make the plan of a draft in this thread, as the person of the request would see it."""

    def on_rows(done: int, total: int) -> None:
        prepared.note_progress(imported, studio, done, total)

    with override(language), timezone.override(zone):
        prepared.prepare(imported, studio, on_rows)
    LOGGER.info("import %s is planned", imported.pk)


def work(import_id: UUID) -> None:
    """Write or undo the rest of an import in this thread."""
    try:
        imported = process.run(import_id)
        LOGGER.info("import %s: %s", import_id, imported.state)
    finally:
        _running.discard(import_id)
