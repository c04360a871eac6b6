"""Write a table as an XLSX workbook, in constant memory and from the first row on.

The packages that write workbooks keep the rows in a temporary file and send the first byte after
the last row. A workbook is a ZIP file of XML, so a sheet can be sent while it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from purchases.exports.columns import Column, Kind, Table, begins_like_formula, never
from purchases.exports.zip_stream import Sent, part_named

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The most rows of a sheet. Further rows go to a further sheet, each with the header.
MAX_ROWS = 1_048_576
# A larger part of a ZIP file needs an extension that older versions of Excel refuse.
MAX_SHEET_BYTES = 1_500_000_000
# A cell has at most 32,767 UTF-16 units, and a character has up to two.
MAX_TEXT = 16_000
# The rows of one chunk. A chunk takes about two milliseconds.
ROWS_AT_ONCE = 50
# The first day that spreadsheets count, such that 1 March 1900 is day 61.
DAY_0 = datetime(1899, 12, 30)
DAY = timedelta(days=1)

# Characters that XML does not have, and texts that Excel reads as an escaped character.
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
READ_AS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

# The styles by their place in cellXfs. The second to last keeps a text that begins like a formula a
# text, also after a person edits the cell: it is the apostrophe of Excel.
TIME, MONEY, QUOTED, HEADER = 1, 2, 3, 4
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = f"""{XML}<styleSheet xmlns="{MAIN}">\
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"\
 applyNumberFormat="1"/>\
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""
WIDTHS = {Kind.TEXT: 24, Kind.NUMBER: 12, Kind.AMOUNT: 14, Kind.TIME: 20, Kind.CODE: 14}

Write = Callable[[int, Any], str]


def xlsx_chunks(table: Table) -> Iterator[tuple[bytes, int]]:
    """Yield the bytes of the workbook in chunks, each with its number of rows. A chunk may be
    empty, because the compression holds data back."""
    sent = Sent()
    columns = [_writer(column, number, table) for number, column in enumerate(table.columns)]
    rows = table.rows()
    with ZipFile(sent, "w", ZIP_DEFLATED) as archive:
        archive.writestr(part_named("xl/styles.xml"), STYLES)
        yield sent.take(), 0
        for sheet in count(1):
            is_last = yield from _sheet(archive, sent, sheet, table, columns, rows)
            if is_last:
                break
        for name, text in _parts(table.title, sheet).items():
            archive.writestr(part_named(name), text)
    yield sent.take(), 0


def _sheet(
    archive: ZipFile,
    sent: Sent,
    number: int,
    table: Table,
    columns: list[Write],
    rows: Iterator[Any],
) -> Generator[tuple[bytes, int], None, bool]:
    """Write a sheet. Return whether it has the last row."""
    with archive.open(part_named(f"xl/worksheets/sheet{number}.xml"), "w") as part:
        size = part.write(_head(table).encode())
        yield sent.take(), 0
        lines: list[str] = []
        at = 1
        for row in rows:
            at += 1
            cells = [
                write(at, value)
                for write, value in zip(columns, row, strict=True)
                if value is not None
            ]
            lines.append(f'<row r="{at}">{"".join(cells)}</row>')
            if len(lines) == ROWS_AT_ONCE:
                size += part.write("".join(lines).encode())
                yield sent.take(), len(lines)
                lines.clear()
            if at == MAX_ROWS or size > MAX_SHEET_BYTES:
                break
        else:
            at = 0
        part.write(f"{''.join(lines)}</sheetData></worksheet>".encode())
        yield sent.take(), len(lines)
    return at == 0


def _head(table: Table) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{WIDTHS[column.kind]}" customWidth="1"/>'
        for n, column in enumerate(table.columns, 1)
    )
    header = "".join(
        _text(f"{_letters(n)}1", column.header, HEADER) for n, column in enumerate(table.columns)
    )
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f'</sheetView></sheetViews><cols>{widths}</cols><sheetData><row r="1">{header}</row>'
    )


def _writer(column: Column, number: int, table: Table) -> Write:
    """Return the function that writes the cells of a column, given the row and the value."""
    letters, zone = _letters(number), table.zone

    def text(row: int, value: str) -> str:
        return _text(f"{letters}{row}", value, QUOTED if begins_like_formula(value) else 0)

    def code(row: int, value: Any) -> str:
        return f'<c r="{letters}{row}" t="inlineStr"><is><t>{value}</t></is></c>'

    def number_cell(row: int, value: int) -> str:
        return f'<c r="{letters}{row}"><v>{value}</v></c>'

    def amount(row: int, value: Decimal) -> str:
        return f'<c r="{letters}{row}" s="{MONEY}"><v>{value}</v></c>'

    def time(row: int, value: datetime) -> str:
        if never(value):
            return ""
        local = value.astimezone(zone).replace(tzinfo=None)
        if local.year < 1901:
            return code(row, local.isoformat(" ", "seconds"))
        return f'<c r="{letters}{row}" s="{TIME}"><v>{(local - DAY_0) / DAY:.9f}</v></c>'

    writers: dict[Kind, Write] = {
        Kind.TEXT: text,
        Kind.NUMBER: number_cell,
        Kind.AMOUNT: amount,
        Kind.TIME: time,
        Kind.CODE: code,
    }
    return writers[column.kind]


def _text(place: str, text: str, style: int) -> str:
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}…"
    if not text.isprintable():
        text = NOT_IN_XML.sub("�", text)
    if "_x" in text:
        text = READ_AS_ESCAPED.sub("_x005F_", text)
    styled = f' s="{style}"' if style else ""
    written = escape(text)
    return (
        f'<c r="{place}"{styled} t="inlineStr"><is><t xml:space="preserve">{written}</t></is></c>'
    )


def _letters(number: int) -> str:
    """Return the name of a column: A for 0. No list has more than 26 columns."""
    assert number < 26
    return chr(ord("A") + number)


def _parts(title: str, sheets: int) -> dict[str, str]:
    """Return the parts that name the sheets, which are known at the end only."""
    numbers = range(1, sheets + 1)
    named = "".join(
        f'<sheet name={quoteattr(_sheet_name(title, n))} sheetId="{n}" r:id="rId{n}"/>'
        for n in numbers
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for n in numbers
    )
    office = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relationships = f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    return {
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
        f"<sheets>{named}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"{relationships}{related}"
        f'<Relationship Id="rId{sheets + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "_rels/.rels": f'{relationships}<Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{office}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{office}.styles+xml"/>{typed}</Types>',
    }


def _sheet_name(title: str, number: int) -> str:
    """Return a name that Excel accepts: at most 31 letters, without some characters."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title)[:26]
    return plain if number == 1 else f"{plain} {number}"
