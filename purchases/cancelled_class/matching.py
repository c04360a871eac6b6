"""Who is meant by the names and e-mails of a list. It only reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func
from django.utils.translation import gettext

from purchases.cancelled_class.candidates import Candidate, Pack, candidates_for
from purchases.cancelled_class.parser import PastedPerson
from purchases.models import Client, ClientSearchTerm, Purchase
from purchases.queries import search_words

# Who asks for more than these has to say more of the name.
SEVERAL = 5
MAX_FOUND = 20
# Terms of those whom a search finds; a client may have several that begin alike.
LOOKED_AT = 500


class IsAnyOf(Func):
    """Whether a value is in an array that a subquery makes, once, before all the rest."""

    function = ""
    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


@dataclass
class Several:
    """Words that several people are called by, and whether there are more than these."""

    text: str
    people: list[Candidate]
    more: bool
    why: str = ""


@dataclass
class Matched:
    """What became of each person who was asked for, in the order in which they were."""

    people: list[Candidate] = field(default_factory=list)
    several: list[Several] = field(default_factory=list)
    nothing: list[Candidate] = field(default_factory=list)
    nobody: list[str] = field(default_factory=list)
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
        return not (self.all_people or self.several or self.nothing or self.nobody)

    def tick(self, ticked: list[UUID], *, shown: set[str]) -> None:
        """Tick what was ticked before; of what was not seen yet, the likeliest pack of whoever was
        named without a doubt and was not given a session back just now."""
        for person in self.people:
            if person.packs and person.asked and not person.given_back:
                person.packs[0].is_ticked = True
        for pack in self.packs:
            if str(pack.purchase.pk) in shown:
                pack.is_ticked = False
            pack.is_ticked |= pack.purchase.pk in ticked


def match(*, org_id: UUID, named: list[PastedPerson], q: str, ticked: list[UUID]) -> Matched:
    """The people who were named, those whom the words `q` find, and those who own what was ticked
    before. Nobody stands in two places."""
    candidates = _candidates(org_id, named)
    owners = Purchase.objects.of_org(org_id).filter(pk__in=ticked).values_list("client_id")
    searched = _searched(org_id, q)
    ids = {client for each in candidates for client in each.client_ids}
    people = candidates_for(org_id, ids | {owner for (owner,) in owners} | set(searched))
    matched = Matched(found_more=len(searched) > MAX_FOUND)
    placed: set[UUID] = set()

    def place(person: Candidate, where: list[Candidate]) -> None:
        if person.client.pk not in placed:
            placed.add(person.client.pk)
            where.append(person)

    for one, each in zip(named, candidates, strict=True):
        if each.is_sure:
            person = people[each.client_ids[0]]
            person.asked.append(one.text)
            place(person, matched.people if person.packs else matched.nothing)
    for one, each in zip(named, candidates, strict=True):
        if not each.client_ids:
            matched.nobody.append(one.text)
        elif not each.is_sure:
            open_ones: list[Candidate] = []
            for client_id in each.client_ids[:SEVERAL]:
                place(people[client_id], open_ones)
            more = len(each.client_ids) > SEVERAL
            # Those who are listed already may be the ones who are meant: the line stays.
            matched.several.append(Several(one.text, open_ones, more, each.why))
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


def _candidates(org_id: UUID, named: list[PastedPerson]) -> list[_Match]:
    """Of each person who was named: by e-mail, or else by the whole name, or else by its words."""
    by_email = _find(org_id, [one.email for one in named])
    by_name = _find(org_id, [one.name for one in named])
    found = []
    for one, emails, names in zip(named, by_email, by_name, strict=True):
        whole_emails = [client_id for client_id, is_whole in emails if is_whole]
        whole_names = [client_id for client_id, is_whole in names if is_whole]
        any_names = [client_id for client_id, _ in names]
        if whole_emails:
            # Of a family that shares an e-mail, the one who is called so.
            shared = [each for each in whole_emails if each in any_names] or whole_emails
            found.append(_Match(shared, len(shared) == 1))
        elif one.email:
            why = gettext("No client has this e-mail. Clients with this name:")
            found.append(_Match(whole_names or any_names, False, why))
        else:
            those = whole_names or any_names
            found.append(_Match(those, len(those) == 1))
    return found


def _find(org_id: UUID, names: list[str]) -> list[list[tuple[UUID, bool]]]:
    """Of each name, the clients whom it finds and whether it is their whole name or e-mail."""
    found: list[list[tuple[UUID, bool]]] = [[] for _ in names]
    asked = [(n, name, " ".join(search_words(name))) for n, name in enumerate(names)]
    asked = [each for each in asked if each[2]]
    if asked:
        query = """
            SELECT client_id AS id, place, is_whole
            FROM public.find_clients(%s, %s::text[], %s::text[], %s)
        """
        params = [org_id, [each[1] for each in asked], [each[2] for each in asked], SEVERAL + 1]
        for client in Client.objects.raw(query, params):
            said = vars(client)
            found[asked[said["place"] - 1][0]].append((client.pk, said["is_whole"]))
    return found


def _searched(org_id: UUID, q: str) -> list[UUID]:
    """As the desk's search finds them, by name; one more than is shown. Of words that very many are
    called by, those of the first terms: more of the name has to be said anyway."""
    words = search_words(q)
    if not words:
        return []
    terms = ClientSearchTerm.objects.all().of_clients_matching(words, org_id)
    first = terms.order_by("term", "client_id").values("client_id")[:LOOKED_AT]
    # Looked up one by one, where a join might read every client.
    clients = Client.objects.filter(IsAnyOf(F("pk"), ArraySubquery(first)), org_id=org_id)
    found = clients.order_by("full_name", "pk").values_list("pk", flat=True)
    return list(found[: MAX_FOUND + 1])
