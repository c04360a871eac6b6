"""Loaders that keep tenants apart: each returns a row of the member's own org, or raises 404.

Every view loads its rows here, so that no view can forget the check.
"""

from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django_htmx.middleware import HtmxDetails

from purchases.member import Action, Desk, Member
from purchases.models import (
    MERGED,
    CancelledClass,
    Client,
    ClientEvent,
    ExpiryEvent,
    Import,
    Offer,
    Purchase,
    PurchaseEvent,
    SessionEvent,
)
from purchases.queries.purchase import get_purchase

# An event of any ledger, for a function that takes any.
Change = TypeVar("Change", SessionEvent, ExpiryEvent, PurchaseEvent)

RELATED = ["purchase__client", "purchase__offer", "request", "reversed_by"]


class DeskRequest(HttpRequest):
    """A request of a signed-in member. The site's middleware rejects all other requests."""

    member: Member
    desk: Desk
    htmx: HtmxDetails


def purchase_or_404(request: DeskRequest, purchase_id: UUID, to: Action) -> Purchase:
    """Return the purchase with its client and offer.

    Raise Http404 if the member's org has no such purchase, and PermissionDenied if the member's
    role does not allow the action. All loaders below raise the same.
    """
    purchase = get_purchase(purchase_id, org_id=request.member.org_id)
    if purchase is None:
        raise Http404
    allow(request, to)
    return purchase


def event_or_404(request: DeskRequest, event_id: int, to: Action) -> SessionEvent:
    """Return a use or a reinstatement, or a correction that a person requested, with its purchase,
    its request and the event that reverses it.

    Ownership is checked on the purchase, because it may have moved to another org since the event.
    """
    undoable = SessionEvent.objects.filter(SessionEvent.is_undoable())
    return _change_or_404(request, undoable, event_id, to)


def move_or_404(request: DeskRequest, event_id: int, to: Action) -> SessionEvent:
    """Return the event of a move on the purchase that was charged first.

    Each of the two events of the move leads to it.
    """
    moves = SessionEvent.objects.filter(kind=SessionEvent.Kind.MOVED)
    event = _change_or_404(request, moves, event_id, to)
    if event.request and event.purchase_id != event.request.purchase_id:
        return get_object_or_404(
            moves.filter(purchase__org_id=request.member.org_id).select_related(*RELATED),
            request_id=event.request_id,
            purchase_id=event.request.purchase_id,
        )
    return event


def change_or_404(request: DeskRequest, event_id: int, to: Action) -> PurchaseEvent:
    """Return a correction of the bought sessions, a transfer, a refund, a payment or a sale of a
    person, with its purchase, its request and the event that reverses it."""
    undoable = PurchaseEvent.objects.filter(kind__in=PurchaseEvent.UNDOABLE, request__isnull=False)
    return _change_or_404(request, undoable, event_id, to)


def extension_or_404(request: DeskRequest, event_id: int, to: Action) -> ExpiryEvent:
    """Return an extension with its purchase, its request and the event that reverses it."""
    extensions = ExpiryEvent.objects.filter(kind=ExpiryEvent.Kind.EXTENDED)
    return _change_or_404(request, extensions, event_id, to)


def _change_or_404(
    request: DeskRequest, changes: QuerySet[Change], event_id: int, to: Action
) -> Change:
    changes_of_org = changes.filter(purchase__org_id=request.member.org_id)
    change = get_object_or_404(changes_of_org.select_related(*RELATED), pk=event_id)
    allow(request, to)
    return change


def client_or_404(request: DeskRequest, client_id: UUID | None, to: Action = "see") -> Client:
    client = get_object_or_404(Client, pk=client_id, org_id=request.member.org_id)
    allow(request, to)
    return client


def offer_or_404(request: DeskRequest, offer_id: UUID, to: Action) -> Offer:
    """Return an offer, current or retired."""
    offer = get_object_or_404(Offer, pk=offer_id, org_id=request.member.org_id)
    allow(request, to)
    return offer


def client_to_edit_or_404(
    request: DeskRequest, client_id: UUID | None, *, but_merged: bool = True
) -> Client:
    """Return a client whom the member may edit. A record that was merged is not edited."""
    client = client_or_404(request, client_id, to="edit_clients")
    if but_merged and client.status == MERGED:
        raise Http404
    return client


def merge_or_404(request: DeskRequest, event_id: int) -> ClientEvent:
    """Return the event of a merge on the record that was merged, with its request."""
    merges = ClientEvent.objects.filter(
        kind=ClientEvent.Kind.MERGED, status=MERGED, org_id=request.member.org_id
    )
    event = get_object_or_404(merges.select_related("request", "reversed_by"), pk=event_id)
    allow(request, "edit_clients")
    return event


def cancelled_class_or_404(
    request: DeskRequest, list_id: UUID, to: Action = "reinstate"
) -> CancelledClass:
    lists = CancelledClass.objects.filter(org_id=request.member.org_id).select_related("actor")
    cancelled_class = get_object_or_404(lists, pk=list_id)
    allow(request, to)
    return cancelled_class


def new_or_own_cancelled_class(request: DeskRequest, list_id: UUID) -> CancelledClass | None:
    """Return the list, or None if no list has this id. Raise Http404 for a list of another org."""
    if CancelledClass.objects.filter(pk=list_id).exists():
        return cancelled_class_or_404(request, list_id)
    allow(request, "reinstate")
    return None


def import_or_404(request: DeskRequest, import_id: UUID) -> Import:
    imports = Import.objects.filter(org_id=request.member.org_id)
    imported = get_object_or_404(imports.select_related("actor", "undone_by"), pk=import_id)
    allow(request, "administer")
    return imported


def allow(request: DeskRequest, action: Action) -> None:
    """Raise PermissionDenied if the member's role does not allow the action."""
    if not request.member.may(action):
        raise PermissionDenied
