"""What holds for two connections at once: plain functions, asked once of the project's SQL and
once of a naive one. The first caller is in its transaction when the second one comes."""

from functools import partial
from uuid import UUID, uuid4

import psycopg

from purchases.models import Refusal
from studio.models import User
from tests.database import another_connection, rows, value
from tests.factories import make_purchase
from tests.integrity.invariants import check_invariants, history
from tests.integrity.schedule import (
    PATIENT_CLAIM,
    Ask,
    Asked,
    Connection,
    Row,
    ask,
    first_answer,
    run,
)
from tests.ledger import reinstated_by


def _called(function: str, purchase_id: UUID, connection: Connection) -> object:
    row = connection.execute(f"SELECT public.{function}(%s)", [purchase_id]).fetchone()
    return row and row[0]


def the_last_session_is_sold_once(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=2)
    call = partial(_called, "use_session", purchase.pk)
    outcome = run(call, call, "COMMIT")
    assert (outcome.first, outcome.second) == (True, False), "the last session was sold twice"


def the_only_use_is_given_back_once(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=1)
    call = partial(_called, "release_session", purchase.pk)
    outcome = run(call, call, "COMMIT")
    assert (outcome.first, outcome.second) == (0, -1), "the only use was given back twice"


def the_second_undo_knows_that_no_room_is_left(mia: User) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=3)
    given_back = [reinstated_by(mia, purchase) for _ in range(2)]
    rows("UPDATE client_purchases SET sessions_used = 2 WHERE id = %s", purchase.pk)
    one, two = (Asked(uuid4(), "undo", purchase.pk, mia.pk, event.pk) for event in given_back)
    outcome = run(lambda caller: ask(caller, one), lambda caller: ask(caller, two), "COMMIT")
    ids, _ = history(purchase.pk)
    assert (outcome.first, outcome.second) == ((3, ids[-1]), (-1, None))
    kept = value("SELECT objection FROM session_requests WHERE request_id = %s", two.request_id)
    assert kept == Refusal.NO_ROOM, "it does not know why"


def a_request_that_comes_twice_counts_once(mia: User, *, by: Ask = ask) -> None:
    purchase = make_purchase(org=mia.membership.org, total=3, used=2)
    asked = Asked(uuid4(), "reinstate", purchase.pk, mia.pk)
    outcome = run(lambda caller: by(caller, asked), lambda caller: by(caller, asked), "COMMIT")
    ids, events = history(purchase.pk)
    assert outcome.second is None, "it was claimed a second time"
    assert outcome.first == first_answer(asked.request_id) == (1, ids[-1])
    assert [event[0] for event in events] == ["opened", "reinstated"]
    check_invariants(purchase.pk)


def a_refused_request_stays_refused(mia: User) -> None:
    """Whoever learns its id can't act in the name of the one who was refused."""
    purchase = make_purchase(org=mia.membership.org, total=3, used=0)
    asked = Asked(uuid4(), "reinstate", purchase.pk, mia.pk)
    with another_connection() as other:
        assert ask(other, asked) == (-1, None)
        other.execute("UPDATE client_purchases SET sessions_used = 2")
        other.execute("SELECT set_config('studio.request_id', %s, false)", [str(asked.request_id)])
        refusal = ""
        try:
            _called("release_session", purchase.pk, other)
        except psycopg.Error as error:
            refusal = str(error)
    assert first_answer(asked.request_id) == (-1, None), "a refusal turned into a success"
    assert "was answered before" in refusal


# --- The naive ways -------------------------------------------------------------------------------


def checks_late(connection: Connection, asked: Asked) -> Row:
    """Looks whether the id is known, acts, and writes the id down last."""
    known = "SELECT FROM public.session_requests WHERE request_id = %s"
    if connection.execute(known, [asked.request_id]).fetchone():
        return None
    used = _called("release_session", asked.purchase_id, connection)
    connection.execute(
        """
        INSERT INTO public.session_requests (request_id, operation, purchase_id, actor_id)
        VALUES (%s, %s, %s, %s)
        """,
        [asked.request_id, asked.operation, asked.purchase_id, asked.actor_id],
    )
    assert isinstance(used, int)
    return used, None


def claims_again(connection: Connection, asked: Asked) -> Row:
    """ON CONFLICT DO UPDATE returns a row the second time too."""
    again = PATIENT_CLAIM.replace("DO NOTHING", "DO UPDATE SET note = excluded.note")
    assert again != PATIENT_CLAIM
    return ask(connection, asked, again)


def claims_without_a_conflict(connection: Connection, asked: Asked) -> Row:
    """A plain INSERT ends the second press in an error, where it should get its answer."""
    plain = PATIENT_CLAIM.replace("ON CONFLICT (request_id) DO NOTHING", "")
    assert plain != PATIENT_CLAIM
    return ask(connection, asked, plain)
