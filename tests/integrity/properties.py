"""Properties for one connection. A test runs each on the correct database and on one with a
seeded fault. Each property creates its own data."""

from uuid import UUID, uuid4

from studio.models import User
from tests.database import make_role, rows, value
from tests.factories import make_purchase
from tests.integrity.intruder import make_intruder, refused
from tests.integrity.invariants import check_invariants, history
from tests.integrity.packs import call, pack
from tests.integrity.purchase_properties import ask_for
from tests.integrity.schedule import ActionParameters, execute_here
from tests.ledger import reinstated_by
from tests.roles.logins import signed_in_as

INSERT_EVENT = """
    INSERT INTO public.session_events
        (org_id, purchase_id, kind, delta, sessions_used, reverses_id, db_role)
    SELECT org_id, id, 'reinstated', -1, 0, %s, 'somebody' FROM public.client_purchases
    WHERE id = %s
"""


def count(purchase_id: UUID) -> object:
    return value("SELECT sessions_used FROM public.client_purchases WHERE id = %s", purchase_id)


# --- The functions --------------------------------------------------------------------------------


def release_session_refuses_an_unused_pack(mia: User) -> None:
    assert call("release_session", pack(mia, used=0).pk) == -1


def use_session_refuses_a_full_pack(mia: User) -> None:
    assert call("use_session", pack(mia, total=3, used=3).pk) is False


def use_session_refuses_an_expired_pack(mia: User) -> None:
    purchase = pack(mia)
    rows("UPDATE client_purchases SET expires_at = now() - interval '1 second'")
    assert call("use_session", purchase.pk) is False, "used an expired pack"


def undo_event_refuses_a_full_pack(mia: User) -> None:
    purchase = pack(mia, total=3, used=3)
    event = reinstated_by(mia, purchase)
    rows("UPDATE client_purchases SET sessions_used = 3 WHERE id = %s", purchase.pk)
    ask_for(mia, "undo", purchase.pk, event.pk)
    assert value("SELECT public.undo_event(%s, %s)", purchase.pk, event.pk) == -1


def events_have_the_kind_of_their_function(mia: User) -> None:
    purchase = pack(mia)
    call("use_session", purchase.pk)
    call("release_session", purchase.pk)
    _, events = history(purchase.pk)
    kinds = [event[0] for event in events]
    assert kinds == ["opened", "used", "reinstated"], f"recorded as {kinds}"


# --- The ledger -----------------------------------------------------------------------------------


def every_update_writes_an_event(mia: User) -> None:
    purchase = pack(mia)
    rows("UPDATE client_purchases SET sessions_used = sessions_used + 2")
    check_invariants(purchase.pk)


def insert_and_delete_write_events(mia: User) -> None:
    purchase = pack(mia, used=2)
    rows("DELETE FROM client_purchases WHERE id = %s", purchase.pk)
    changes = [event[:2] for event in history(purchase.pk)[1]]
    assert changes == [("opened", 2), ("deleted", -2)], f"recorded as {changes}"


def truncate_writes_events(mia: User) -> None:
    purchase = pack(mia, used=2)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows("TRUNCATE client_purchases")
    check_invariants(purchase.pk)


def a_request_has_one_event(mia: User) -> None:
    """A second call in the same transaction has the same request id."""
    purchase = pack(mia, used=2)
    request = ActionParameters(uuid4(), "reinstate", purchase.pk, mia.pk)
    assert execute_here(request) is not None
    with refused("a_request_has_one_event"):
        call("release_session", purchase.pk)
    assert count(purchase.pk) == 1


def an_event_is_reversed_once(mia: User) -> None:
    purchase = pack(mia)
    call("use_session", purchase.pk)
    call("release_session", purchase.pk)
    used_id = history(purchase.pk)[0][1]
    with refused("an_event_is_reversed_once"):
        rows(INSERT_EVENT, used_id, purchase.pk)


def an_event_reverses_one_of_its_own_purchase(mia: User) -> None:
    mine = pack(mia)
    other = make_purchase(org=mine.org, client=mine.client, offer=mine.offer, used=0)
    call("use_session", other.pk)
    used_id = history(other.pk)[0][1]
    with refused("an_event_reverses_one_of_its_own_purchase"):
        rows(INSERT_EVENT, used_id, mine.pk)


