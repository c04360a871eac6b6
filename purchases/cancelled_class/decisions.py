"""Decide which client each pasted person is. Read only.

Only a whole name, an e-mail or a phone number is a match. All others are questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.translation import gettext

from purchases.cancelled_class.lookups import Named, find_beginnings, find_phones, find_whole
from purchases.cancelled_class.parser import PastedPerson
from purchases.cancelled_class.phones import is_same_number
from purchases.models import Client


@dataclass(frozen=True)
class Decision:
    """The clients that a pasted person may be. `is_sure` is set if it is the first one.

    `more` is set if there are further clients.
    """

    person: PastedPerson
    client_ids: list[UUID]
    is_sure: bool = False
    why: str = ""
    more: bool = False

    def contradicts(self, client: Client) -> bool:
        """Return whether the client has another e-mail or phone number than the pasted one."""
        email, phone = self.person.email, self.person.phone
        other_email = email and client.email and email.lower() != client.email.lower()
        other_phone = phone and client.phone and not is_same_number(phone, client.phone)
        return bool(other_email or other_phone)


def decide(org_id: UUID, people: list[PastedPerson]) -> list[Decision]:
    """Return a decision for each person. Two halves of a name become one person."""
    return list(_Lookup(org_id, people).decisions())


@dataclass
class _Lookup:
    """The clients of all pasted names, e-mails and phone numbers."""

    org_id: UUID
    people: list[PastedPerson]
    whole: dict[str, Named] = field(init=False)
    phones: dict[str, list[UUID]] = field(init=False)
    begun: dict[str, Named] = field(init=False)

    def __post_init__(self) -> None:
        texts = [text for each in self.people for text in (each.email, each.name, _joined(each))]
        self.whole = find_whole(self.org_id, filter(None, dict.fromkeys(texts)))
        phones = dict.fromkeys(each.phone for each in self.people if each.phone)
        self.phones = find_phones(self.org_id, phones)
        unknown = [each for each in self.people if not self._is_known(each)]
        begun = [_beginning(each) for each in unknown if not self._is_whole(each.name)]
        begun += [_joined(each) for each in unknown if self._may_be_joined(each)]
        begun += [_first_words(name) for name in begun]
        self.begun = find_beginnings(self.org_id, filter(None, dict.fromkeys(begun)))

    def decisions(self) -> Iterator[Decision]:
        for person in self.people:
            if person.before and self._is_one_name(person.before, person.name):
                yield self._decision_of_joined(person)
            elif not (person.after and self._is_one_name(person.name, person.after)):
                yield self._decision(person)

    def _decision_of_joined(self, person: PastedPerson) -> Decision:
        """Decide on a family name and a given name with a comma between them."""
        text, name = f"{person.before}, {person.text}", _joined(person)
        joined = replace(person, text=text, name=name, before="", after="")
        decision = self._decision(joined)
        halves = self._named(person.before).whole, self._named(person.name).whole
        if all(halves):
            client_ids = _unique([*decision.client_ids, *halves[0], *halves[1]])
            return Decision(joined, client_ids, why=gettext("This may be one name or two:"))
        return decision

    def _decision(self, person: PastedPerson) -> Decision:
        emails, names = self._named(person.email), self._named(person.name)
        by_phone = self.phones.get(person.phone, [])
        # A list that lacks clients excludes no client.
        lists = [(emails.whole, emails.more), (by_phone, False), (names.whole, names.more)]
        found = [ids for ids, _ in lists if ids]
        complete = [ids for ids, more in lists if ids and not more]
        if not found:
            return self._question(person)
        first, *others = complete or found[:1]
        shared = [pk for pk in first if all(pk in ids for ids in others)]
        if not shared:
            why = gettext("These details belong to different clients:")
            return Decision(person, _unique([pk for ids in found for pk in ids]), why=why)
        if found == [names.whole] and self._may_be_half_of_another(person):
            return Decision(person, shared, why=gettext("This may be a part of a longer name:"))
        is_sure = bool(complete) and len(shared) == 1
        return Decision(person, shared, is_sure, self._why_unknown(person), not complete)

    def _question(self, person: PastedPerson) -> Decision:
        """Return the clients whose names or phone numbers only begin alike."""
        begun = self.begun.get(_beginning(person), Named())
        if not begun.clients:
            begun = self.begun.get(_first_words(person.name), Named())
        why = self._why_unknown(person) or gettext("No client has this whole name. Similar names:")
        return Decision(person, begun.client_ids, why=why, more=begun.more)

    def _why_unknown(self, person: PastedPerson) -> str:
        if person.email and not self._is_whole(person.email):
            return gettext("No client has this e-mail. Clients with this name:")
        if person.phone and not self.phones[person.phone]:
            if not person.name:
                return gettext("No client has this whole phone number. Similar numbers:")
            return gettext("No client has this phone number. Clients with this name:")
        return ""

    def _is_known(self, person: PastedPerson) -> bool:
        """Return whether an e-mail, a phone number or two halves of a name were found."""
        if self._is_whole(person.email) or self.phones.get(person.phone):
            return True
        joined = (f"{person.before} {person.name}", f"{person.name} {person.after}")
        return person.may_be_a_half and any(map(self._is_whole, joined))

    def _is_one_name(self, family: str, given: str) -> bool:
        """Return whether two halves are one name of a client, or begin one."""
        joined = f"{family} {given}"
        if self._is_whole(joined):
            return True
        begun = joined in self.begun and self.begun[joined].clients
        return bool(begun) and not (self._is_whole(family) or self._is_whole(given))

    def _may_be_joined(self, person: PastedPerson) -> bool:
        halves = (person.before, person.name)
        return bool(person.before) and not any(map(self._is_whole, halves))

    def _may_be_half_of_another(self, person: PastedPerson) -> bool:
        """Return whether a comma separates the name from one that no client has."""
        neighbours = filter(None, (person.before, person.after))
        return not all(map(self._is_whole, neighbours))

    def _is_whole(self, name: str) -> bool:
        return bool(self._named(name).whole)

    def _named(self, name: str) -> Named:
        return self.whole.get(name, Named())


def _beginning(person: PastedPerson) -> str:
    return person.name or person.phone


def _joined(person: PastedPerson) -> str:
    return f"{person.before} {person.name}" if person.before else ""


def _first_words(name: str) -> str:
    """Return the first two of more words, because a remark may follow a name."""
    words = name.split()
    return " ".join(words[:2]) if len(words) > 2 else ""


def _unique(client_ids: list[UUID]) -> list[UUID]:
    return list(dict.fromkeys(client_ids))
