"""Read the files of the exports as a person's programs do."""

import csv
from io import BytesIO, StringIO
from typing import Any

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook


def url_of(name: str, extension: str = "csv") -> str:
    return reverse("purchases:export_list", args=[name, extension])


def content_of(browser: Client, name: str, extension: str = "csv", **query: str) -> bytes:
    response = browser.get(url_of(name, extension), query)
    assert response.status_code == 200, response.content
    assert isinstance(response, StreamingHttpResponse)
    return response.getvalue()


def end(response: HttpResponseBase) -> None:
    """Stop the download after a further chunk, as the server does if the browser leaves."""
    content = vars(response)["_iterator"]
    next(content, None)
    content.close()


def csv_rows(browser: Client, name: str, **query: str) -> list[dict[str, str]]:
    content = content_of(browser, name, **query)
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_rows(content: bytes) -> list[list[Any]]:
    """Return the rows of every sheet, one after the other."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    return [row for name in workbook.sheet_names for row in sheet(workbook, name)]


def sheet(workbook: CalamineWorkbook, name: str) -> list[list[Any]]:
    return workbook.get_sheet_by_name(name).to_python()
