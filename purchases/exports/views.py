"""The page of the exports, and the download of a list."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from purchases import clock
from purchases.access import DeskRequest, allow
from purchases.actions import bad_request
from purchases.exports import csv_file, xlsx_file
from purchases.exports.columns import Filter, Table
from purchases.exports.csv_file import csv_chunks, csv_warning
from purchases.exports.forms import FilterForm
from purchases.exports.lists import ListName, table_of
from purchases.exports.slots import Slot
from purchases.exports.stream import Export
from purchases.exports.xlsx_file import xlsx_chunks
from purchases.models import Purchase

CONTENT_TYPES = {"csv": csv_file.CONTENT_TYPE, "xlsx": xlsx_file.CONTENT_TYPE}
# The lists whose rows have a day.
WITH_DAYS = (ListName.HISTORY, ListName.GIVEN_BACK)


class DownloadResponse(StreamingHttpResponse):
    """A file that takes minutes. The web server runs it in a thread of its own."""

    runs_in_own_thread = True


@require_safe
def export(request: DeskRequest) -> HttpResponse:
    allow(request, "export")
    form = FilterForm(request.GET)
    if not form.is_valid():
        return bad_request(request, form)
    context: dict[str, Any] = {
        "q": form.cleaned_data["q"],
        "state": form.cleaned_data["state"],
        "states": Purchase.State,
        "lists": ListName,
        "with_days": WITH_DAYS,
    }
    return render(request, "exports/page.html", context)


@require_safe
def export_list(request: DeskRequest, list_name: str, format_name: str) -> HttpResponseBase:
    """Send every row of a list's filter as a file, while it is read."""
    allow(request, "export")
    if list_name not in ListName.values:
        raise Http404
    form = FilterForm(request.GET)
    if not form.is_valid():
        return bad_request(request, form)
    if request.method == "HEAD":
        # Without a file, which would have to be closed.
        return HttpResponse(content_type=CONTENT_TYPES[format_name])
    slot = Slot()
    if not slot.is_held:
        return busy(request)
    filters = {name: form.cleaned_data[name] for name in ("q", "state", "first", "last")}
    zone = timezone.get_current_timezone()
    table = table_of(ListName(list_name), Filter(request.member.org_id, zone, **filters))
    return download(request, slot, table, list_name, format_name)


def busy(request: DeskRequest) -> HttpResponse:
    """Return the page of a request that has to wait for another export."""
    response = render(request, "exports/busy.html", status=503)
    response["Retry-After"] = "60"
    return response


def download(
    request: DeskRequest, slot: Slot, table: Table, list_name: str, format_name: str
) -> DownloadResponse:
    warning = gettext("This file is not complete: the database did not answer. Export it again.")
    is_csv = format_name == "csv"

    def record(rows: int, is_complete: bool) -> None:
        request.desk.record_export(
            request, f"{list_name}.{format_name} {rows}{'' if is_complete else ' incomplete'}"
        )

    stream = Export(
        partial(csv_chunks if is_csv else xlsx_chunks, table),
        org_id=request.member.org_id,
        slot=slot,
        on_end=record,
        warning=csv_warning(warning) if is_csv else b"",
    )
    response = DownloadResponse(stream, content_type=CONTENT_TYPES[format_name])
    as_attachment(response, request, table.title, format_name)
    return response


def as_attachment(
    response: HttpResponseBase, request: DeskRequest, title: str, extension: str
) -> None:
    """Give the file a name of ASCII letters, such as northside-pilates-clients-2026-11-27.csv."""
    parts = [slugify(request.member.org.slug) or "studio", slugify(title) or "list"]
    name = f"{'-'.join(parts)}-{clock.today():%Y-%m-%d}.{extension}"
    response.headers["Content-Disposition"] = str(
        content_disposition_header(as_attachment=True, filename=name)
    )
