"""Encodings, separators, title blocks, footers and spreadsheets."""

import pytest

from purchases.imports import reader
from purchases.imports.reader import UnreadableFile, decode, read
from tests.imports.planned import FILES, plan_of, table, table_of
from tests.imports.spreadsheets import xlsx

HEADER = "Name,Email\n"


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8-sig", "utf-8"), ("utf-8", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")],
)
def test_the_encoding_is_found(encoding: str, found: str) -> None:
    content = "Name,Email\nZoë Müßig,zoe@example.com\n".encode(encoding)
    result = read(content, "clients.csv")
    assert (result.encoding, result.rows[0].cells[0]) == (found, "Zoë Müßig")
    assert result.headings == ["Name", "Email"]


def test_another_encoding_can_be_chosen() -> None:
    content = "Name,Email\nZoë Müßig,zoe@example.com\n".encode("cp850")
    assert read(content, "a.csv").rows[0].cells[0] != "Zoë Müßig"
    assert read(content, "a.csv", "cp850").rows[0].cells[0] == "Zoë Müßig"


def test_every_offered_encoding_decodes_every_byte() -> None:
    for encoding in reader.ENCODINGS:
        assert decode(bytes(range(256)), encoding)[1] == encoding


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_that_of_the_header_row(mark: str) -> None:
    text = f"Name{mark}Notes\nAna Ruiz{mark}a,b;c,d;e\n"
    expected = ["Ana Ruiz", "a,b;c,d;e"]
    if mark in ",;":
        text = f'Name{mark}Notes\nAna Ruiz{mark}"a,b;c,d;e"\n'
    assert table(text).rows[0].cells == expected


def test_a_separator_that_excel_names_is_used() -> None:
    result = table("sep=|\nName|Email\nAna Ruiz|ana@example.com\n")
    assert (result.separator, result.rows[0].number) == ("|", 3)


def test_a_title_column_numbers_and_a_footer_are_left_out() -> None:
    result = table_of("mindbody_clients.csv")
    assert (result.header_number, result.headings[0], result.headings[-1]) == (
        4,
        "Last name",
        "Email",
    )
    assert [row.number for row in result.rows] == [5, 6, 7, 8, 9, 10]
    assert result.left_out == [11]


def test_blank_lines_keep_the_numbers_of_the_rows() -> None:
    result = table("\n\nName,Email\n\nAna Ruiz,ana@example.com\n,\nBen Ode,ben@example.com\n")
    assert [row.number for row in result.rows] == [5, 7]


def test_a_header_that_is_repeated_is_no_row() -> None:
    result = table(f"{HEADER}Ana Ruiz,ana@example.com\n{HEADER}Ben Ode,ben@example.com\n")
    assert result.left_out == [3]


def test_a_row_with_an_email_is_no_header() -> None:
    result = table("Name,Phone,ana@example.com\nName,Email,Phone\nBen Ode,ben@example.com,\n")
    assert result.header_number == 2


def test_a_note_of_several_lines_is_one_row() -> None:
    result = table('Name,Notes\nAna Ruiz,"one\ntwo"\nBen Ode,three\n')
    assert [(row.number, row.cells[1]) for row in result.rows] == [(2, "one two"), (3, "three")]


@pytest.mark.parametrize("name", ["plain.xlsx", "plain.ods", "plain.xls"])
def test_a_spreadsheet_is_read_with_its_row_numbers(name: str) -> None:
    result = table_of(name)
    assert result.header_number == 3
    assert result.rows[0].number == 4
    assert result.rows[0].cells == ["Inês Duarte", "912345678", "Ten classes", "3", "46387"]


def test_a_short_row_has_empty_cells() -> None:
    assert table("Name,Email,Phone\nAna Ruiz\n").rows[0].cells == ["Ana Ruiz", "", ""]


@pytest.mark.parametrize(
    ("content", "name", "text"),
    [
        (b"", "a.csv", "empty"),
        (b"Name,Email\n", "a.csv", "no rows"),
        (b"x" * (reader.MAX_BYTES + 1), "a.csv", "10 MB"),
        (b"%PDF", "a.pdf", "ends in .csv"),
        (b"not a spreadsheet", "a.xlsx", "cannot be read"),
        (b"PK\x03\x04 broken", "a.xlsx", "cannot be read"),
        (b"Name\n" + b"Ana\n" * (reader.MAX_ROWS + 1), "a.csv", "50,000 rows"),
        (b"Name" + b"," * reader.MAX_COLUMNS + b"\nAna\n", "a.csv", "200 columns"),
    ],
    ids=["empty", "header only", "long", "kind", "no sheet", "broken", "rows", "columns"],
)
def test_a_file_that_cannot_be_read_is_refused(content: bytes, name: str, text: str) -> None:
    with pytest.raises(UnreadableFile, match=text):
        read(content, name)


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "MAX_UNPACKED", 1_000)
    with pytest.raises(UnreadableFile, match="too long"):
        read(xlsx([["Name"], *[["Ana Ruiz"]] * 100]), "a.xlsx")


@pytest.mark.parametrize(
    "cell", ["x" * 3_000_000, "@" * 3_000_000, "a@" * 1_500_000, "1" * 3_000_000]
)
def test_a_very_long_cell_is_read_in_a_moment_and_shortened(cell: str) -> None:
    """A search for an e-mail in it would take hours."""
    plan = plan_of(f"Name,Email,Phone,Notes\nAna Ruiz,{cell},{cell},{cell}\n")
    assert len(plan.created) == 1
    assert len(plan.rows[0].notes) <= 2_000


def test_every_file_of_these_tests_is_read() -> None:
    assert len(list(FILES.iterdir())) >= 15
    for file in FILES.iterdir():
        assert table_of(file.name).rows
