"""The queries of the pages, built from the querysets of `models`."""

from purchases.queries.client_summary import ClientSummary, ReinstatementCount, client_summary
from purchases.queries.clients import find_clients
from purchases.queries.desk_list import PAGE_SIZE, Page, Place, desk_page, purchases_by_id
from purchases.queries.history import Entry, FormerUse, former_uses, history
from purchases.queries.moves import choices_of_move, other_packs
from purchases.queries.search import search_words

__all__ = [
    "PAGE_SIZE",
    "ClientSummary",
    "Entry",
    "FormerUse",
    "Page",
    "Place",
    "ReinstatementCount",
    "choices_of_move",
    "client_summary",
    "desk_page",
    "find_clients",
    "former_uses",
    "history",
    "other_packs",
    "purchases_by_id",
    "search_words",
]
