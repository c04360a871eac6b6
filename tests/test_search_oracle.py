"""Random searches of one to five words find what a search in plain Python finds."""

from __future__ import annotations

import random
import re
from unicodedata import normalize

import pytest

from purchases.models import Client, Org, Purchase
from purchases.queries import client_page, search, search_words
from purchases.queries.client_ids import Search, client_ids_for_words, find_client_ids
from purchases.queries.client_list import ClientBlock
from tests.factories import make_client, make_offer, make_org, make_purchase

GIVEN = ["Ana", "Ána", "Anabel", "Anna-Maria", "Mary", "Mar", "Rui", "Jo", "José", "A", "Zoë"]
FAMILY = ["Ruiz", "O'Brien", "Rossi", "Ana", "Ma", "Marsh", "Müller-Rui", "7 Seas", "Álvarez"]
DOMAINS = ["example.com", "mail.example.org"]
CLIENTS = 60
SEARCHES = 150
# Values of RARE, FEW, FEW_IN_A_STATE and MANY, so that the searches use each plan.
LIMITS = {
    "as they are": (search.RARE, search.FEW, search.FEW_IN_A_STATE, search.MANY),
    "one by one": (999, 999, 999, 999),
    "by hash tables": (-1, 999, 999, 999),
    "the list compared with all": (3, 2, 2, 999),
    "mixed": (8, 12, 12, 20),
    "each client checked": (-1, -1, -1, 0),
}


def fold(word: str) -> str:
    return re.sub("['’ \u0300-\u036f]", "", normalize("NFKD", word)).lower()


def python_terms(client: Client) -> set[str]:
    """Return the search terms of a client, without their initials."""
    words = re.split(r"[\s-]+", client.full_name) + re.split(r"[\s'-]+", client.full_name)
    if client.email:
        words += [client.email, *re.split(r"[.]+", client.email.partition("@")[0])]
    digits = re.sub(r"\D", "", client.phone or "")
    words += [digits[n:] for n in range(len(digits) - 2)]
    return {fold(word) for word in words} - {""}


def is_found(client: Client, q: str, *, whole_words: bool = False) -> bool:
    terms = python_terms(client)
    words = [fold(word) for word in search_words(q)]
    if whole_words:
        return all(word in terms for word in words)
    return all(any(term.startswith(word) for term in terms) for word in words)


@pytest.fixture
def clients(northside: Org) -> list[Client]:
    rng, offer, elsewhere = random.Random(11), make_offer(org=northside), make_org(name="Elsewhere")
    made = []
    for n in range(CLIENTS):
        given, family = rng.choice(GIVEN), rng.choice(FAMILY)
        email = f"{fold(given)}.{fold(family)[:3]}{n}@{rng.choice(DOMAINS)}"
        details = {
            "email": rng.choice([None, "", email, email]),
            "phone": rng.choice([None, f"04{rng.randrange(10**8):08}", "+61 9 123"]),
        }
        name = f"{given} {family}"
        make_client(org=elsewhere, name=name, **details)
        made.append(make_client(org=northside, name=name, **details))
        for _ in range(rng.randrange(3)):
            make_purchase(org=northside, client=made[-1], offer=offer)
    return made


def random_searches(clients: list[Client], rng: random.Random) -> list[str]:
    """Beginnings of the words of one client, at times with a word of another one."""
    searches = []
    for _ in range(SEARCHES):
        terms = sorted(python_terms(rng.choice(clients)))
        words = [rng.choice(terms) for _ in range(rng.randint(1, 5))]
        if rng.random() < 0.2:
            words.append(rng.choice([*GIVEN, *FAMILY, "7", "a", "%", "_", "zz"]))
        searches.append(" ".join(word[: rng.choice([1, 1, 2, 3, 9])] for word in words[:5]))
    return searches


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_the_desk_finds_what_python_finds(
    northside: Org,
    clients: list[Client],
    monkeypatch: pytest.MonkeyPatch,
    limits: tuple[int, int, int, int],
) -> None:
    """Each matching client is found once, with all of their purchases, on pages of 7 rows."""
    monkeypatch.setattr("purchases.queries.client_list.PAGE_SIZE", 7)
    # Some pages are full with so few clients, and the others need a second look.
    monkeypatch.setattr("purchases.queries.client_list.READ_FIRST", 3)
    names = ["RARE", "FEW", "FEW_IN_A_STATE", "MANY"]
    for name, limit in zip(names, limits, strict=True):
        monkeypatch.setattr(search, name, limit)
    purchases = list(Purchase.objects.of_org(northside.pk).newest_first().select_related("client"))
    # The client with the newest purchase comes first, and clients without purchases come last.
    order = list(dict.fromkeys(purchase.client for purchase in purchases))
    newest_first = northside.clients.order_by("-created_at", "-pk")
    order += [client for client in newest_first if client not in order]
    assert len(order) == CLIENTS
    some = 0
    for q in random_searches(clients, random.Random(5)):
        expected = [each for each in order if search_words(q) and is_found(each, q)]
        found = all_blocks(northside, q)
        assert [block.client for block in found] == expected, q
        for block in found:
            listed = [*block.current, *block.earlier]
            bought = [purchase for purchase in purchases if purchase.client == block.client]
            assert len(listed) == len(bought), q
            assert set(listed) == set(bought), q
        some += bool(expected)
    assert some > SEARCHES / 2


def all_blocks(northside: Org, q: str) -> list[ClientBlock]:
    """Return the clients of every page of a search."""
    blocks: list[ClientBlock] = []
    after = None
    while True:
        page = client_page(org_id=northside.pk, q=q, state=Purchase.State.ALL, after=after)
        blocks += page.blocks
        after = page.next
        if after is None:
            return blocks


@pytest.mark.parametrize("rare", [-1, 3, 1_000])
@pytest.mark.parametrize("whole_words", [False, True])
def test_many_searches_at_once_find_what_python_finds(
    northside: Org, clients: list[Client], rare: int, whole_words: bool
) -> None:
    texts = [q for q in random_searches(clients, random.Random(6)) if search_words(q)]
    if whole_words:
        texts += [client.full_name for client in clients]
    searches = [Search(northside.pk, search_words(q)) for q in texts]
    results = find_client_ids(searches, limit=999, rare=rare, few=999, whole_words=whole_words)
    for q, result in zip(texts, results, strict=True):
        expected = {each.pk for each in clients if is_found(each, q, whole_words=whole_words)}
        assert set(result.client_ids) == expected, q


def test_of_more_than_the_limit_there_are_no_ids_or_the_first(
    northside: Org, clients: list[Client]
) -> None:
    count = sum(is_found(each, "a") for each in clients)
    assert count > 5
    assert client_ids_for_words(northside.pk, ["a"], 5).array is None
    [partial] = find_client_ids([Search(northside.pk, ["a"])], limit=5, partial=True)
    assert partial.terms == 6
    assert 0 < len(partial.client_ids) <= 6
    assert set(partial.client_ids) <= {each.pk for each in clients if is_found(each, "a")}
