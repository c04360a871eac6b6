"""The documents are true to the code: every file, test, command and name in them exists."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name

import pytest
from django.conf import settings
from django.core.management import get_commands

from tests.prose import PATTERNS, tracked_files

ROOT = settings.BASE_DIR
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DOCUMENTS = [ROOT / path for path in tracked_files("*.md")]
TESTS = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
MAKEFILE = (ROOT / "Makefile").read_text()
MAX_README_LINES = 130
# If a term finds more files than this, it does not answer the question.
MAX_FILES_FOUND = 8
CODE = ["studio", "purchases", ":!*/locale/*"]


# --- What a document refers to --------------------------------------------------------------------


def headings(path: Path) -> set[str]:
    """Return the anchors of a document, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(text: str, path: Path) -> list[str]:
    broken = []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        if not target.exists() or (anchor and anchor not in headings(target)):
            broken.append(link)
    return broken


def unknown_make_targets(text: str, path: Path) -> list[str]:
    named = re.findall(r"(?:`|^)make (?:[A-Z]+=\S+ )*([a-z-]+)", text, re.MULTILINE)
    return [name for name in named if f"\n{name}:" not in MAKEFILE]


def unknown_tests(text: str, path: Path) -> list[str]:
    return [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in TESTS]


def missing_files(text: str, path: Path) -> list[str]:
    """Return the paths in backticks or in commands that do not exist, from the root of the code."""
    folders = r"(?:studio|purchases|templates|tests|benchmarks|docs|\.ci)/"
    named = re.findall(rf"(?<![\w/.-])({folders}[\w./-]*)", text)
    return [name for name in named if not (ROOT / name.rstrip(".")).exists()]


def unknown_names(text: str, path: Path) -> list[str]:
    """Return the dotted names of Python that cannot be imported."""
    unknown = []
    for name in re.findall(r"`((?:studio|purchases|tests|benchmarks)(?:\.\w+)+)`", text):
        try:
            resolve_name(name)
        except (ImportError, AttributeError):
            unknown.append(name)
    return unknown


def unknown_commands(text: str, path: Path) -> list[str]:
    named = re.findall(r"manage\.py ([a-z_]+)", text)
    return [name for name in named if name not in get_commands()]


Check = Callable[[str, Path], list[str]]
CHECKS: list[tuple[Check, str]] = [
    (broken_links, "[a page](docs/no-such-page.md)"),
    (broken_links, "[a section](README.md#no-such-section)"),
    (broken_links, "![a picture](docs/no-such-picture.png)"),
    (unknown_make_targets, "`make no-such-target`"),
    (unknown_make_targets, "make PYTHON=python3 nosuchtarget"),
    (unknown_tests, "`test_that_does_not_exist`"),
    (missing_files, "`purchases/no_such_file.py`"),
    (missing_files, "make test T=tests/test_no_such_file.py"),
    (unknown_names, "`studio.accounts.no_such_module`"),
    (unknown_names, "`studio.accounts.pins.no_such_function`"),
    (unknown_commands, "python manage.py no_such_command"),
]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.parametrize("check", list(dict(CHECKS)), ids=lambda check: check.__name__)
def test_every_reference_of_a_document_exists(check: Check, path: Path) -> None:
    assert check(path.read_text(), path) == []


@pytest.mark.parametrize(
    ("check", "text"), CHECKS, ids=[f"{check.__name__}-{n}" for n, (check, _) in enumerate(CHECKS)]
)
def test_each_check_finds_a_reference_to_something_missing(check: Check, text: str) -> None:
    assert len(check(f"See {text}" if text[0] in "[!`" else text, README)) == 1


def test_the_documents_refer_to_enough_to_be_checked() -> None:
    text = "\n".join(path.read_text() for path in DOCUMENTS)
    assert len(set(re.findall(r"`(test_\w+)`", text))) > 10
    assert len(re.findall(r"\]\((?!http)", text)) > 20
    assert {"run", "test", "lint"} <= set(re.findall(r"make ([a-z]+)", text))


def riddles(text: str) -> list[str]:
    """Return what the patterns of `tests.prose` find in the paragraphs, items and cells."""
    paragraphs = re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n\n")
    items = [item for paragraph in paragraphs for item in re.split(r"(?:^|\n)- |\|", paragraph)]
    found = [
        pattern.search(" ".join(item.split())) for item in items for pattern in PATTERNS.values()
    ]
    return [match[0] for match in found if match]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_is_written_in_plain_words(path: Path) -> None:
    assert riddles(path.read_text()) == []