def the_count_stays_between_0_and_the_total(mia: User) -> None:
    pack(mia, total=3)
    for used in (-1, 4):
        with refused("sessions_used_is_between_0_and_total"):
            rows("UPDATE client_purchases SET sessions_used = %s", used)


def ledgers_are_append_only(mia: User) -> None:
    purchase = pack(mia)
    execute_here(ActionParameters(uuid4(), "use", purchase.pk, mia.pk))
    for statement in (
        "UPDATE session_events SET db_role = 'nobody'",
        "DELETE FROM session_events",
        "TRUNCATE session_events",
        "UPDATE session_requests SET note = 'never'",
        "DELETE FROM session_requests",
        "TRUNCATE session_requests CASCADE",
    ):
        with refused("the table is append-only"):
            rows("SET CONSTRAINTS ALL IMMEDIATE")
            rows(statement)


# --- Requests -------------------------------------------------------------------------------------


def a_use_is_reversed_once(mia: User) -> None:
    purchase = pack(mia, used=2)
    call("use_session", purchase.pk)
    use = history(purchase.pk)[0][-1]
    for answer in (2, -1):
        row = execute_here(ActionParameters(uuid4(), "reinstate", purchase.pk, mia.pk, use))
        assert row is not None
        assert row[0] == answer, "a use was reversed twice"


def a_request_is_for_one_purchase(mia: User) -> None:
    mine = pack(mia, used=2)
    other = make_purchase(org=mine.org, client=mine.client, offer=mine.offer, used=0)
    request = ActionParameters(uuid4(), "reinstate", other.pk, mia.pk)
    assert execute_here(request) == (-1, None)
    with refused("is not for the purchase"):
        call("release_session", mine.pk)


# --- Privileges -----------------------------------------------------------------------------------


def callers_need_no_privilege_on_the_table(mia: User) -> None:
    purchase = pack(mia, used=2)
    with signed_in_as(make_intruder()):
        assert call("release_session", purchase.pk) == 1
        assert call("use_session", purchase.pk) is True


def only_granted_roles_may_call(mia: User) -> None:
    purchase = pack(mia, used=2)
    with refused("permission denied for function"), signed_in_as(make_role()):
        call("release_session", purchase.pk)


def the_callers_operators_are_not_used(mia: User) -> None:
    purchase, intruder = pack(mia, total=10, used=9), make_intruder()
    with signed_in_as(intruder):
        rows(
            f"""
            CREATE FUNCTION {intruder}.nine_less(int, int) RETURNS int
            LANGUAGE sql AS 'SELECT pg_catalog.int4mi($1, 9)'
            """
        )
        rows(f"CREATE OPERATOR {intruder}.- (leftarg = int, rightarg = int,"
             f" function = {intruder}.nine_less)")  # fmt: skip
        rows(f"SET LOCAL search_path = {intruder}, pg_catalog")
        answer = call("release_session", purchase.pk)
    rows("SET LOCAL search_path TO DEFAULT")
    assert answer == 8, "the caller's operator was used"


def the_callers_tables_are_not_used(mia: User) -> None:
    purchase = pack(mia, used=2)
    with signed_in_as(make_intruder()):
        rows("CREATE TEMPORARY TABLE client_purchases (id uuid, sessions_used int)")
        rows("INSERT INTO pg_temp.client_purchases VALUES (%s, 7)", purchase.pk)
        rows("GRANT ALL ON pg_temp.client_purchases TO PUBLIC")
        answer = call("release_session", purchase.pk)
        rows("DROP TABLE pg_temp.client_purchases")
    assert answer == 1, "the caller's table was used"


def other_roles_cannot_run_trigger_functions(mia: User) -> None:
    """On a table of the caller, the trigger function would record the caller's values."""
    pack(mia)
    with refused("permission denied for function"), signed_in_as(make_intruder()):
        rows("CREATE TEMPORARY TABLE mine (id uuid, org_id uuid, sessions_used int)")
        rows(
            "CREATE TRIGGER mine AFTER INSERT ON mine"
            " FOR EACH ROW EXECUTE FUNCTION public.record_session_event()"
        )
        rows("INSERT INTO mine VALUES (gen_random_uuid(), gen_random_uuid(), 1000)")
