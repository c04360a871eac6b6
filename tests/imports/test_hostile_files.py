"""Files that would take the memory or the time of the site are refused, or read in linear time."""

import csv
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from io import BytesIO, StringIO
from pathlib import Path
from uuid import uuid4

import pytest

from purchases.imports import folding, sheet_process, spreadsheets
from purchases.imports.cells import read_emails
from purchases.imports.columns import guess
from purchases.imports.header import has_email
from purchases.imports.plan import Choices, Known, Plan
from purchases.imports.planning import make_plan
from purchases.imports.reader import UnreadableFile, read
from tests.imports.spreadsheets import ods, xlsx

TOO_LONG = "This spreadsheet is too long."
# The seconds of the processor that quadratic time would exceed tenfold.
LINEAR = 15


def with_part(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return an archive with one part changed."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for each in old.namelist():
            text = old.read(each).decode()
            new.writestr(each, change(text) if each == name else text)
    return file.getvalue()


# --- Spreadsheets ---------------------------------------------------------------------------------

SHEET = "xl/worksheets/sheet1.xml"
NAMES = xlsx([["Name"], ["Ana Ruiz"]])


def far_cell() -> bytes:
    """A cell in the last row and column, for which the parser reserves 550 GB."""
    row = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return with_part(NAMES, SHEET, lambda text: text.replace("</sheetData>", row))


def repeated_cells() -> bytes:
    """A row of 16,384 cells, 1,048,576 times, in 1 kB."""
    repeated = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell'
        ' table:number-columns-repeated="16384" office:value-type="string">'
        "<text:p>a</text:p></table:table-cell></table:table-row></table:table>"
    )
    content = ods([["Name"], ["Ana Ruiz"]])
    return with_part(content, "content.xml", lambda text: text.replace("</table:table>", repeated))


def long_text_in_many_cells() -> bytes:
    """Rows that are short in the archive and have 60 million characters."""
    return xlsx([["Name"], *[["a" * 5_000] * 20] * 600])


def entities() -> bytes:
    """Entities that would expand to a billion letters."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    kinds = f'<!DOCTYPE worksheet [<!ENTITY e0 "a">{levels}]>'
    return with_part(NAMES, SHEET, lambda text: kinds + text.replace("Ana Ruiz", "&e9;"))


def outside_file() -> bytes:
    kinds = '<!DOCTYPE worksheet [<!ENTITY e0 SYSTEM "file:///etc/passwd">]>'
    return with_part(NAMES, SHEET, lambda text: kinds + text.replace("Ana Ruiz", "&e0;"))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (far_cell, "a.xlsx"),
        (far_cell, "a.xls"),
        (long_text_in_many_cells, "a.xlsx"),
    ],
)
def test_a_spreadsheet_beyond_the_limits_is_refused(
    content: Callable[[], bytes], name: str
) -> None:
    with pytest.raises(UnreadableFile, match=TOO_LONG):
        read(content(), name)


def test_repeated_cells_are_refused() -> None:
    with pytest.raises(UnreadableFile):
        read(repeated_cells(), "a.ods")


@pytest.mark.parametrize("content", [entities, outside_file])
def test_an_entity_is_not_expanded(content: Callable[[], bytes]) -> None:
    try:
        cells = [cell for row in read(content(), "a.xlsx").rows for cell in row.cells]
    except UnreadableFile:
        return
    assert not any("aaaa" in cell or "root" in cell for cell in cells)


def test_a_process_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "endless.py"
    script.write_text("while True: pass")
    monkeypatch.setattr(spreadsheets, "SCRIPT", script)
    monkeypatch.setattr(spreadsheets, "SECONDS", 0.5)
    with pytest.raises(UnreadableFile, match=TOO_LONG):
        read(NAMES, "a.xlsx")


def test_the_process_gets_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "environment.py"
    script.write_text(
        "import json, os; print(json.dumps({'rows': [[1, ['Name']], [2, [*os.environ]]]}))"
    )
    for name in ("SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "WEB_DATABASE_URL"):
        monkeypatch.setenv(name, "a secret")
    monkeypatch.setattr(spreadsheets, "SCRIPT", script)
    (row,) = read(NAMES, "a.xlsx").rows
    assert "PATH" in row.cells
    assert not {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "WEB_DATABASE_URL"} & {*row.cells}


def test_the_process_imports_nothing_of_the_site() -> None:
    source = Path(sheet_process.__file__).read_text()
    assert "from purchases" not in source
    assert "django" not in source.lower()


# --- Text -----------------------------------------------------------------------------------------


def table_of(*rows: tuple[str, ...]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([("Name", "Email", "Phone", "Remaining"), *rows])
    return text.getvalue().encode()


def planned(content: bytes) -> Plan:
    table = read(content, "a.csv")
    return make_plan(table, Choices(guess(table)), Known(uuid4()), date(2026, 11, 27))


NAMESAKES = table_of(*(("Ana Ruiz", f"ana{n}@example.com", "", "3") for n in range(20_000)))
PHONES = table_of(*(("Ana Ruiz", "", f"0400 {n:06}", "3") for n in range(20_000)))
LONG_EMAILS = table_of(*(("Ana Ruiz", "@" + "a" * 4_900, "", "3") for _ in range(1_000)))
OTHER_LONG_EMAILS = table_of(*(("Ana Ruiz", "a@" * 2_400, "", "3") for _ in range(1_000)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (NAMESAKES, 20_000),
        (PHONES, 20_000),
        (LONG_EMAILS, 1_000),
        (OTHER_LONG_EMAILS, 1_000),
    ],
    ids=["e-mails", "phones", "long e-mails", "other long e-mails"],
)
def test_a_long_file_is_planned_in_linear_time(content: bytes, rows: int) -> None:
    began = time.process_time()
    plan = planned(content)
    assert time.process_time() - began < LINEAR
    assert len(plan.rows) == rows


@pytest.mark.parametrize("cell", ["@" + "a" * 300, "a" * 300 + "@", "a@" * 150])
def test_a_header_is_found_in_linear_time(cell: str) -> None:
    began = time.process_time()
    assert not any(has_email(cell) for _ in range(20_000))
    assert time.process_time() - began < LINEAR


@pytest.mark.parametrize(
    ("cell", "emails"),
    [
        ("ana@example.com.", ["ana@example.com"]),
        ("Ana <ana@example.com>, (bo@b.co)", ["ana@example.com", "bo@b.co"]),
        ("mailto:ana@example.com;", ["ana@example.com"]),
        ("@example.com ana@ ana@example a@.b. @", []),
    ],
)
def test_the_emails_of_a_cell(cell: str, emails: list[str]) -> None:
    assert read_emails(cell) == emails


def kept_bytes(fold: Callable[[str], str]) -> int:
    tracemalloc.start()
    try:
        for n in range(100):
            fold(f"{n} " + "word " * 1_000)
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def test_long_texts_do_not_stay_in_memory() -> None:
    assert kept_bytes(folding.fold) < 50_000


def test_control_a_plain_cache_keeps_them() -> None:
    assert kept_bytes(lru_cache(50_000)(folding.fold)) > 400_000
