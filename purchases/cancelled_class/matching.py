"""Find the clients for the names and e-mails of a list. Read only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext

from purchases.cancelled_class.candidates import Candidate, Pack, candidates_for
from purchases.cancelled_class.parser import PastedPerson
from purchases.database import SQL_DIR, fetch_all, read_statement
from purchases.models import Client, Purchase
from purchases.queries import search_words
from purchases.queries.client_ids import Search, find_client_ids
from purchases.queries.search import IsAnyOf, uuid_array

# Up to this many clients of a name are shown as a choice.
SEVERAL = 5
MAX_FOUND = 20
# Up to this many matching terms of a search are read.
LOOKED_AT = 500
# Up to this many matching terms: compare the client's whole name with the pasted name.
COMPARED = 50

SELECT_NAMED_CLIENTS = read_statement(SQL_DIR / "select_named_clients.sql")


@dataclass
class Several:
    """A name with several matching clients. `more` is set if there are further ones."""

    text: str
    people: list[Candidate]
    more: bool
    why: str = ""


@dataclass
class Matched:
    """The clients found for each pasted person, in the order of the text."""

    people: list[Candidate] = field(default_factory=list)
    several: list[Several] = field(default_factory=list)
    without_packs: list[Candidate] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)
    found: list[Candidate] = field(default_factory=list)
    found_more: bool = False

    @property
    def all_people(self) -> list[Candidate]:
        among = [person for choice in self.several for person in choice.people]
        return [*self.people, *among, *self.found]

    @property
    def packs(self) -> list[Pack]:
        return [pack for person in self.all_people for pack in person.packs]

    @property
    def is_empty(self) -> bool:
        return not (self.all_people or self.several or self.without_packs or self.not_found)

    def tick(self, ticked: list[UUID], *, shown: set[str]) -> None:
        """Tick the packs that were ticked before. For each exact match that is new on
        the page and has no recent reinstatement, tick the likeliest pack."""
        for person in self.people:
            if person.packs and person.pasted and not person.recent_reinstatement:
                person.packs[0].is_ticked = True
        for pack in self.packs:
            if str(pack.purchase.pk) in shown:
                pack.is_ticked = False
            pack.is_ticked |= pack.purchase.pk in ticked


def match(*, org_id: UUID, named: list[PastedPerson], q: str, ticked: list[UUID]) -> Matched:
    """Return the clients of the pasted people, of the search `q`, and of the ticked packs. Each
    client appears once."""
    candidates = _candidates(org_id, named)
    owners = Purchase.objects.of_org(org_id).filter(pk__in=ticked).values_list("client_id")
    searched = _searched(org_id, q)
    ids = {client for result in candidates for client in result.client_ids}
    people = candidates_for(org_id, ids | {owner for (owner,) in owners} | set(searched))
    matched = Matched(found_more=len(searched) > MAX_FOUND)
    placed: set[UUID] = set()

    def place(person: Candidate, section: list[Candidate]) -> None:
        if person.client.pk not in placed:
            placed.add(person.client.pk)
            section.append(person)

    for pasted, result in zip(named, candidates, strict=True):
        if result.is_sure:
            person = people[result.client_ids[0]]
            person.pasted.append(pasted.text)
            place(person, matched.people if person.packs else matched.without_packs)
    for pasted, result in zip(named, candidates, strict=True):
        if not result.client_ids:
            matched.not_found.append(pasted.text)
        elif not result.is_sure:
            choices: list[Candidate] = []
            for client_id in result.client_ids[:SEVERAL]:
                place(people[client_id], choices)
            more = result.more or len(result.client_ids) > SEVERAL
            # Keep the line even if its clients are listed elsewhere, because one may be meant.
            matched.several.append(Several(pasted.text, choices, more, result.why))
    for (owner,) in owners:
        place(people[owner], matched.people)
    for client_id in searched[:MAX_FOUND]:
        place(people[client_id], matched.found)
    return matched


@dataclass(frozen=True)
class _Match:
    client_ids: list[UUID]
    is_sure: bool
    why: str = ""
    more: bool = False


class _NamedClient(NamedTuple):
    """A client found for a name. `is_whole` is set for the whole name or e-mail."""

    place: int
    client_id: UUID
    is_whole: bool


@dataclass
class _Named:
    """The clients found for a name, whole names first. `more` is set if there are further ones."""

    clients: list[_NamedClient] = field(default_factory=list)
    more: bool = False

    @property
    def client_ids(self) -> list[UUID]:
        return [client.client_id for client in self.clients]

    @property
    def whole(self) -> list[UUID]:
        return [client.client_id for client in self.clients if client.is_whole]


def _candidates(org_id: UUID, named: list[PastedPerson]) -> list[_Match]:
    """Return the clients of each person by e-mail, else by the whole name, else by prefixes."""
    # One statement finds whole e-mails and names of whole words.
    exact = _find(
        org_id, [pasted.email for pasted in named] + [pasted.name for pasted in named], whole=True
    )
    by_email, by_name = exact[: len(named)], exact[len(named) :]
    # If a family shares an e-mail, search for the e-mail together with the name.
    family = [
        f"{pasted.email} {pasted.name}" if pasted.name and len(emails.whole) > 1 else ""
        for pasted, emails in zip(named, by_email, strict=True)
    ]
    begun = [
        "" if emails.whole or names.whole else pasted.name
        for pasted, emails, names in zip(named, by_email, by_name, strict=True)
    ]
    beginnings = _find(org_id, family + begun, whole=False)
    by_both, by_beginning = beginnings[: len(named)], beginnings[len(named) :]
    found = []
    for n, pasted in enumerate(named):
        whole_emails = by_email[n].whole
        if whole_emails:
            shared = [pk for pk in whole_emails if pk in by_both[n].client_ids]
            found.append(_Match(shared or whole_emails, len(shared or whole_emails) == 1))
            continue
        names = by_name[n] if by_name[n].whole else by_beginning[n]
        client_ids = names.whole or names.client_ids
        why = gettext("No client has this e-mail. Clients with this name:") if pasted.email else ""
        is_sure = len(client_ids) == 1 and not names.more and not pasted.email
        found.append(_Match(client_ids, is_sure, why, names.more))
    return found


def _find(org_id: UUID, names: list[str], *, whole: bool) -> list[_Named]:
    """Return the clients of each name, at most SEVERAL + 1, by whole words or by prefixes. An empty
    name has no clients."""
    found = [_Named() for _ in names]
    with_words = [(n, name, words) for n, name in enumerate(names) if (words := search_words(name))]
    if not with_words:
        return found
    searches = [Search(org_id, words) for _, _, words in with_words]
    results = find_client_ids(searches, limit=COMPARED, whole_words=whole, partial=True)
    pairs = [
        (n, client_id) for n, result in enumerate(results, 1) for client_id in result.client_ids
    ]
    if not pairs:
        return found
    params = {
        "names": [name for _, name, _ in with_words],
        "places": [n for n, _ in pairs],
        "client_ids": [client_id for _, client_id in pairs],
        "compare": whole,
        "limit": SEVERAL + 1,
    }
    for client in fetch_all(SELECT_NAMED_CLIENTS, params, _NamedClient):
        found[with_words[client.place - 1][0]].clients.append(client)
    for (n, _, _), result in zip(with_words, results, strict=True):
        found[n].more = result.terms > COMPARED and not found[n].whole
    return found


def _searched(org_id: UUID, q: str) -> list[UUID]:
    """Return the clients of the desk's search in order of name, at most MAX_FOUND + 1. If very many
    match, only those of the first terms are returned."""
    words = search_words(q)
    if not words:
        return []
    [found] = find_client_ids([Search(org_id, words)], limit=LOOKED_AT, partial=True)
    clients = Client.objects.filter(IsAnyOf(F("pk"), uuid_array(found)))
    return list(clients.order_by("full_name", "pk").values_list("pk", flat=True)[: MAX_FOUND + 1])
