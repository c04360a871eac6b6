"""Parse a pasted text into names and e-mails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
# A comma in quotation marks is part of a name: "Ruiz, Ana" <ana@example.com>.
PART = re.compile(r'(?:"[^"]*"|[^,;"])+')
BULLET = re.compile(r"^\s*(?:\d+[.)]\s|[-*•–]\s)")
AROUND = " \t\u00a0\"'<>()[]:|"


@dataclass(frozen=True)
class PastedPerson:
    """A person as written in the pasted text."""

    text: str
    name: str = ""
    email: str = ""


def parse_people(text: str) -> list[PastedPerson]:
    """Return the people in a text, without duplicates.

    Lines, commas and semicolons separate them. Each is a name, an e-mail or `Name <e-mail>`.
    """
    people: dict[str, PastedPerson] = {}
    for line in text.splitlines():
        for part in PART.findall(line):
            for named in _parse_part(BULLET.sub("", part)):
                people.setdefault(named.text.casefold(), named)
    return list(people.values())


def _parse_part(part: str) -> Iterator[PastedPerson]:
    emails = list(EMAIL.finditer(part))
    begin = 0
    for email in emails:
        name = part[begin : email.start()].strip(AROUND)
        begin = email.end()
        if len(emails) == 1:
            # In a spreadsheet, the name may follow its e-mail.
            name, begin = " ".join([name, part[begin:].strip(AROUND)]).strip(), len(part)
        address = email[0].rstrip(".")
        yield PastedPerson(
            text=f"{name} <{address}>" if name else address, name=name, email=address
        )
    if rest := part[begin:].strip(AROUND):
        yield PastedPerson(text=rest, name=rest)
