"""Comments, docstrings and texts to translate are plain English, as CONTRIBUTING.md requires."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.prose import PATTERNS, READ, Sentence, findings, prose_of, tracked_files

MAX_ALLOWED = 20


class Allowed(NamedTuple):
    """A finding that stays: an excerpt of the sentence, and the reason."""

    path: str
    excerpt: str
    reason: str


ALLOWED = [
    Allowed(
        "studio/locale/es/LC_MESSAGES/django.po",
        "Who and why",
        "The heading of a table column is short.",
    ),
    Allowed(
        "tests/upgrade/before_0_1_0.sql",
        "What another one is changing is waited for here",
        "The dump of an older version keeps its comments.",
    ),
]

NOT_PLAIN = {
    "headless relative": [
        "What the browser sent is not trusted.",
        "The row is locked. Who waits gets the next one.",
        "Whose it is depends on the purchase.",
        "The order matters. Where a word begins is compared first.",
    ],
    "where for if": [
        "Return None where it has no client.",
        "Empty where the org has no policy.",
        "The row is skipped where no session is left.",
    ],
    "negative predicate": [
        "A row of another org is nobody's.",
        "A purchase without a total is no pack.",
        "The menu has no more choices.",
        "Its value is of none.",
    ],
    "fronted adjunct": [
        "Of an undo, the member is stored.",
        "Beside its terms, a client has initials.",
        "The term comes first. Behind its space are the initials.",
    ],
}

PLAIN = [
    "Return the purchase, or None if the org has no such purchase.",
    "Open the page where the action began.",
    "Nothing was changed.",
    "There is no purchase with this id.",
    "The client who bought the pack is locked first.",
    "What you can do: reload the page.",
    "The count of sessions, of each client.",
    "The initials are behind the space.",
    "If there are no more pages, the link is missing.",
]

SENTENCE = "Whoever reads this is puzzled."
FILES = {
    "module.py": (f'"""A module."""\n\nvalue = 1  # {SENTENCE}\n', 3),
    "docstring.py": (f'def run() -> None:\n    """{SENTENCE}"""\n', 2),
    "block.py": ("# Whoever reads this\n# is puzzled.\nvalue = 1\n", 1),
    "statement.sql": (f"-- {SENTENCE}\nSELECT 1\n", 1),
    "page.html": (f"<p>\n{{# {SENTENCE} #}}</p>\n", 2),
    "page.js": (f"let x;\n\n/** {SENTENCE} */\n", 3),
    "line.js": (f"// {SENTENCE}\n", 1),
    "page.css": (f"p {{\n  /* {SENTENCE} */\n}}\n", 2),
    "django.po": (f'msgid ""\nmsgstr ""\n\nmsgid "{SENTENCE}"\nmsgstr ""\n', 4),
}


def is_allowed(sentence: Sentence, allowed: Allowed) -> bool:
    return sentence.path == allowed.path and allowed.excerpt in sentence.text


def unexpected_findings(sentences: list[Sentence]) -> list[str]:
    return [
        f"{name}: {sentence}"
        for name, sentence in findings(sentences)
        if not any(is_allowed(sentence, allowed) for allowed in ALLOWED)
    ]


@pytest.fixture(scope="module")
def sentences() -> list[Sentence]:
    """The prose of every tracked file."""
    return [sentence for path in tracked_files() for sentence in prose_of(path)]


def test_every_sentence_is_plain(sentences: list[Sentence]) -> None:
    assert unexpected_findings(sentences) == []


def test_every_allowed_finding_still_occurs(sentences: list[Sentence]) -> None:
    found = [sentence for _, sentence in findings(sentences)]
    stale = [
        allowed
        for allowed in ALLOWED
        if not any(is_allowed(sentence, allowed) for sentence in found)
    ]
    assert stale == []


def test_the_list_of_allowed_findings_is_short_and_gives_reasons() -> None:
    assert len(ALLOWED) <= MAX_ALLOWED
    assert all(allowed.reason.endswith(".") for allowed in ALLOWED)


def test_a_sentence_is_only_allowed_in_its_own_file() -> None:
    sentence = Sentence("purchases/views.py", 1, "Who and why is shown.")
    assert unexpected_findings([sentence]) != []


def test_the_prose_of_every_kind_of_file_is_read(sentences: list[Sentence]) -> None:
    assert {Path(sentence.path).suffix for sentence in sentences} == READ
    assert len(sentences) > 2_000


@pytest.mark.parametrize(
    ("pattern", "text"), [(name, text) for name, texts in NOT_PLAIN.items() for text in texts]
)
def test_a_sentence_that_is_not_plain_is_found(pattern: str, text: str) -> None:
    found = [name for name, _ in findings([Sentence("made_up.py", 1, text)])]
    assert pattern in found


def test_every_pattern_has_a_sentence_that_it_finds() -> None:
    assert NOT_PLAIN.keys() == PATTERNS.keys()


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_sentence_is_not_found(text: str) -> None:
    assert list(findings([Sentence("made_up.py", 1, text)])) == []


@pytest.mark.parametrize("name", FILES)
def test_a_sentence_in_a_file_is_found_with_its_line(name: str, tmp_path: Path) -> None:
    text, line = FILES[name]
    (tmp_path / name).write_text(text)
    [(pattern, sentence)] = findings(prose_of(str(tmp_path / name)))
    assert (pattern, sentence.line) == ("headless relative", line)
    assert SENTENCE in sentence.text
