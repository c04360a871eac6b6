"""Find the person of a row among the clients of the studio and the earlier rows of the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from purchases.imports.folding import fold

# Two numbers are of one phone if they end in the same digits, with or without a country code.
SAME_END = 8

NO_NAME = _("The row has no name.")
SEVERAL = _("Several people have this name. Add an e-mail or a phone to the row.")
UNKNOWN_ID = _("No client has this number. Import the people first.")
UNKNOWN_EMAIL = _("The row has no name, and no client has this e-mail.")


@dataclass(frozen=True)
class Written:
    """A person as the row says."""

    name: str
    email: str = ""
    phone: str = ""
    external_id: str = ""


@dataclass
class Person:
    """A client of the studio, or one to add. `row` is their first row in the file."""

    id: UUID
    name: str
    email: str = ""
    phone: str = ""
    is_new: bool = False
    row: int | None = None


class CannotTell(ValueError):
    """No person, or more than one, fits the row. The text tells the reason."""


@dataclass
class People:
    """The people known so far. The same e-mail with another name is another person."""

    org_id: UUID
    by_id: dict[UUID, Person] = field(default_factory=dict)
    by_name: dict[str, list[Person]] = field(default_factory=dict)
    by_email: dict[str, list[Person]] = field(default_factory=dict)
    # The first person with a name and an e-mail, with a name and the end of a phone number, and
    # with these but no e-mail. A search in `by_name` would take quadratic time for namesakes.
    by_name_and_email: dict[tuple[str, str], Person] = field(default_factory=dict)
    by_name_and_phone: dict[tuple[str, str], Person] = field(default_factory=dict)
    by_phone_alone: dict[tuple[str, str], Person] = field(default_factory=dict)
    by_external_id: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def of_clients(
        cls, org_id: UUID, clients: Iterable[Person], external_ids: Mapping[str, UUID]
    ) -> People:
        people = cls(org_id)
        for client in clients:
            people.add(client)
        for external_id, client_id in external_ids.items():
            if client_id in people.by_id:
                people.by_external_id[external_id] = people.by_id[client_id]
        return people

    def add(self, person: Person) -> None:
        self.by_id[person.id] = person
        name, email, phone = fold(person.name), person.email.lower(), _end_of(person.phone)
        self.by_name.setdefault(name, []).append(person)
        if email:
            self.by_email.setdefault(email, []).append(person)
            self.by_name_and_email.setdefault((name, email), person)
        if phone:
            self.by_name_and_phone.setdefault((name, phone), person)
        if phone and not email:
            self.by_phone_alone.setdefault((name, phone), person)

    def find_or_add(self, written: Written, row: int) -> Person:
        """Return the person of a row. Raise CannotTell if it names no person."""
        new_id = self._new_id(written)
        person = self._find(written, new_id)
        if person is None:
            person = Person(
                new_id, written.name, written.email, written.phone, is_new=True, row=row
            )
            self.add(person)
        if written.external_id:
            self.by_external_id.setdefault(written.external_id, person)
        return person

    def _find(self, written: Written, new_id: UUID) -> Person | None:
        known = self.by_external_id.get(written.external_id) if written.external_id else None
        if known and (not written.name or fold(known.name) == fold(written.name)):
            return known
        if not written.name:
            return self._without_name(written)
        # The client may have another name or e-mail since an earlier import.
        if imported := self.by_id.get(new_id):
            return imported
        name, phone = fold(written.name), _end_of(written.phone)
        if written.email:
            exact = self.by_name_and_email.get((name, written.email.lower()))
            return exact or self.by_phone_alone.get((name, phone))
        if written.phone:
            return self.by_name_and_phone.get((name, phone))
        same_name = self.by_name.get(name, [])
        if len(same_name) > 1:
            raise CannotTell(SEVERAL)
        return same_name[0] if same_name else None

    def _without_name(self, written: Written) -> Person:
        same_email = self.by_email.get(written.email.lower(), []) if written.email else []
        if len(same_email) == 1:
            return same_email[0]
        if written.external_id and not written.email:
            raise CannotTell(UNKNOWN_ID)
        raise CannotTell(UNKNOWN_EMAIL if written.email else NO_NAME)

    def _new_id(self, written: Written) -> UUID:
        """Return the same id for the same name, e-mail and phone, so that a file that is imported
        twice adds each person once."""
        contact = f"{written.email.lower()} {_digits(written.phone)[-SAME_END:]}"
        return uuid5(self.org_id, f"client {fold(written.name)} {contact}")


def _end_of(phone: str) -> str:
    """Return the digits by which phone numbers are compared, or an empty text for a short one."""
    digits = _digits(phone)
    return digits[-SAME_END:] if len(digits) >= 6 else ""


def _digits(phone: str) -> str:
    return "".join(filter(str.isdigit, phone))
