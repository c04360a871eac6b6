"""An act after other changes: repeated, undone too late, on a malformed row, or after a merge."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from purchases import operations
from purchases.models import Client as Buyer
from purchases.models import Org, Purchase, PurchaseEvent, SessionEvent
from purchases.operations.commands import MoveUse, UndoChange
from studio.models import User
from tests.acts.acts import (
    message_after,
    post_act,
    refunded_by,
    total_corrected_by,
    transferred_by,
    url_of,
)
from tests.database import rows
from tests.factories import make_client, make_purchase
from tests.history import change_history_on, page_of
from tests.ledger import fresh, used_by
from tests.pages import send


def undone_change(user: User, event: PurchaseEvent) -> None:
    related = ["purchase__client", "purchase__offer", "request", "reversed_by"]
    loaded = PurchaseEvent.objects.select_related(*related).get(pk=event.pk)
    command = UndoChange(request_id=uuid4())
    operations.undo_change(member=user.membership, event=loaded, command=command)


# --- Repeated requests ----------------------------------------------------------------------------


def test_a_repeated_transfer_has_the_first_message(
    owner: Client, pack: Purchase, ben: Buyer
) -> None:
    fields = {"request_id": uuid4(), "client": ben.pk}
    messages = [message_after(owner, post_act(owner, "transfer", pack, **fields)) for _ in range(2)]

    assert messages[0].startswith("Transferred from Ana Ruiz to Ben Ode.")
    assert messages[1] == messages[0]


def test_a_repeated_undo_of_a_transfer_names_the_same_client(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    transfer = transferred_by(olivia, pack, ben)
    url = f"/changes/{transfer.pk}/undo/"
    fields: dict[str, Any] = {"request_id": uuid4(), "next": page_of(pack)}
    first = message_after(owner, send(owner, url, **fields))
    transferred_by(olivia, pack, make_client(org=pack.org, name="Cleo Moss"))

    assert "belongs to Ana Ruiz again" in first
    assert message_after(owner, send(owner, url, **fields)) == first


# --- Undo after a later change --------------------------------------------------------------------


def test_a_refund_cannot_be_undone_after_a_later_refund(olivia: User, pack: Purchase) -> None:
    first = refunded_by(olivia, pack, 5000)
    rows("UPDATE client_purchases SET payment_status = 'succeeded'")
    refunded_by(olivia, pack, 7000)

    with pytest.raises(operations.Refused, match="changed again since"):
        undone_change(olivia, first)
    assert fresh(pack).payment_status == "refunded"


def test_history_offers_no_undo_that_would_be_refused(
    owner: Client, olivia: User, pack: Purchase
) -> None:
    for by in (2, -2, 2):
        total_corrected_by(olivia, pack, by)

    lines = change_history_on(owner.get(page_of(pack)))

    assert ["Undo" in str(line) for line in lines].count(True) <= 1


def test_a_correction_can_be_undone_after_a_later_one_was_undone(
    olivia: User, pack: Purchase
) -> None:
    first = total_corrected_by(olivia, pack, 2)
    undone_change(olivia, total_corrected_by(olivia, pack, 3))
    undone_change(olivia, first)

    assert fresh(pack).sessions_total == 10


def test_a_transfer_is_not_undone_to_a_client_of_another_studio(
    olivia: User, pack: Purchase, ben: Buyer, southside: Org
) -> None:
    ana = pack.client
    transfer = transferred_by(olivia, pack, ben)
    rows("UPDATE clients SET org_id = %s WHERE id = %s", southside.pk, ana.pk)

    with pytest.raises(operations.Refused, match="changed again since"):
        undone_change(olivia, transfer)
    assert fresh(pack).client_id == ben.pk


# --- Moves ----------------------------------------------------------------------------------------


def test_a_visit_of_the_former_client_cannot_be_moved(
    owner: Client, olivia: User, pack: Purchase, ben: Buyer
) -> None:
    used_by(olivia, pack)
    transferred_by(olivia, pack, ben)
    other = make_purchase(org=pack.org, client=ben)

    answer = post_act(owner, "move_use", pack, to=other.pk)

    assert answer.status_code == 409
    assert fresh(other).sessions_used == 3
    assert str(other.pk) not in owner.get(url_of("move_use", pack)).content.decode()


def test_a_visit_after_the_transfer_can_be_moved(olivia: User, pack: Purchase, ben: Buyer) -> None:
    transferred_by(olivia, pack, ben)
    used_by(olivia, pack)
    other = make_purchase(org=pack.org, client=ben)
    command = MoveUse(request_id=uuid4(), to_purchase_id=other.pk)

    operations.move_use(member=olivia.membership, purchase=fresh(pack), command=command)

    assert SessionEvent.objects.filter(kind="moved").count() == 2


def test_a_use_cannot_be_moved_to_its_own_pack(owner: Client, pack: Purchase) -> None:
    answer = post_act(owner, "move_use", pack, to=pack.pk)

    assert answer.status_code == 400
    assert fresh(pack).sessions_used == 3


# --- Malformed rows -------------------------------------------------------------------------------


# As at the desk, each statement is a transaction, which a violated constraint ends.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("used", [12, -1])
@pytest.mark.parametrize("act", ["transfer", "refund", "receive_payment", "correct_total"])
def test_an_act_on_an_impossible_count_is_refused_with_words(
    owner: Client, northside: Org, ben: Buyer, act: str, used: int
) -> None:
    status = "pending" if act == "receive_payment" else "succeeded"
    pack = make_purchase(org=northside, total=10, used=used, payment_status=status)
    fields = {"client": ben.pk, "amount": "1", "adjust_by": -1, "note": "why"}

    answer = post_act(owner, act, pack, **fields)

    assert answer.status_code == 409
    assert fresh(pack).payment_status == status
