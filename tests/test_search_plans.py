"""The search has several plans, chosen by the number of matches. All give the same result."""

import random
from collections.abc import Iterator
from datetime import timedelta
from unicodedata import normalize

import pytest
from django.utils import timezone

from purchases.models import Client, Org, Purchase
from purchases.queries import ClientBlock, client_page, search
from tests.factories import make_client, make_offer, make_org, make_purchase

State = Purchase.State
ACCENT = "\u0301"  # a combining accent without a letter
NAMES = [
    "Ana Ruiz",
    "Ana Maria Ruiz",
    "Anabel Rossi",
    "Anna-Maria Lopez",
    "Maria Andersson",
    "Mario Rui",
    "Rui Ana Maria Lopes",
    "Zoe Zimmer",
    "Ana 7 Ruiz",
    "Studio 54",
    "Fiona Ana",
    "SSuse Ruiz",
]
# plan: (RARE, FEW, MANY). -1 excludes a plan for every number of terms, 999 selects it.
PLANS = {
    "check each client of a rare word": (999, 999, 999),
    "look up the purchases of each client": (-1, 999, 999),
    "scan the list, hash the clients": (-1, 0, 999),
    "scan the list, check each client": (-1, -1, 0),
}
SEARCHES = [
    "a",
    "ana",
    "ana ana",
    "ana r",
    "r an m",
    "an ma ru",
    "an ma ru lo",
    "l o p e s",
    "maria lopez",
    "ana zoe",
    "ana 7",
    "5 s",
    "7 5",
    "an 7 r m",
    "ﬁ ana",
    "ruiz ß",
    "% ana",
    "\\ ana",
    f"ana {ACCENT}",
    "nobody",
]


@pytest.fixture
def studio(northside: Org) -> Org:
    """Create purchases of every client in every state, some with equal times."""
    random_source, now = random.Random(7), timezone.now().replace(microsecond=0)
    offer, elsewhere = make_offer(org=northside), make_org(name="Elsewhere")
    for name in NAMES:
        client = make_client(org=northside, name=name)
        for _ in range(12):
            expires_in = random_source.choice([None, -40, -1, 3, 3, 90])
            make_purchase(
                org=northside,
                client=client,
                offer=offer,
                used=random_source.choice([0, 3, 10]),
                payment_status=random_source.choice(["succeeded", "succeeded", "pending"]),
                purchased_at=now - timedelta(days=random_source.randrange(20)),
                expires_at=None if expires_in is None else now + timedelta(days=expires_in),
            )
        make_purchase(org=elsewhere, client=make_client(org=elsewhere, name=name))
    for name in NAMES:
        make_client(org=northside, name=f"{name} Newcomer")
    return northside


def has_every_word(client: Client, words: list[str]) -> bool:
    name = client.full_name.lower().replace("ß", "ss")
    parts = {*name.split(), *name.replace("-", " ").split()}
    typed = [normalize("NFKD", word).replace("ß", "ss").replace(ACCENT, "") for word in words]
    return all(any(part.startswith(word) for part in parts) for word in typed)


def all_pages(studio: Org, state: State, q: str) -> Iterator[ClientBlock]:
    page = client_page(org_id=studio.pk, q=q, state=state, after=None)
    yield from page.blocks
    while page.next:
        page = client_page(org_id=studio.pk, q=q, state=state, after=page.next)
        yield from page.blocks


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_every_plan_lists_the_same_clients_in_the_same_order(
    studio: Org, monkeypatch: pytest.MonkeyPatch, plan: tuple[int, int, int], state: State
) -> None:
    rare, few, many = plan
    for name, terms in {"RARE": rare, "FEW": few, "FEW_IN_A_STATE": few, "MANY": many}.items():
        monkeypatch.setattr(search, name, terms)
    purchases = Purchase.objects.of_org(studio.pk).in_state(state, timezone.now())
    bought: dict[Client, set[Purchase]] = {}
    for purchase in purchases.in_order_of(state).select_related("client"):
        bought.setdefault(purchase.client, set()).add(purchase)
    assert bought
    if state is State.ALL:
        newest_first = studio.clients.order_by("-created_at", "-pk")
        bought |= {client: set() for client in newest_first if client not in bought}
        assert set() in bought.values()

    for q in SEARCHES:
        expected = {
            client: listed for client, listed in bought.items() if has_every_word(client, q.split())
        }
        found = list(all_pages(studio, state, q))
        assert [block.client for block in found] == list(expected), q
        for block in found:
            listed = [*block.current, *block.earlier]
            assert len(listed) == len(expected[block.client]), q
            assert set(listed) == expected[block.client], q
