"""Compare texts without case, accents and punctuation."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
NOT_A_LETTER = re.compile(r"[^\w]+|_+")
# Letters that Unicode does not decompose into a letter and an accent.
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"})


# Longer texts are not cached: files of an owner could fill the memory of the site with them.
LONGEST_CACHED = 100

P = ParamSpec("P")
R = TypeVar("R")
OfText = Callable[Concatenate[str, P], R]


def cache_short_texts(maxsize: int) -> Callable[[OfText[P, R]], OfText[P, R]]:
    """Cache the results of a function of a text, as `lru_cache` does, for short texts."""

    def decorate(function: OfText[P, R]) -> OfText[P, R]:
        cached: OfText[P, R] = lru_cache(maxsize)(function)

        @wraps(function)
        def wrapped(text: str, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return (cached if len(text) <= LONGEST_CACHED else function)(text, *args, **kwargs)

        return wrapped

    return decorate


@cache_short_texts(50_000)
def fold(text: str) -> str:
    """Return the words of a text in lower case, without accents, one space apart."""
    if text.isascii():
        return " ".join(NOT_A_LETTER.sub(" ", text.lower()).split())
    decomposed = unicodedata.normalize("NFKD", INVISIBLE.sub("", text).casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(NOT_A_LETTER.sub(" ", letters.translate(LETTERS)).split())
