"""Find the clients for the names and e-mails of a list. Read only."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from purchases.cancelled_class.candidates import Candidate, Pack, candidates_for
from purchases.cancelled_class.decisions import decide
from purchases.cancelled_class.lookups import MAX_FOUND, SEVERAL, find_searched
from purchases.cancelled_class.parser import PastedPerson
from purchases.models import Purchase


@dataclass
class Question:
    """A pasted text with the clients that it may mean. `more` is set if there are further ones."""

    text: str
    people: list[Candidate]
    more: bool
    why: str = ""


@dataclass
class Matched:
    """The clients found for each pasted person, in the order of the text.

    `recent` has the clients who got a session back within the last 24 hours.
    """

    people: list[Candidate] = field(default_factory=list)
    recent: list[Candidate] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    without_packs: list[Candidate] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    too_long: list[str] = field(default_factory=list)
    found: list[Candidate] = field(default_factory=list)
    found_more: bool = False

    @property
    def all_people(self) -> list[Candidate]:
        among = [person for question in self.questions for person in question.people]
        return [*self.recent, *among, *self.people, *self.found]

    @property
    def packs(self) -> list[Pack]:
        return [pack for person in self.all_people for pack in person.packs]

    @property
    def ticked(self) -> list[Pack]:
        return [pack for pack in self.packs if pack.is_ticked]

    @property
    def unticked(self) -> list[Candidate]:
        """Return the clients on the page of whom no pack is ticked."""
        return [
            person
            for person in self.all_people
            if person.packs and not any(pack.is_ticked for pack in person.packs)
        ]

    @property
    def has_expired_packs(self) -> bool:
        return any(pack.purchase.has_expired for pack in self.packs)

    @property
    def ticked_expired(self) -> list[Pack]:
        return [pack for pack in self.ticked if pack.purchase.has_expired]

    def section_of(self, person: Candidate) -> list[Candidate]:
        """Return the section of a client who is surely meant."""
        if not person.packs:
            return self.without_packs
        return self.recent if person.recent_reinstatement else self.people

    @property
    def has_problems(self) -> bool:
        problems = self.questions or self.recent or self.without_packs
        return bool(problems or self.not_found or self.too_long)

    @property
    def is_empty(self) -> bool:
        return not (self.all_people or self.has_problems)

    def tick(self, ticked: list[UUID], *, shown: set[str]) -> None:
        """Tick the packs that were ticked before. For each exact match that is new on
        the page and has no recent reinstatement, tick the likeliest pack."""
        for person in self.people:
            if person.packs and person.pasted:
                person.packs[0].is_ticked = True
        for pack in self.packs:
            if str(pack.purchase.pk) in shown:
                pack.is_ticked = False
            pack.is_ticked |= pack.purchase.pk in ticked


def match(*, org_id: UUID, named: list[PastedPerson], q: str, ticked: list[UUID]) -> Matched:
    """Return the clients of the pasted people, of the search `q`, and of the ticked packs. Each
    client appears once."""
    decisions = decide(org_id, [person for person in named if not person.is_too_long])
    owners = Purchase.objects.of_org(org_id).filter(pk__in=ticked).values_list("client_id")
    searched = find_searched(org_id, q)
    ids = {client_id for each in decisions for client_id in each.client_ids[:SEVERAL]}
    people = candidates_for(org_id, ids | {owner for (owner,) in owners} | set(searched))
    matched = Matched(
        too_long=[person.text for person in named if person.is_too_long],
        found_more=len(searched) > MAX_FOUND,
    )
    placed: set[UUID] = set()

    def place(person: Candidate, section: list[Candidate]) -> None:
        if person.client.pk not in placed:
            placed.add(person.client.pk)
            section.append(person)

    questions = []
    for decision in decisions:
        first = people.get(decision.client_ids[0]) if decision.client_ids else None
        if first and decision.is_sure and not decision.contradicts(first.client):
            first.pasted.append(decision.person.text)
            place(first, matched.section_of(first))
        elif first:
            questions.append(decision)
        else:
            matched.not_found.append(decision.person.text)
    for decision in questions:
        choices: list[Candidate] = []
        for client_id in decision.client_ids[:SEVERAL]:
            if client_id in people:
                place(people[client_id], choices)
        more = decision.more or len(decision.client_ids) > SEVERAL
        # Keep the line even if its clients are listed elsewhere, because one may be meant.
        matched.questions.append(Question(decision.person.text, choices, more, decision.why))
    for (owner,) in owners:
        place(people[owner], matched.people)
    for client_id in searched[:MAX_FOUND]:
        place(people[client_id], matched.found)
    return matched
