"""The queries of the pages, built from the querysets of `models`."""

from purchases.queries.client_summary import ClientSummary, ReinstatementCount, client_summary
from purchases.queries.desk_list import PAGE_SIZE, Page, Place, desk_page, purchases_by_id
from purchases.queries.history import Entry, history
from purchases.queries.search import search_words

__all__ = [
    "PAGE_SIZE",
    "ClientSummary",
    "Entry",
    "Page",
    "Place",
    "ReinstatementCount",
    "client_summary",
    "desk_page",
    "history",
    "purchases_by_id",
    "search_words",
]
