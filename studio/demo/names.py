"""Random names from many languages, from `names.toml`."""

from __future__ import annotations

import random
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HYPHENATED = 0.06  # the share of double family names in Latin script

UNJOINED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "ı": "i"}
)


@dataclass(frozen=True)
class Name:
    """A name as written, and in Latin letters for e-mail addresses. `family` may be empty."""

    written: str
    given: str
    family: str

    @classmethod
    def parse(cls, text: str) -> Name:
        """Parse "Ana Ruiz" or "田中 さくら=Sakura Tanaka"."""
        written, _, latin = text.partition("=")
        given, *family = (latin or written).split()
        return cls(written, plain(given), plain("".join(family)))


@dataclass(frozen=True)
class Language:
    people: int
    given: str
    family: str
    written: str = "{given} {family}"

    def name(self, rng: random.Random) -> Name:
        given, latin_given = _one_of(self.given, rng)
        family, latin_family = _one_of(self.family, rng)
        if "=" not in self.family and rng.random() < HYPHENATED:
            second, _ = _one_of(self.family, rng)
            family = family if second == family else f"{family}-{second}"
        written = self.written.format(given=given, family=family)
        return Name(written, plain(latin_given), plain(latin_family))


def languages() -> list[Language]:
    text = Path(__file__).with_name("names.toml").read_text(encoding="utf-8")
    return [Language(**table) for table in tomllib.loads(text).values()]


def plain(word: str) -> str:
    """Return the word in ASCII letters and digits, as every e-mail address allows."""
    letters = unicodedata.normalize("NFKD", word.lower().translate(UNJOINED))
    return re.sub(r"[^a-z0-9]", "", letters)


def _one_of(names: str, rng: random.Random) -> tuple[str, str]:
    """Return a random name and its spelling in Latin letters."""
    written, _, latin = rng.choice(_each(names)).partition("=")
    return written, latin or written


@cache
def _each(names: str) -> list[str]:
    return re.split(r",\s+", names.strip())
