"""What a person pastes, as the people whom it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

EMAIL = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
# A comma between quotation marks belongs to a name: "Ruiz, Ana" <ana@example.com>.
PART = re.compile(r'(?:"[^"]*"|[^,;"])+')
BULLET = re.compile(r"^\s*(?:\d+[.)]\s|[-*•–]\s)")
AROUND = " \t\u00a0\"'<>()[]:|"


@dataclass(frozen=True)
class PastedPerson:
    """One person, as somebody wrote them."""

    text: str
    name: str = ""
    email: str = ""


def parse_people(text: str) -> list[PastedPerson]:
    """Everybody whom the text names: one a line, or between commas or semicolons, each as a name,
    an e-mail or `Name <e-mail>`. The same words twice are one person."""
    found: dict[str, PastedPerson] = {}
    for line in text.splitlines():
        for part in PART.findall(line):
            for named in _parse_part(BULLET.sub("", part)):
                found.setdefault(named.text.casefold(), named)
    return list(found.values())


def _parse_part(part: str) -> Iterator[PastedPerson]:
    emails = list(EMAIL.finditer(part))
    begin = 0
    for email in emails:
        name = part[begin : email.start()].strip(AROUND)
        begin = email.end()
        if len(emails) == 1:
            # As a spreadsheet may have it: the name behind its e-mail.
            name, begin = " ".join([name, part[begin:].strip(AROUND)]).strip(), len(part)
        address = email[0].rstrip(".")
        yield PastedPerson(
            text=f"{name} <{address}>" if name else address, name=name, email=address
        )
    if rest := part[begin:].strip(AROUND):
        yield PastedPerson(text=rest, name=rest)
