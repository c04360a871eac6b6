"""What the pages read, put together from the querysets of `models`."""

from purchases.queries.desk_list import PAGE_SIZE, Page, Place, desk_page, purchases_by_id
from purchases.queries.history import Entry, history
from purchases.queries.search import search_words
from purchases.queries.standing import GivenBack, Standing, standing

__all__ = [
    "PAGE_SIZE",
    "Entry",
    "GivenBack",
    "Page",
    "Place",
    "Standing",
    "desk_page",
    "history",
    "purchases_by_id",
    "search_words",
    "standing",
]
