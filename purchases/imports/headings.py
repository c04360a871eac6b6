"""The headings that other programs write, and what they mean."""

import re
import tomllib
from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from purchases.imports.folding import cache_short_texts, fold


class Field(StrEnum):
    """A meaning of a column. A column without one is not read."""

    FULL_NAME = "full_name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    NOTES = "notes"
    EXTERNAL_ID = "external_id"
    PACK = "pack"
    REMAINING = "remaining"
    USED = "used"
    TOTAL = "total"
    EXPIRES = "expires"
    PURCHASED = "purchased"
    PAID = "paid"


LABELS = {
    Field.FULL_NAME: _("Whole name"),
    Field.FIRST_NAME: _("First name"),
    Field.LAST_NAME: _("Last name"),
    Field.EMAIL: _("E-mail"),
    Field.PHONE: _("Phone"),
    Field.NOTES: _("Note about the client"),
    Field.EXTERNAL_ID: _("Client number in the other program"),
    Field.PACK: _("Name of the pack"),
    Field.REMAINING: _("Sessions left"),
    Field.USED: _("Sessions used"),
    Field.TOTAL: _("Sessions bought"),
    Field.EXPIRES: _("Valid until"),
    Field.PURCHASED: _("Day of the purchase"),
    Field.PAID: _("Amount paid"),
}

# The fields of a person's contact.
CONTACT = {Field.FULL_NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PHONE}
DATES = {Field.EXPIRES, Field.PURCHASED}
# Several columns may have these.
REPEATABLE = {Field.PHONE, Field.NOTES}

WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEADINGS: dict[Field, list[str]] = {field: WORDS[field.value] for field in Field}
RANKS = {
    heading: (field, rank)
    for field, headings in HEADINGS.items()
    for rank, heading in enumerate(headings)
}

CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Any unit may be remaining or left: “Passes remaining”.
IS_LEFT = re.compile(r"^remaining \w+$|^(?:# |of )?\w+ (?:remaining|left)$")

LONGEST_HEADING = 200
ANOTHER_PERSON = frozenset(WORDS["another_person"])
ALSO_KNOWN = frozenset(WORDS["also_known"])


@cache_short_texts(10_000)
def field_of(heading: str) -> tuple[Field, int] | None:
    """Return the field of a heading with the rank of the heading, best first, or None."""
    folded = fold(heading)
    # Some programs write “ActiveDate”.
    found = RANKS.get(folded) or RANKS.get(fold(CAMEL_CASE.sub(" ", heading)))
    if found is None:
        return (Field.REMAINING, len(RANKS)) if IS_LEFT.search(folded) else None
    field, _rank = found
    return None if field in CONTACT and is_of_another_person(heading) else found


def is_of_another_person(heading: str) -> bool:
    words = set(fold(heading).split())
    return bool(words & ANOTHER_PERSON)


def is_known(heading: str) -> bool:
    if len(heading) > LONGEST_HEADING:
        return False
    return field_of(heading) is not None or fold(heading) in ALSO_KNOWN
