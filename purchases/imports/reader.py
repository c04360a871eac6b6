"""Read the rows of a file: text with separators, or a spreadsheet."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from purchases.imports import spreadsheets
from purchases.imports.header import Row, find_header, without_footer
from purchases.imports.sheet_process import one_line

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000
MAX_COLUMNS = 200
LONGEST_CELL = 5_000
# A spreadsheet of 10 MB may unpack to far more.
MAX_UNPACKED = 200 * 1024 * 1024
# A spreadsheet stores a text once that many cells have.
MAX_CHARACTERS = 50_000_000

TEXT_FILES = {".csv", ".tsv", ".txt"}
SPREADSHEETS = {".xlsx", ".ods", ".xls"}
SEPARATORS = ",;\t|"
# The header row is among the first rows.
HEADER_ROWS = 20
# The encodings of “letters look wrong?”, with their labels.
ENCODINGS = {
    "utf-8": _("Unicode (UTF-8)"),
    "cp1252": _("Windows, Western Europe"),
    "cp850": _("MS-DOS, Western Europe"),
    "cp1250": _("Windows, Central Europe"),
    "mac_roman": _("Macintosh"),
    "utf-16": _("Unicode (UTF-16)"),
}


TOO_LONG = _("This spreadsheet is too long. Split it, and import each part.")


class UnreadableFile(ValueError):
    """The file cannot be read. The text tells the person why."""


@dataclass(frozen=True)
class Table:
    """The rows of a file below its header. Each row keeps its number in the file, from 1."""

    headings: list[str]
    rows: list[Row]
    # Empty for a spreadsheet.
    encoding: str = ""
    separator: str = ""
    header_number: int = 1
    left_out: list[int] = field(default_factory=list)

    def column(self, at: int) -> list[str]:
        return [row.cells[at] for row in self.rows]


def read(content: bytes, name: str, encoding: str = "", most: int = MAX_ROWS) -> Table:
    """Return the table of a file. Raise UnreadableFile if it is too long or no table.

    `encoding` overrides the guess. It is a key of ENCODINGS. A smaller `most` returns about so many
    of the first rows.
    """
    kind = PurePath(name).suffix.lower()
    if len(content) > MAX_BYTES:
        raise UnreadableFile(_("The file has more than 10 MB. Split it, and import each part."))
    if kind in SPREADSHEETS:
        return _table(_sheet_rows(content, most))
    if kind not in TEXT_FILES:
        raise UnreadableFile(_("Choose a file that ends in .csv, .tsv, .txt, .xlsx, .ods or .xls."))
    text, used = decode(content, encoding)
    separator, rows = _text_rows(text, most)
    return _table(rows, used, separator)


def decode(content: bytes, encoding: str = "") -> tuple[str, str]:
    """Return the text and its encoding: that of its byte order mark, or UTF-8, or Windows."""
    if encoding:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding, "replace")
        return text, encoding
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace"), "cp1252"


def _text_rows(text: str, most: int) -> tuple[str, list[Row]]:
    """Return the separator of the header row, and all rows by it."""
    text = text.replace("\0", "")
    csv.field_size_limit(MAX_BYTES)
    named = _named_separator(text)
    heads = {mark: _split(text, mark, HEADER_ROWS) for mark in named or SEPARATORS}
    scores = {mark: find_header(rows)[1] for mark, rows in heads.items()}
    # Without a known heading, the separator that makes the most cells wins.
    widths = {
        mark: max((len(row.cells) for row in rows), default=0) for mark, rows in heads.items()
    }
    separator = max(scores, key=lambda mark: (scores[mark], widths[mark]))
    return separator, _split(text, separator, most + HEADER_ROWS + 1)


def _named_separator(text: str) -> str:
    """Return the separator of a first line as Excel writes it, `sep=;`, or an empty text."""
    first = text.partition("\n")[0].strip().lower()
    return first[4] if len(first) == 5 and first.startswith("sep=") else ""


def _split(text: str, separator: str, count: int) -> list[Row]:
    lines = StringIO(text, newline="")
    rows: list[Row] = []
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=separator), 1):
            if any(map(str.strip, cells)):
                rows.append(Row(number, [_one_line(cell) for cell in cells]))
            if len(rows) >= count:
                break
    except csv.Error:
        raise UnreadableFile(
            _("This file cannot be read as a table: a quotation mark is not closed.")
        ) from None
    return rows


def _sheet_rows(content: bytes, most: int) -> list[Row]:
    """Return the rows of the first sheet that has more than one."""
    _check_unpacked(content)
    try:
        rows = spreadsheets.sheet_rows(
            content,
            most=most + HEADER_ROWS + 1,
            # One more, by which a sheet that is too wide is noticed.
            columns=MAX_COLUMNS + 1,
            longest=LONGEST_CELL,
            characters=MAX_CHARACTERS,
        )
    except spreadsheets.Unreadable:
        raise UnreadableFile(
            _("This spreadsheet cannot be read. Save it as .xlsx or .csv without a password.")
        ) from None
    except spreadsheets.Empty:
        raise UnreadableFile(_("This spreadsheet is empty.")) from None
    except spreadsheets.TooLong:
        raise UnreadableFile(TOO_LONG) from None
    return [Row(number, cells) for number, cells in rows]


def _check_unpacked(content: bytes) -> None:
    """Refuse an archive that declares to unpack to more than MAX_UNPACKED.

    An .xls has another format."""
    if not content.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        size = 0
    if size > MAX_UNPACKED:
        raise UnreadableFile(TOO_LONG)


def _one_line(text: str) -> str:
    return one_line(text, LONGEST_CELL)


def _table(rows: list[Row], encoding: str = "", separator: str = "") -> Table:
    """Return the table below the header row, without footers and repeated headers."""
    if not rows:
        raise UnreadableFile(_("The file is empty."))
    at, score = find_header(rows[:HEADER_ROWS])
    if not score:
        at = 0
    header = rows[at]
    width = max(len(header.cells), max((len(row.cells) for row in rows[at + 1 :]), default=0))
    if width > MAX_COLUMNS:
        raise UnreadableFile(_("The file has more than 200 columns. Remove those without use."))
    body, left_out = without_footer(rows[at + 1 :], header)
    if len(body) > MAX_ROWS:
        raise UnreadableFile(_("The file has more than 50,000 rows. Split it."))
    if not body:
        raise UnreadableFile(_("The file has no rows below its headings."))
    for row in (header, *body):
        row.cells.extend([""] * (width - len(row.cells)))
    return Table(header.cells, body, encoding, separator, header.number, left_out)
