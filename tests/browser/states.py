"""Every page and state. The accessibility tests run on each.

Add a line to STATES for a new page or a new state of a page.
"""

from collections.abc import Callable
from uuid import uuid4

from django.db import OperationalError
from playwright.sync_api import Page

from tests.browser.clients_and_imports import (
    balances,
    client_blocks,
    client_to_merge,
    draft,
    imported_file,
    records_side_by_side,
    similar_client,
)
from tests.browser.visit import Visit
from tests.pages import LIST

STATES: dict[str, Callable[[Visit], Page]] = {
    "sign-in": Visit.sign_in_page,
    "sign-in, refused": Visit.sign_in_refused,
    "forgotten password": Visit.forgotten_password,
    "choose a password": Visit.choose_password,
    "desk": lambda visit: visit.see(LIST),
    "desk, of an accountant": lambda visit: visit.see(LIST, user="ada"),
    "desk, reasons": Visit.reasons,
    "desk, reinstated": Visit.reinstated,
    "desk, refused": Visit.refused,
    "desk, approval form": Visit.approval_form,
    "not changed": Visit.not_changed,
    "desk, nobody found": lambda visit: visit.see(LIST + "?q=nobody&state=active"),
    "desk, nothing yet": Visit.new_org,
    "clients found": client_blocks,
    "add a client": similar_client,
    "edit a client": lambda visit: visit.see(f"/clients/{visit.pack.client_id}/edit/"),
    "merge, choose": client_to_merge,
    "merge": records_side_by_side,
    "keys": Visit.keys,
    "purchase": Visit.purchase,
    "purchase, not paid": Visit.unpaid,
    "purchase, after acts": lambda visit: visit.after_acts(f"/purchases/{visit.pack.pk}/"),
    "correct used": lambda visit: visit.act("correct-used"),
    "correct bought": lambda visit: visit.act("correct-total"),
    "transfer": lambda visit: visit.act("transfer", "?q=alex"),
    "refund, refused": Visit.act_refused,
    "move a use": lambda visit: visit.act("move-use"),
    "sell, to a new client": lambda visit: visit.see("/sell/?q=nobody"),
    "sell, to a client": lambda visit: visit.see(f"/sell/?client={visit.pack.client_id}"),
    "offers": lambda visit: visit.of_owner("/offers/"),
    "offer": lambda visit: visit.of_owner(f"/offers/{visit.pack.offer_id}/"),
    "seals": Visit.seals,
    "new offer": lambda visit: visit.of_owner("/offers/new/"),
    "import, file": lambda visit: visit.as_owner("/import/"),
    "import, columns": lambda visit: draft(visit, "columns"),
    "import, check": lambda visit: draft(visit, "check"),
    "imported": imported_file,
    "balances": balances,
    "exports": lambda visit: visit.see("/export/", user="ada"),
    "exports, of an owner": lambda visit: visit.as_owner("/export/"),
    "receipt": Visit.receipt,
    "first page": Visit.first_page,
    "studio": lambda visit: visit.as_owner("/studio/"),
    "studio, stale": Visit.stale_settings,
    "desk, first steps": lambda visit: visit.as_owner(LIST),
    "people": lambda visit: visit.as_owner("/people/"),
    "person": lambda visit: visit.person("mia"),
    "invite": lambda visit: visit.as_owner("/people/invite/"),
    "your studios": lambda visit: visit.see("/accounts/studios/"),
    "where you are signed in": lambda visit: visit.see("/accounts/sessions/"),
    "client": Visit.client,
    "client, after a transfer": lambda visit: visit.after_acts(f"/clients/{visit.pack.client_id}/"),
    "client, nothing bought": Visit.new_client,
    "cancelled class": lambda visit: visit.see("/cancelled-class/"),
    "cancelled class, matched": Visit.cancelled_class,
    "cancelled class, done": Visit.cancelled_class_done,
    "cancelled class, expired": Visit.cancelled_class_expired,
    "cancelled class, undone": Visit.cancelled_class_undone,
    "no studio": lambda visit: visit.see(LIST, user="nora"),
    "error 400": lambda visit: visit.see(LIST + "?state=unheard-of"),
    "error 404": lambda visit: visit.see(f"/clients/{uuid4()}/"),
    "error 500": lambda visit: visit.broken(RuntimeError("raised by a test")),
    "error 503": lambda visit: visit.broken(OperationalError("raised by a test")),
}
