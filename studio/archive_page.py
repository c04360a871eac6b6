"""The download of a studio's whole data, for owners."""

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from zipfile import ZipFile

from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from purchases.access import DeskRequest, allow
from purchases.exports.slots import Slot
from purchases.exports.stream import Export
from purchases.exports.views import DownloadResponse, as_attachment, busy
from studio.database.archive import MovedPurchases, archive_chunks
from studio.models import FinishedStep
from studio.owner_pages.first_steps import finish_step


@require_POST
def export_studio(request: DeskRequest) -> HttpResponseBase:
    """Send the archive of the member's studio, while it is read."""
    allow(request, "administer")
    slot = Slot()
    if not slot.is_held:
        return busy(request)
    stream = Export(
        partial(chunks, request),
        org_id=request.member.org_id,
        slot=slot,
        on_end=partial(record, request),
    )
    response = DownloadResponse(stream, content_type="application/zip")
    as_attachment(response, request, gettext("Whole studio"), "zip")
    return response


def chunks(request: DeskRequest) -> Iterator[tuple[bytes, int]]:
    """Yield the archive, or a file with the reason if it cannot be made."""
    try:
        yield from archive_chunks(request.member.org_id)
    except MovedPurchases as error:
        yield note(str(error)), 0


def note(sentence: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("README.txt", f"{sentence}\n")
    return file.getvalue()


def record(request: DeskRequest, rows: int, is_complete: bool) -> None:
    """Record what was exported, as the exports of lists do, and the first step of an owner."""
    detail = f"studio.zip {rows}{'' if is_complete else ' incomplete'}"
    request.desk.record_export(request, detail)
    if is_complete:
        finish_step(request.member.org_id, FinishedStep.Step.COPY)
