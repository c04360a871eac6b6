"""Sell an offer to a client of the org, or to a new client."""

from dataclasses import asdict, dataclass
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db import transaction

from purchases.database import SQL_DIR, read_statement
from purchases.member import Actor
from purchases.models import Purchase, Refusal
from purchases.operations.clients import add_client
from purchases.operations.commands import AddClient, ClientValues, Sell
from purchases.operations.requests import (
    Operation,
    Refused,
    check_same_request,
    request_key,
    run_claim,
)

SELL = read_statement(SQL_DIR / "claim_and_sell.sql")


class SaleRow(NamedTuple):
    """The result of the statement: whether the purchase was inserted, and the event, or null."""

    done: bool | None
    event_id: int | None


@dataclass(frozen=True)
class Seller:
    user_id: int
    org_id: UUID


def sell(*, member: Actor, org_id: UUID, command: Sell) -> Purchase:
    """Add a purchase for a client, and return it. Add the client first if the command has a new
    one, in the same transaction.

    The id of the purchase is derived from the request id, so a retry finds the same purchase.
    Raise `Refused` if the client or the offer is not of the org, or the offer was retired and the
    command refuses that. A refused sale adds no client.
    """
    if command.new_client is None:
        return _sell(member, org_id, command)
    new = ClientValues(**asdict(command.new_client))
    with transaction.atomic():
        add_client(
            member=Seller(member.user_id, org_id),
            command=AddClient(request_id=command.request_id, values=new),
        )
        return _sell(member, org_id, command)


def new_client_id(request_id: UUID) -> UUID:
    """Return the id of the client whom the request adds, the same for every retry."""
    return uuid5(request_id, "client")


def _sell(member: Actor, org_id: UUID, command: Sell) -> Purchase:
    purchase = Purchase(pk=uuid5(command.request_id, "purchase"))
    key = request_key(
        Operation.SELL,
        command.request_id,
        purchase,
        member.user_id,
        to_client_id=command.client_id,
        offer_id=command.offer_id,
    )
    row = run_claim(
        SELL,
        key,
        None,
        SaleRow,
        note=command.note,
        org_id=org_id,
        sessions_total=command.sessions_total,
        amount_paid_cents=command.amount_paid_cents,
        currency=command.currency,
        payment_status=command.payment_status,
        payment_method=command.payment_method,
        purchased_at=command.purchased_at,
        expires_at=command.expires_at,
        refuses_retired=command.refuses_retired,
    )
    if row is None or row.done is None:
        # The refusal code is stored on the request.
        original = check_same_request(key)
        if original.refusal:
            raise Refused(Refusal(original.refusal))
    sold = Purchase.objects.filter(pk=purchase.pk).first()
    if sold is None or (row and not row.done):
        raise Refused(Refusal.OF_ANOTHER_STUDIO)
    return sold
