"""Properties for two concurrent connections. A test runs each on the project's SQL and on a naive
version. The first caller's transaction is open when the second starts."""

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

import psycopg

from purchases.models import Refusal
from studio.models import User
from tests.database import another_connection, rows, value
from tests.factories import make_purchase
from tests.integrity.invariants import check_invariants, history
from tests.integrity.schedule import (
    ActionParameters,
    Connection,
    ExecuteAction,
    Row,
    execute_action,
    patient,
    replayed_result,
    run,
)
from tests.ledger import reinstated_by


def _call(function: str, purchase_id: UUID, connection: Connection) -> object:
    row = connection.execute(f"SELECT public.{function}(%s)", [purchase_id]).fetchone()
    return row and row[0]


def the_last_session_is_used_once(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=2)
    call = partial(_call, "use_session", purchase.pk)
    outcome = run(call, call, "COMMIT")
    assert (outcome.first, outcome.second) == (True, False), "the last session was used twice"


def the_only_use_is_reversed_once(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=1)
    call = partial(_call, "release_session", purchase.pk)
    outcome = run(call, call, "COMMIT")
    assert (outcome.first, outcome.second) == (0, -1), "the only use was reversed twice"


def the_second_undo_is_refused_for_lack_of_room(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=3)
    reinstatements = [reinstated_by(mia, purchase) for _ in range(2)]
    rows("UPDATE client_purchases SET sessions_used = 2 WHERE id = %s", purchase.pk)
    one, two = (
        ActionParameters(uuid4(), "undo", purchase.pk, mia.pk, event.pk) for event in reinstatements
    )
    outcome = run(
        lambda caller: execute_action(caller, one),
        lambda caller: execute_action(caller, two),
        "COMMIT",
    )
    ids, _ = history(purchase.pk)
    assert (outcome.first, outcome.second) == ((3, ids[-1]), (-1, None))
    refusal = value("SELECT refusal FROM session_requests WHERE request_id = %s", two.request_id)
    assert refusal == Refusal.NO_ROOM, "the refusal is missing"


def a_repeated_request_counts_once(mia: User, *, by: ExecuteAction = execute_action) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=2)
    request = ActionParameters(uuid4(), "reinstate", purchase.pk, mia.pk)
    outcome = run(lambda caller: by(caller, request), lambda caller: by(caller, request), "COMMIT")
    ids, events = history(purchase.pk)
    assert outcome.second is None, "the id was claimed twice"
    assert outcome.first == replayed_result(request.request_id) == (1, ids[-1])
    assert [event[0] for event in events] == ["opened", "reinstated"]
    check_invariants(purchase.pk)


def a_refusal_is_final(mia: User) -> None:
    """Knowing the id of a refused request is not enough to act in the name of its actor."""
    purchase = make_purchase(org=mia.membership.org, total=3, used=0)
    request = ActionParameters(uuid4(), "reinstate", purchase.pk, mia.pk)
    with another_connection() as other:
        assert execute_action(other, request) == (-1, None)
        other.execute("UPDATE client_purchases SET sessions_used = 2")
        other.execute(
            "SELECT set_config('studio.request_id', %s, false)", [str(request.request_id)]
        )
        error_message = ""
        try:
            _call("release_session", purchase.pk, other)
        except psycopg.Error as error:
            error_message = str(error)
    assert replayed_result(request.request_id) == (-1, None), "a refusal turned into a success"
    assert "was answered before" in error_message


# --- Naive versions -------------------------------------------------------------------------------


def check_before_insert(connection: Connection, parameters: ActionParameters) -> Row:
    """Check if the id exists, act, and insert the id last."""
    known = "SELECT FROM public.session_requests WHERE request_id = %s"
    if connection.execute(known, [parameters.request_id]).fetchone():
        return None
    used = _call("release_session", parameters.purchase_id, connection)
    connection.execute(
        """
        INSERT INTO public.session_requests (request_id, operation, purchase_id, actor_id)
        VALUES (%s, %s, %s, %s)
        """,
        [parameters.request_id, parameters.operation, parameters.purchase_id, parameters.actor_id],
    )
    assert isinstance(used, int)
    return used, None


def _replace(old: str, new: str) -> Callable[[str], str]:
    def change(statement: str) -> str:
        assert old in statement
        return patient(statement).replace(old, new)

    return change


def claim_with_do_update(connection: Connection, parameters: ActionParameters) -> Row:
    """Claim with ON CONFLICT DO UPDATE, which returns a row the second time too."""
    again = _replace("DO NOTHING", "DO UPDATE SET note = excluded.note")
    return execute_action(connection, parameters, again)


def claim_without_on_conflict(connection: Connection, parameters: ActionParameters) -> Row:
    """Claim with a plain INSERT, which raises an error on the second request."""
    plain = _replace("ON CONFLICT (request_id) DO NOTHING", "")
    return execute_action(connection, parameters, plain)
