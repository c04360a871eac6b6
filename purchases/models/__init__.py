"""The facts: four tables that other programs share with us, the index that finds a client, the
ledgers, and lists of purchases that each get a session back.

The names, types, nullability and defaults of the four are fixed: a phone app, an edge function and
SQL by hand read and write the same rows. So every default stands in the database, and any value
that the types allow may turn up here, however odd: counts that are null, more used than bought.
"""

from purchases.models import verbose_names  # noqa: F401  names the tables and their columns
from purchases.models.cancelled_class import CancelledClass, CancelledClassLine
from purchases.models.catalogue import Client, Offer, Org
from purchases.models.expiry import ExpiryEvent
from purchases.models.ledger import SessionEvent, SessionRequest
from purchases.models.purchase import EXPIRING_WITHIN, Purchase, PurchaseQuerySet
from purchases.models.refusals import Refusal
from purchases.models.search import ClientSearchTerm

__all__ = [
    "EXPIRING_WITHIN",
    "CancelledClass",
    "CancelledClassLine",
    "Client",
    "ClientSearchTerm",
    "ExpiryEvent",
    "Offer",
    "Org",
    "Purchase",
    "PurchaseQuerySet",
    "Refusal",
    "SessionEvent",
    "SessionRequest",
]
