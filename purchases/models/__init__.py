"""The models: four shared tables, search terms, ledgers, seals, and cancelled classes, imports.

Other programs (a mobile app, an edge function, SQL by hand) read and write the four shared tables.
So their names, types, nullability and defaults are fixed, and every default is in the database. Any
value that the types allow may appear: null counts, or more sessions used than bought.
"""

from purchases.models import verbose_names  # noqa: F401  sets verbose names
from purchases.models.allowance_lock import AllowanceLock
from purchases.models.cancelled_class import CancelledClass, CancelledClassLine
from purchases.models.catalogue import Client, Offer, Org
from purchases.models.client_event import MERGED, ClientEvent, ClientRequest, MergedClient
from purchases.models.expiry import ExpiryEvent
from purchases.models.imports import Import, ImportRow
from purchases.models.ledger import SessionEvent, SessionRequest
from purchases.models.offer_event import OfferEvent
from purchases.models.purchase import Purchase
from purchases.models.purchase_event import PurchaseEvent
from purchases.models.purchase_queryset import EXPIRING_WITHIN, PurchaseQuerySet
from purchases.models.refusals import Refusal
from purchases.models.seal import NO_ORG, Ledger, Seal, SealLeaf, SealSalt
from purchases.models.search import ClientSearchTerm

__all__ = [
    "EXPIRING_WITHIN",
    "MERGED",
    "NO_ORG",
    "AllowanceLock",
    "CancelledClass",
    "CancelledClassLine",
    "Client",
    "ClientEvent",
    "ClientRequest",
    "ClientSearchTerm",
    "ExpiryEvent",
    "Import",
    "ImportRow",
    "Ledger",
    "MergedClient",
    "Offer",
    "OfferEvent",
    "Org",
    "Purchase",
    "PurchaseEvent",
    "PurchaseQuerySet",
    "Refusal",
    "Seal",
    "SealLeaf",
    "SealSalt",
    "SessionEvent",
    "SessionRequest",
]
