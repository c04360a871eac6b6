"""The table of ASVS 5.0 is whole, and every test and document that it names exists."""

import ast
import csv
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.processes import ROOT
from tests.test_documents import headings

TABLE = ROOT / "docs" / "security" / "asvs.csv"
MAX_WORDS = 8
# The number of requirements of levels 1 and 2 in each chapter of version 5.0.
LEVELS = {
    1: (8, 19),
    2: (4, 7),
    3: (8, 11),
    4: (2, 8),
    5: (4, 5),
    6: (13, 22),
    7: (6, 12),
    8: (4, 3),
    9: (4, 3),
    10: (5, 24),
    11: (3, 11),
    12: (3, 6),
    13: (1, 12),
    14: (2, 7),
    15: (3, 10),
    16: (0, 16),
    17: (0, 7),
}
STATUSES = {"passed", "not applicable", "not met"}


class Row(NamedTuple):
    id: str
    level: str
    subject: str
    status: str
    evidence: str


def read_table() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    assert tuple(header) == Row._fields
    return [Row(*line) for line in lines]


ROWS = read_table()
PASSED = Row("1.2.4", "L1", "A subject", "passed", "tests/test_asvs.py::test_the_table_is_whole")


@cache
def functions_of(path: Path) -> set[str]:
    """Return the names of the functions of a file."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


# --- What can be wrong with a row -----------------------------------------------------------------


def empty_cells(row: Row) -> list[str]:
    return [name for name, cell in row._asdict().items() if not cell.strip()]


def unknown_status(row: Row) -> list[str]:
    return [] if row.status in STATUSES else [row.status]


def long_subject(row: Row) -> list[str]:
    return [row.subject] if len(row.subject.split()) > MAX_WORDS else []


def missing_evidence(row: Row) -> list[str]:
    """Return the tests and sections of a passed requirement that do not exist."""
    if row.status != "passed":
        return []
    return [name for name in row.evidence.split("; ") if not exists(name)]


def missing_reason(row: Row) -> list[str]:
    """Return the reason of a requirement that is not passed, unless it is one sentence."""
    if row.status == "passed":
        return []
    is_sentence = row.evidence.startswith("because ") and row.evidence.endswith(".")
    return [] if is_sentence else [row.evidence]


def exists(name: str) -> bool:
    """Return whether a test `path::name` or a section `path#anchor` exists."""
    file, _, test = name.partition("::")
    file, _, anchor = file.partition("#")
    path = ROOT / file
    if not path.is_file():
        return False
    if test:
        return test.startswith("test_") and test in functions_of(path)
    return path.suffix == ".md" and anchor in headings(path)


Check = Callable[[Row], list[str]]
CHECKS: list[tuple[Check, Row]] = [
    (empty_cells, PASSED._replace(subject=" ")),
    (empty_cells, PASSED._replace(evidence="")),
    (unknown_status, PASSED._replace(status="failed")),
    (long_subject, PASSED._replace(subject="word " * 9)),
    (missing_evidence, PASSED._replace(evidence="tests/test_asvs.py::test_of_nothing")),
    (missing_evidence, PASSED._replace(evidence="tests/test_asvs.py::exists")),
    (missing_evidence, PASSED._replace(evidence="tests/test_asvs.py")),
    (
        missing_evidence,
        PASSED._replace(evidence="tests/test_of_nothing.py::test_this"),
    ),
    (missing_evidence, PASSED._replace(evidence="SECURITY.md#no-such-section")),
    (missing_evidence, PASSED._replace(evidence="SECURITY.md")),
    (missing_evidence, PASSED._replace(evidence="docs/no-such-page.md#a-section")),
    (missing_evidence, PASSED._replace(evidence=f"{PASSED.evidence}; docs/no-such-page.md#top")),
    (missing_reason, PASSED._replace(status="not met", evidence="because it is")),
    (missing_reason, PASSED._replace(status="not applicable")),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_names_its_evidence(row: Row) -> None:
    assert {check.__name__: wrong for check, _ in CHECKS if (wrong := check(row))} == {}


@pytest.mark.parametrize(
    ("check", "row"), CHECKS, ids=[f"{check.__name__}-{n}" for n, (check, _) in enumerate(CHECKS)]
)
def test_each_check_finds_its_fault(check: Check, row: Row) -> None:
    assert check(PASSED) == []
    assert len(check(row)) == 1


# --- The whole table ------------------------------------------------------------------------------


def counts(rows: list[Row]) -> dict[int, tuple[int, int]]:
    """Return the number of different requirements of levels 1 and 2 by chapter."""
    different = {(row.id, row.level) for row in rows}
    found = Counter((int(row_id.split(".")[0]), level) for row_id, level in different)
    return {chapter: (found[chapter, "L1"], found[chapter, "L2"]) for chapter, _ in found}


def test_the_table_is_whole() -> None:
    assert counts(ROWS) == LEVELS
    assert len(ROWS) == sum(map(sum, LEVELS.values()))


def test_a_missing_and_a_repeated_row_are_found() -> None:
    assert counts(ROWS[1:]) != LEVELS
    assert counts([ROWS[0], *ROWS[:-1]]) != LEVELS


def test_the_rows_are_in_the_order_of_the_standard() -> None:
    ids = [tuple(map(int, row.id.split("."))) for row in ROWS]
    assert ids == sorted(set(ids))
