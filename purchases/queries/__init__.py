"""The queries of the pages, built from the querysets of `models`."""

from purchases.queries.alike import AlikeClient, alike_clients
from purchases.queries.client_changes import ClientChange, client_changes
from purchases.queries.client_list import ClientBlock, ClientPage, client_page
from purchases.queries.client_summary import ClientSummary, ReinstatementCount, client_summary
from purchases.queries.clients import find_clients
from purchases.queries.desk_list import PAGE_SIZE, Page, Place, desk_page, purchases_by_id
from purchases.queries.history import Entry, FormerUse, former_uses, history
from purchases.queries.moves import choices_of_move, other_packs
from purchases.queries.offers import Offers, offer_events, offers_of, usual_currency
from purchases.queries.overview import Overview, overview
from purchases.queries.search import search_words

__all__ = [
    "PAGE_SIZE",
    "AlikeClient",
    "ClientBlock",
    "ClientChange",
    "ClientPage",
    "ClientSummary",
    "Entry",
    "FormerUse",
    "Offers",
    "Overview",
    "Page",
    "Place",
    "ReinstatementCount",
    "alike_clients",
    "choices_of_move",
    "client_changes",
    "client_page",
    "client_summary",
    "desk_page",
    "find_clients",
    "former_uses",
    "history",
    "offer_events",
    "offers_of",
    "other_packs",
    "overview",
    "purchases_by_id",
    "search_words",
    "usual_currency",
]
