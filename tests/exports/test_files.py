"""The files of the exports: CSV and XLSX, which no program mistakes for formulas."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from purchases.exports import xlsx_file
from purchases.exports.columns import Column, Kind, Row, Table
from purchases.exports.csv_file import csv_chunks
from purchases.exports.xlsx_file import xlsx_chunks
from purchases.models import Org
from studio.models import Policy, User
from tests.conftest import SignIn
from tests.exports.files import content_of, csv_rows, end, sheet, url_of, xlsx_rows
from tests.factories import make_client, make_purchase

FORMULAS = ["=1+1", "+61 400 000 000", "-2", "@SUM(A1)", "\tx", "\rx", "＝1+1"]


@pytest.fixture
def accountant(ada: User, signed_in: SignIn) -> Client:
    return signed_in(ada)


def table(rows: list[Row], *kinds: Kind) -> Table:
    columns = [Column(f"Column {n}", kind) for n, kind in enumerate(kinds)]
    return Table("List", columns, lambda: iter(rows), UTC)


def written(chunks: Iterator[tuple[bytes, int]]) -> bytes:
    return b"".join(data for data, _ in chunks)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_text_that_begins_like_a_formula_gets_an_apostrophe_in_csv(
    name: str, northside: Org, accountant: Client
) -> None:
    make_client(org=northside, name=name)
    [row] = csv_rows(accountant, "clients")
    assert row["Name"] == f"'{name}"


@pytest.mark.parametrize("name", FORMULAS)
def test_a_text_that_begins_like_a_formula_is_a_quoted_text_in_excel(
    name: str, northside: Org, accountant: Client
) -> None:
    make_client(org=northside, name=name)
    content = content_of(accountant, "clients", "xlsx")
    xml = ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert f'<c r="A2" s="{xlsx_file.QUOTED}" t="inlineStr">' in xml
    assert xlsx_rows(content)[1][0].strip() == name.strip()


def test_our_own_numbers_get_no_apostrophe(northside: Org, accountant: Client) -> None:
    make_purchase(org=northside, used=12)
    [row] = csv_rows(accountant, "purchases")
    assert row["Sessions left"] == "-2"


def test_csv_has_a_mark_by_which_excel_reads_utf_8(northside: Org, accountant: Client) -> None:
    make_client(org=northside, name="Zoë Óskarsdóttir", email='a"b,c\n@example.com')
    content = content_of(accountant, "clients")
    assert content.startswith(b"\xef\xbb\xbfName,")
    assert content.endswith(b"\r\n")
    [row] = csv_rows(accountant, "clients")
    assert (row["Name"], row["E-mail"]) == ("Zoë Óskarsdóttir", 'a"b,c\n@example.com')


def test_a_file_is_stored_by_no_cache_and_has_a_safe_name(
    northside: Org, accountant: Client
) -> None:
    Org.objects.filter(pk=northside.pk).update(slug='../"x;\r\ny')
    response = accountant.get(url_of("clients", "xlsx"))
    end(response)
    name = response["Content-Disposition"]
    assert name.startswith('attachment; filename="x-y-clients-')
    assert name.endswith('.xlsx"')
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Content-Encoding" not in response


def test_a_browser_that_accepts_gzip_gets_the_plain_stream(
    northside: Org, accountant: Client
) -> None:
    response = accountant.get(url_of("clients"), headers={"Accept-Encoding": "gzip"})
    end(response)
    assert "Content-Encoding" not in response


def test_the_header_is_in_the_language_of_the_studio(northside: Org, accountant: Client) -> None:
    Policy.objects.create(org=northside, language="es")
    make_client(org=northside)
    assert "Nombre" in csv_rows(accountant, "clients")[0]


def test_excel_has_numbers_amounts_and_local_times_as_such(
    northside: Org, accountant: Client
) -> None:
    Policy.objects.create(org=northside, time_zone="Australia/Sydney")
    make_purchase(org=northside, purchased_at=datetime(2026, 1, 12, 7, tzinfo=UTC))
    header, row = xlsx_rows(content_of(accountant, "purchases", "xlsx"))
    values = dict(zip(header, row, strict=True))
    assert (values["Used sessions"], values["Price"]) == (3, 200)
    assert values["Bought on"] == datetime(2026, 1, 12, 18)


def test_rows_beyond_the_last_of_a_sheet_go_to_a_further_sheet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xlsx_file, "MAX_ROWS", 101)
    content = written(xlsx_chunks(table([[n] for n in range(250)], Kind.NUMBER)))
    workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    assert workbook.sheet_names == ["List", "List 2", "List 3"]
    numbers = [sheet(workbook, name)[1:] for name in workbook.sheet_names]
    assert [len(rows) for rows in numbers] == [100, 100, 50]
    assert [row for rows in numbers for row in rows] == [[n] for n in range(250)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a\x00b\x0bc", "a�b�c"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("_x0041_", "_x0041_"),
        ("  two  ", "  two  "),
        ("x" * 40_000, "x" * 16_000 + "…"),
    ],
)
def test_excel_reads_each_text_as_it_is(text: str, read: str) -> None:
    content = written(xlsx_chunks(table([[text]], Kind.TEXT)))
    assert xlsx_rows(content)[1] == [read]


def test_a_time_before_1900_is_a_text_in_excel() -> None:
    old = datetime(1850, 5, 1, 12, tzinfo=UTC)
    content = written(xlsx_chunks(table([[old]], Kind.TIME)))
    assert xlsx_rows(content)[1] == ["1850-05-01 12:00:00"]


def test_rows_are_read_while_the_file_is_sent() -> None:
    """The first bytes need no row, and no chunk reads more than its own rows."""
    read: list[Any] = []

    def rows() -> Iterator[Row]:
        for n in range(1_000):
            read.append(n)
            yield [f"Ana {n}"]

    endless = Table("List", [Column("Name")], rows, UTC)
    for chunks, most in ((csv_chunks(endless), 200), (xlsx_chunks(endless), 50)):
        read.clear()
        data, _ = next(chunks)
        assert data
        assert read == []
        while len(read) < 500:
            before = len(read)
            next(chunks)
            assert len(read) - before <= most
