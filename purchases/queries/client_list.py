"""Keyset pagination of the clients that a search finds, each with their purchases."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.functions import RowNumber

from purchases import clock
from purchases.database import UuidArray
from purchases.models import Client, Purchase, PurchaseQuerySet
from purchases.models.purchase_queryset import FromUtcText, InUtcAsText
from purchases.queries.desk_list import PAGE_SIZE, Place
from purchases.queries.near_misses import near_misses
from purchases.queries.purchases_of_clients import listed_clients, purchases_of_clients
from purchases.queries.search import IsAnyOf, Matches, search_words, uuid_array

# The block of a client has at most this many purchases. The client's page has all.
MAX_OF_A_CLIENT = 12
# How many clients are read first if each purchase of a list is checked. They fill a page if each
# has three purchases, and to read three times as many takes three times as long.
READ_FIRST = PAGE_SIZE // 3 + 1
# At most this many clients are shown for a mistyped search.
MAX_SIMILAR = 10


@dataclass(frozen=True)
class ClientBlock:
    """A client with their purchases. Current ones are shown, earlier ones are folded."""

    client: Client
    current: list[Purchase]
    earlier: list[Purchase]
    # The number of further purchases, which only the client's page lists.
    more: int
    # How many clients of the page have this name.
    namesakes: int


@dataclass(frozen=True)
class ClientPage:
    blocks: list[ClientBlock]
    next: Place | None
    # Whether these clients have similar names, because no client matches every word.
    are_similar: bool = False

    @property
    def purchases(self) -> list[Purchase]:
        return [each for block in self.blocks for each in [*block.current, *block.earlier]]


class _Listed(NamedTuple):
    """A client of the list: the place in it, and the number of purchases in the state."""

    place: Place
    client_id: UUID
    purchases: int
    # Loaded only for clients without purchases.
    client: Client | None = None

    @property
    def rows(self) -> int:
        return min(max(self.purchases, 1), MAX_OF_A_CLIENT)


def client_page(*, org_id: UUID, q: str, state: Purchase.State, after: Place | None) -> ClientPage:
    """Return a page of clients that match every word of `q`, with their purchases in the state.

    The order is that of each client's first purchase in the list of the state, so that the newest
    purchase decides in most states. Clients without purchases follow if the state is "all", the
    newest client first. A page has at most PAGE_SIZE rows, unless a single client has more.
    If no client matches, clients with similar names are returned.
    """
    words = search_words(q)
    if not words:
        return ClientPage([], None)
    page = _page(Matches(words, org_id=org_id, state=state), org_id, state, after)
    if page.blocks or after or state is not Purchase.State.ALL:
        return page
    similar = near_misses(org_id, words)[:MAX_SIMILAR]
    blocks = _page(_Similar(similar), org_id, state, after=None).blocks if similar else []
    return ClientPage(blocks, None, are_similar=bool(blocks))


class _Similar:
    """Clients of whom no word of the search begins a term."""

    are_few = True

    def __init__(self, client_ids: list[UUID]) -> None:
        self.ids: UuidArray | list[UUID] = client_ids

    def conditions(self, client_id: str) -> list[Q]:
        return [Q(**{f"{client_id}__in": self.ids})]


def _page(
    matches: Matches | _Similar, org_id: UUID, state: Purchase.State, after: Place | None
) -> ClientPage:
    now = clock.now()
    purchases = Purchase.objects.of_org(org_id).in_state(state, now)
    listed: list[_Listed] = []
    if matches.are_few and state is Purchase.State.ALL and after is None:
        rows = listed_clients(org_id, matches.ids, limit=PAGE_SIZE + 1)
        listed = [_Listed(Place(row.sort_key, row.purchase_id), *row[2:]) for row in rows]
    elif not (after and after.is_client):
        listed = _with_purchases(purchases, matches, state, now, after)
    if state is Purchase.State.ALL and not _fill_page(listed):
        listed += _without_purchases(org_id, matches, listed, after)
    page = _first_page(listed)
    client_ids = [each.client_id for each in page if each.purchases]
    if state is Purchase.State.ALL:
        bought = purchases_of_clients(org_id, client_ids, most=MAX_OF_A_CLIENT, now=now)
    else:
        bought = _first_of_each(purchases, page, client_ids, now)
    blocks = _blocks(bought, page, fold=state is Purchase.State.ALL)
    return ClientPage(blocks, page[-1].place if len(page) < len(listed) else None)


def _with_purchases(
    purchases: PurchaseQuerySet,
    matches: Matches | _Similar,
    state: Purchase.State,
    now: datetime,
    after: Place | None,
) -> list[_Listed]:
    """Return clients after a place, by the first purchase of each: at most PAGE_SIZE + 1, and fewer
    if their rows are more than a page."""
    of_client = Purchase.objects.filter(
        client_id=OuterRef("client_id"), org_id=OuterRef("org_id")
    ).in_state(state, now)
    first = of_client.in_order_of(state).values("pk")[:1]
    if matches.are_few and state is not Purchase.State.EXPIRING:
        # Look up the first purchase of each client, instead of checking each purchase.
        clients = Client.objects.filter(*matches.conditions("pk")).annotate(client_id=F("pk"))
        first_ids = ArraySubquery(clients.values(first=Subquery(first)))
        firsts = purchases.filter(IsAnyOf(F("pk"), first_ids)).in_order_of(state)
    else:
        firsts = purchases.filter(*matches.conditions("client_id"), pk=Subquery(first))
        firsts = firsts.in_order_of(state)
    if after:
        firsts = firsts.after(state, after.sort_key, after.row_id)
    count = of_client.order_by().values("client_id").annotate(n=Count("*")).values("n")
    listed: list[_Listed] = []
    for limit in (PAGE_SIZE + 1,) if matches.are_few else (READ_FIRST, PAGE_SIZE + 1):
        # Compute the ids of the page before the join, because the planner might otherwise search
        # the whole list for them.
        page = ArraySubquery(firsts.values("pk")[:limit])
        on_page = Purchase.objects.filter(IsAnyOf(F("pk"), page)).in_order_of(state)
        rows = on_page.with_sort_key(state).annotate(n=Subquery(count))
        listed = [
            _Listed(Place(sort_key, purchase_id), client_id, n)
            for purchase_id, client_id, sort_key, n in rows.values_list(
                "pk", "client_id", "sort_key", "n"
            )
        ]
        if len(listed) < limit or _fill_page(listed):
            break
    return listed


def _fill_page(listed: list[_Listed]) -> bool:
    """Return whether these clients have more rows than a page."""
    return sum(each.rows for each in listed) > PAGE_SIZE


def _without_purchases(
    org_id: UUID, matches: Matches | _Similar, listed: list[_Listed], after: Place | None
) -> list[_Listed]:
    """Return the clients without purchases that fill the page, the newest first."""
    if after is None and isinstance(matches, Matches) and matches.are_few:
        bought = {each.client_id for each in listed}
        if bought.issuperset(matches.found.client_ids):
            return []
    bought_something = Purchase.objects.filter(client_id=OuterRef("pk"), org_id=org_id)
    clients: QuerySet[Client] = Client.objects.filter(
        ~Exists(bought_something), *matches.conditions("pk"), org_id=org_id
    )
    if after and after.is_client:
        place = (FromUtcText(Value(after.sort_key)), after.row_id)
        clients = clients.filter(TupleLessThan(Tuple(F("created_at"), F("id")), place))
    clients = clients.annotate(sort_key=InUtcAsText(F("created_at")))
    newest_first = clients.order_by("-created_at", "-pk")[: PAGE_SIZE + 1 - len(listed)]
    return [
        _Listed(Place(vars(each)["sort_key"], each.pk, is_client=True), each.pk, 0, each)
        for each in newest_first
    ]


def _first_page(listed: list[_Listed]) -> list[_Listed]:
    """Return the first clients whose rows fit a page, at least one if there is one."""
    rows = 0
    for n, each in enumerate(listed):
        rows += each.rows
        if n and rows > PAGE_SIZE:
            return listed[:n]
    return listed


def _blocks(purchases: list[Purchase], page: list[_Listed], *, fold: bool) -> list[ClientBlock]:
    """Return the blocks of a page. Without `fold` all purchases are shown."""
    of_client: defaultdict[UUID, list[Purchase]] = defaultdict(list)
    for purchase in purchases:
        of_client[purchase.client_id].append(purchase)
    clients = [
        purchases_of[0].client if (purchases_of := of_client.get(each.client_id)) else each.client
        for each in page
    ]
    names = Counter(_folded_name(client) for client in clients if client)
    blocks = []
    for each, client in zip(page, clients, strict=True):
        if client is None:  # deleted since the list was read
            continue
        rows = of_client.get(each.client_id, [])
        # Without current purchases, show the newest: its last session may have to be given back.
        shown = max(sum(row.is_current for row in rows), 1) if fold else len(rows)
        more = max(each.purchases - MAX_OF_A_CLIENT, 0)
        namesakes = names[_folded_name(client)]
        blocks.append(ClientBlock(client, rows[:shown], rows[shown:], more, namesakes))
    return blocks


def _first_of_each(
    purchases: PurchaseQuerySet, page: list[_Listed], client_ids: list[UUID], now: datetime
) -> list[Purchase]:
    """Return the first MAX_OF_A_CLIENT purchases of each client: those that can be used first, then
    other current ones, then the newest. PostgreSQL chooses them only if a client has more, because
    the plan of a window function takes long to make."""
    some_have_more = any(each.purchases > MAX_OF_A_CLIENT for each in page)
    of_page = purchases.filter(IsAnyOf(F("client_id"), uuid_array(client_ids)))
    if some_have_more:
        in_order = [F("usability").asc(), F("purchased_at").desc(), F("id").desc()]
        place = Window(RowNumber(), partition_by="client_id", order_by=in_order)
        ranked = of_page.with_usability(now).annotate(place_of_client=place)
        of_page = ranked.filter(place_of_client__lte=MAX_OF_A_CLIENT)
    # Compute the ids before the join, because the planner might otherwise scan all clients.
    rows = Purchase.objects.filter(IsAnyOf(F("pk"), ArraySubquery(of_page.values("pk"))))
    return sorted(rows.for_rows().newest_first() if client_ids else [], key=_usability)


def _usability(purchase: Purchase) -> int:
    """Return the number by which `with_usability` orders."""
    if not purchase.is_current:
        return 2
    return 0 if purchase.use_refusal is None else 1


def _folded_name(client: Client) -> str:
    return " ".join(client.full_name.split()).casefold()
