"""The admin: an owner's view of everything in their org. Superusers see every org.

Permissions follow the member's role, not Django's permission rows.
"""

from purchases.admin.client import ClientAdmin
from purchases.admin.ledger import ExpiryEventAdmin, PurchaseEventAdmin, SessionEventAdmin
from purchases.admin.offer import OfferAdmin
from purchases.admin.org import OrgAdmin
from purchases.admin.own_org import OwnOrgAdmin
from purchases.admin.purchase import PurchaseAdmin
from purchases.admin.row_ledger import ClientEventAdmin, OfferEventAdmin

__all__ = [
    "ClientAdmin",
    "ClientEventAdmin",
    "ExpiryEventAdmin",
    "OfferAdmin",
    "OfferEventAdmin",
    "OrgAdmin",
    "OwnOrgAdmin",
    "PurchaseAdmin",
    "PurchaseEventAdmin",
    "SessionEventAdmin",
]