def test_a_sentence_that_is_not_plain_is_found() -> None:
    assert riddles("| word |\n\n- Of a refusal nothing is said.\n") == ["Of a"]


def test_the_guide_for_debian_has_the_commands_that_it_promises() -> None:
    text = (ROOT / "docs" / "deployment" / "debian-12.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    [promised] = re.findall(r"These (\d+) commands", text)
    assert sum(block.count("\n") for block in blocks) == int(promised)


# --- README ---------------------------------------------------------------------------------------


def missing_in_map(text: str) -> list[str]:
    """Return the lines of the map of the code that name no file or folder."""
    [the_map] = re.findall(r"## Map of the code\n\n```\n(.*?)```", text, re.DOTALL)
    folders: list[tuple[int, str]] = []
    missing = []
    for line in the_map.splitlines():
        name, indent = line.split()[0], len(line) - len(line.lstrip())
        folders = [(depth, folder) for depth, folder in folders if depth < indent]
        path = "".join(folder for _, folder in folders) + name
        if name.endswith("/"):
            folders.append((indent, name))
        if not (ROOT / path).exists():
            missing.append(path)
    return missing


def test_every_file_of_the_map_exists() -> None:
    assert missing_in_map(README.read_text()) == []


def test_a_file_of_the_map_that_is_missing_is_found() -> None:
    text = README.read_text().replace("  access.py", "  no_such_file.py")
    assert "purchases/no_such_file.py" in missing_in_map(text)


def test_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) <= MAX_README_LINES


def test_pictures_are_small() -> None:
    pictures = list((ROOT / "docs").glob("*.png"))
    assert len(pictures) == 3
    assert [picture.name for picture in pictures if picture.stat().st_size > 250_000] == []


# --- Measured figures -----------------------------------------------------------------------------


def unknown_figures(text: str) -> list[str]:
    """Return the figures of the table, and those of the missed targets, that were not measured."""
    figures = re.findall(r"\| ([\d.,]+)(?: \w+)? \|$|has ([\d.]+)", text, re.MULTILINE)
    measured = (ROOT / "benchmarks" / "results.md").read_text()
    return [figure for each in figures if f"| {(figure := ''.join(each))} |" not in measured]


def test_every_figure_is_in_the_results_of_the_benchmarks() -> None:
    text = (ROOT / "docs" / "performance.md").read_text()
    assert len(re.findall(r"\| [\d.,]+(?: \w+)? \|$", text, re.MULTILINE)) >= 10
    assert unknown_figures(text) == []


def test_a_figure_that_was_not_measured_is_found() -> None:
    assert unknown_figures("| reinstatement, p50 | 0.0001 ms |") == ["0.0001"]


# --- The twenty questions -------------------------------------------------------------------------


def questions() -> list[tuple[str, ...]]:
    """Return question, term, file and symbol of each row."""
    [section] = re.findall(
        r"## Twenty questions\n(.*?)(?=\n## )", CONTRIBUTING.read_text(), re.DOTALL
    )
    return re.findall(r"^\| (.+\?) \| `(.+?)` \| `(.+?)`, `(\w+)` \|$", section, re.MULTILINE)


def files_with(term: str) -> list[str]:
    """Return the files of the site that `git grep -i` finds for a term."""
    command = ["git", "grep", "--fixed-strings", "-il", "-e", term, "--", *CODE]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_there_are_twenty_questions() -> None:
    assert len(questions()) == 20


@pytest.mark.parametrize(("term", "file", "symbol"), [row[1:] for row in questions()])
def test_a_search_for_the_term_leads_to_the_answer(term: str, file: str, symbol: str) -> None:
    found = files_with(term)
    # A folder or file with the name of the term answers the question too.
    if term not in file:
        assert file in found
        assert len(found) <= MAX_FILES_FOUND, found
    definition = rf"^\s*(?:(?:def|class) {symbol}\b|{symbol}(?:: .+)? = )"
    assert re.search(definition, (ROOT / file).read_text(), re.MULTILINE)


def test_an_unused_term_finds_no_file() -> None:
    assert files_with("no such" + " term at all") == []
