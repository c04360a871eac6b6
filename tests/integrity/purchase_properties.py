"""Properties of the ledger of purchases. A test runs each on the correct database and on one with a
seeded fault."""

from uuid import UUID, uuid4

from studio.models import User
from tests.database import rows, value
from tests.integrity.intruder import refused
from tests.integrity.packs import call, pack

REQUEST = """
    INSERT INTO public.session_requests
        (request_id, operation, purchase_id, actor_id, event_id, refund_cents)
    VALUES (%s, %s, %s, %s, %s, %s)
"""


def purchase_event_kinds(purchase_id: UUID) -> list[str]:
    query = "SELECT kind FROM public.purchase_events WHERE purchase_id = %s ORDER BY id"
    return [kind for (kind,) in rows(query, purchase_id)]


def ask_for(mia: User, operation: str, purchase_id: UUID, event_id: int | None = None) -> None:
    """Claim a request and give it to the triggers, as the statements of operations do."""
    request_id = uuid4()
    cents = 100 if operation == "refund" else None
    rows(REQUEST, request_id, operation, purchase_id, mia.pk, event_id, cents)
    rows("SELECT set_config('studio.request_id', %s, true)", str(request_id))


def a_change_of_a_purchase_writes_an_event(mia: User) -> None:
    purchase = pack(mia)
    rows("UPDATE client_purchases SET sessions_total = sessions_total + 1")
    kinds = purchase_event_kinds(purchase.pk)
    assert kinds == ["opened", "corrected"], f"recorded as {kinds}"


def a_new_and_a_deleted_purchase_write_events(mia: User) -> None:
    purchase = pack(mia)
    rows("DELETE FROM client_purchases WHERE id = %s", purchase.pk)
    kinds = purchase_event_kinds(purchase.pk)
    assert kinds == ["opened", "deleted"], f"recorded as {kinds}"


def a_request_has_one_purchase_event(mia: User) -> None:
    purchase = pack(mia)
    ask_for(mia, "refund", purchase.pk)
    call("refund_purchase", purchase.pk)
    with refused("a_request_has_one_purchase_event"):
        # The same request again, after another program has set the status back.
        rows("UPDATE client_purchases SET payment_status = 'succeeded'")
        call("refund_purchase", purchase.pk)


def a_purchase_event_is_undone_once(mia: User) -> None:
    purchase = pack(mia)
    ask_for(mia, "refund", purchase.pk)
    call("refund_purchase", purchase.pk)
    query = "SELECT max(id) FROM public.purchase_events WHERE purchase_id = %s"
    event_id = value(query, purchase.pk)
    ask_for(mia, "undo_change", purchase.pk, event_id)
    assert value("SELECT public.undo_change(%s, %s)", purchase.pk, event_id) is None
    insert = """
        INSERT INTO public.purchase_events (
            org_id, purchase_id, kind, org_id_before, client_id_before, client_id,
            payment_status, reverses_id, db_role
        )
        SELECT org_id, id, 'undone', org_id, client_id, client_id, 'pending', %s, 'somebody'
        FROM public.client_purchases WHERE id = %s
    """
    with refused("a_purchase_event_is_undone_once"):
        rows(insert, event_id, purchase.pk)


def purchase_events_are_append_only(mia: User) -> None:
    pack(mia)
    for statement in (
        "UPDATE purchase_events SET db_role = 'nobody'",
        "DELETE FROM purchase_events",
        "TRUNCATE purchase_events CASCADE",
    ):
        with refused("the table is append-only"):
            rows("SET CONSTRAINTS ALL IMMEDIATE")
            rows(statement)


def a_request_changes_its_own_purchase(mia: User) -> None:
    mine, other = pack(mia), pack(mia)
    ask_for(mia, "refund", other.pk)
    with refused("is not for this change of the purchase"):
        call("refund_purchase", mine.pk)
