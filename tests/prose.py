"""Find sentences that are not plain English: `python -m tests.prose [PATH ...]` lists them.

It reads comments and docstrings of Python, comments of SQL, templates, JavaScript and CSS, and the
texts to translate.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
READ = {".py", ".sql", ".html", ".js", ".css", ".po"}
START = r"(?:^|(?<=[.!?:;] )|(?<=[.!?]\) ))"
PRONOUN = "(?:nobody|none|nothing|everybody|nobody's|none's)"
PATTERNS = {
    # A sentence that opens with a relative clause without a noun.
    "headless relative": re.compile(
        START + r"(?:Who|Whom|Whose|Whoever|What|Whatever|Where|Wherever|Which)"
        r"(?:'s|’s)? (?!you)[^.?!]*(?:[.!;:]|$)"
    ),
    # "where" for "if" or "when".
    "where for if": re.compile(
        r"(?<!place )(?<!page )(?<!line )(?<!folder )\b[Ww]here "
        r"(?:it|they|there|he|she|we|the|a|an|no|not|none|nobody|nothing|somebody|something|another|"
        r"other|this|that|these|each|one|two|both|some|any|all|its|their|only|several|such|more|few|"
        r"many|possible)\b"
    ),
    # A negative pronoun as a predicate, or "no" with a noun or with "more".
    "negative predicate": re.compile(
        rf"\b(?:is|are|was|were|be|has|have|had|as|for|by|of|to) {PRONOUN}\b"
        r"|(?<![Tt]here )(?<!there )\b(?:is|are|was|were) no(?: more)? [a-z]"
        r"|\b(?:has|have|had) no more\b"
    ),
    # A genitive or adjunct moved to the front.
    "fronted adjunct": re.compile(START + r"(?:Of|Beside|Behind|Among|Upon) [a-z]"),
}


@dataclass(frozen=True)
class Sentence:
    """A piece of prose, with the file and line at which it starts."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def tracked_files(*paths: str) -> list[str]:
    listed = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *paths],
        cwd=ROOT,
        text=True,
    ).split("\n")
    return [path for path in listed if path and (ROOT / path).exists()]


def prose_of(path: str) -> Iterator[Sentence]:
    suffix = Path(path).suffix
    text = (ROOT / path).read_text(encoding="utf-8") if suffix in READ else ""
    match suffix:
        case ".py":
            yield from _python(path, text)
        case ".sql":
            yield from _blocks(path, text, r"^\s*-- ?(.*)$")
        case ".html":
            yield from _inline(path, text, r"\{#(.*?)#\}")
        case ".js":
            yield from _blocks(path, text, r"^\s*(?://|/?\*+/?) ?(.*)$")
        case ".css":
            yield from _inline(path, text, r"/\*(.*?)\*/")
        case ".po":
            yield from _messages(path, text)
        case _:
            pass


def findings(sentences: Iterable[Sentence]) -> Iterator[tuple[str, Sentence]]:
    """Yield the name of each pattern that occurs, and an excerpt of the sentence."""
    for sentence in sentences:
        for name, pattern in PATTERNS.items():
            for found in pattern.finditer(sentence.text):
                start = max(0, found.start() - 30)
                excerpt = sentence.text[start : found.end() + 40]
                yield name, Sentence(sentence.path, sentence.line, excerpt)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _python(path: str, text: str) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and (docstring := ast.get_docstring(node)):
            line = node.body[0].lineno
            for paragraph in re.split(r"\n\s*\n", docstring):
                yield Sentence(path, line, _folded(paragraph))
    block: list[str] = []
    first = last = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or re.match(r"# (noqa|type:)", token.string):
            continue
        words = re.sub(r"#\s?(noqa|type:).*", "", token.string.lstrip("# "))
        if block and token.start[0] == last + 1 and not token.line[: token.start[1]].strip():
            block.append(words)
        else:
            if block:
                yield Sentence(path, first, _folded(" ".join(block)))
            block, first = [words], token.start[0]
        last = token.start[0]
    if block:
        yield Sentence(path, first, _folded(" ".join(block)))


def _blocks(path: str, text: str, comment: str) -> Iterator[Sentence]:
    block: list[str] = []
    first = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if found := re.match(comment, line):
            first = first if block else number
            block.append(found[1])
        elif block:
            yield Sentence(path, first, _folded(" ".join(block)))
            block = []


def _inline(path: str, text: str, comment: str) -> Iterator[Sentence]:
    for found in re.finditer(comment, text, re.DOTALL):
        yield Sentence(path, text.count("\n", 0, found.start()) + 1, _folded(found[1]))


def _messages(path: str, text: str) -> Iterator[Sentence]:
    for found in re.finditer(r'^msgid(?:_plural)? ((?:".*"\n)+)', text, re.MULTILINE):
        words = "".join(re.findall(r'"(.*)"', found[1])).replace(r"\n", " ")
        yield Sentence(path, text.count("\n", 0, found.start()) + 1, _folded(words))


def main() -> None:
    for path in tracked_files(*sys.argv[1:]):
        for name, sentence in findings(prose_of(path)):
            print(f"{name}: {sentence}")


if __name__ == "__main__":
    main()
