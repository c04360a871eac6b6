"""Parse a pasted text into names, e-mails and phone numbers.

The quantifiers of the expressions are possessive. A match never backtracks, so the time is linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

# A comma in quotation marks is part of a name: "Ruiz, Ana" <ana@example.com>.
PART = re.compile(r'(?:"[^"]*+"|[^,;"])++')
WORD = re.compile(r"[^\s<>()\[\],;:\"]++")
BULLET = re.compile(r"\s*+(?:\d{1,3}+[.)](?:\s|(?=[^\W\d]))|[-*•–☐☑✓]\s|\[[ xX]?+\])")
# A phone number begins a word. The number of its digits is checked by `_is_phone`.
PHONE = re.compile(r"(?<![\w+(])[+(]?+\d[\d\s().–-]*+")
# Spaces, brackets, quotation marks, and invisible marks of byte order and text direction.
INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
AROUND = f" \t\u00a0\"'<>()[]:|{INVISIBLE}"
DASHES = " -–—"

# 500 people in up to four columns: a family name, a given name, an e-mail and a phone number.
MAX_PARTS = 2_000
MAX_NAME = 120
MAX_WORDS = 12
MAX_EMAIL = 254
# A name that is too long is shown up to this many letters.
SHOWN = 60


@dataclass(frozen=True)
class PastedPerson:
    """A person as written in the pasted text.

    `before` and `after` are the names beside a comma, which may be the other half of this name, as
    in “Ruiz, Ana”.
    """

    text: str
    name: str = ""
    email: str = ""
    phone: str = ""
    before: str = ""
    after: str = ""
    is_too_long: bool = False

    @property
    def may_be_a_half(self) -> bool:
        return bool(self.before or self.after)

    @property
    def begins_a_name(self) -> bool:
        return bool(self.after and not self.before)


class TooManyParts(ValueError):
    """The text has more parts, or more e-mails, than `MAX_PARTS`."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def parse_people(text: str) -> list[PastedPerson]:
    """Return the people in a text, without duplicates. Raise TooManyParts if it is too long.

    Lines, commas and semicolons separate them. Each is a name, an e-mail, a phone number, or a name
    with the others.
    """
    lines = [_split(line) for line in text.splitlines() if line.strip()]
    count = max(sum(map(len, lines)), text.count("@"))
    if count > MAX_PARTS:
        raise TooManyParts(count)
    people: dict[tuple[str, ...], PastedPerson] = {}
    for parts in lines:
        for person in _with_neighbours(_parse_line(parts)):
            key = (person.text, person.before, person.after)
            people.setdefault(tuple(map(str.casefold, key)), person)
    return list(people.values())


def count_people(people: list[PastedPerson]) -> int:
    """Return the least number of people. “Ruiz, Ana” may be one."""
    return sum(not person.begins_a_name for person in people)


def _split(line: str) -> list[tuple[bool, str]]:
    """Return the parts of a line that are not blank, and whether a comma precedes each."""
    return [
        (line[part.start() - 1 : part.start()] == ",", part[0])
        for part in PART.finditer(line)
        if not part[0].isspace()
    ]


def _parse_line(parts: list[tuple[bool, str]]) -> Iterator[tuple[bool, PastedPerson]]:
    """Yield each person of a line, and whether a comma precedes."""
    for after_comma, part in parts:
        bullet = BULLET.match(part)
        for person in _parse_part(part[bullet.end() if bullet else 0 :]):
            yield after_comma, person
            after_comma = False


def _with_neighbours(
    persons: Iterator[tuple[bool, PastedPerson]],
) -> Iterator[PastedPerson]:
    """Yield each person with the names beside a comma that may be the other half of the name."""
    last: PastedPerson | None = None
    for after_comma, person in persons:
        current = person
        if last:
            if after_comma and _may_be_one_name(last, person):
                current = replace(person, before=last.name)
                last = replace(last, after=person.name)
            yield last
        last = current
    if last:
        yield last


def _may_be_one_name(family: PastedPerson, given: PastedPerson) -> bool:
    """Return whether two parts may be a family name and a given name. “Ana Ruiz, Zoë Ng” are two
    people."""
    if family.email or family.phone or not (family.name and given.name):
        return False
    return " " not in family.name or " " not in given.name


def _parse_part(part: str) -> Iterator[PastedPerson]:
    part = part.replace("mailto:", "")
    emails = [word for word in WORD.finditer(part) if "@" in word[0][1:-1]]
    begin = 0
    for email in emails:
        name = part[begin : email.start()]
        begin = email.end()
        if len(emails) == 1:
            # In a spreadsheet, the name may follow its e-mail.
            name, begin = f"{name.strip(AROUND)} {part[begin:].strip(AROUND)}", len(part)
        yield _person(name, email[0].strip("'’").rstrip("."))
    if part[begin:].strip(AROUND):
        yield _person(part[begin:])


def _person(words: str, email: str = "") -> PastedPerson:
    phones = [phone for phone in PHONE.finditer(words) if _is_phone(phone[0])]
    phone = " ".join(phones[0][0].strip(DASHES + ".").split()) if phones else ""
    if phones:
        begins = [0, *(found.end() for found in phones)]
        ends = [*(found.start() for found in phones), len(words)]
        pieces = [words[begin:end] for begin, end in zip(begins, ends, strict=True)]
        words = " ".join(piece.strip(AROUND + DASHES) for piece in pieces)
    name = " ".join(words.split()).strip(AROUND)
    address = f"<{email}>" if name and email else email
    text = " ".join(filter(None, [name, address, phone]))
    if len(name) > MAX_NAME or name.count(" ") >= MAX_WORDS or len(email) > MAX_EMAIL:
        return PastedPerson(f"{text[:SHOWN]}…", is_too_long=True)
    return PastedPerson(text, name, email, phone)


def _is_phone(text: str) -> bool:
    return 7 <= sum(map(str.isdigit, text)) <= 15
