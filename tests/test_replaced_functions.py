"""Another program's migration replaces release_session or use_session. An action that would then
have no event changes nothing, and its page names the command that repairs the database."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from purchases.models import Org, Purchase, SessionEvent, SessionRequest
from studio.database import schema
from tests.database import rows
from tests.factories import make_purchase
from tests.pages import Action, html_of, post_action, words_on
from tests.purchase_kinds import used

RELEASE = """
    CREATE {replace} FUNCTION public.release_session(p_purchase_id uuid) RETURNS {result}
    LANGUAGE {language} SECURITY DEFINER AS $$ {body} $$
"""
USE = RELEASE.replace("release_session", "use_session")
DROP = "DROP FUNCTION public.{}(uuid)"
UPDATE = "UPDATE public.client_purchases SET sessions_used = sessions_used {} 1 WHERE id = $1"


def release(body: str, result: str = "int", *, language: str = "sql") -> list[str]:
    replace = "OR REPLACE" if result == "int" else ""
    drop = [] if replace else [DROP.format("release_session")]
    return [*drop, RELEASE.format(replace=replace, result=result, language=language, body=body)]


def use(body: str, result: str = "boolean", *, language: str = "sql") -> list[str]:
    replace = "OR REPLACE" if result == "boolean" else ""
    drop = [] if replace else [DROP.format("use_session")]
    return [*drop, USE.format(replace=replace, result=result, language=language, body=body)]


BACK, TAKE = UPDATE.format("-"), UPDATE.format("+")
READ_THEN_WRITE = f"""
    DECLARE v public.client_purchases;
    BEGIN
        SELECT * INTO v FROM public.client_purchases WHERE id = $1 FOR UPDATE;
        IF v.sessions_used < v.sessions_total THEN {TAKE}; RETURN true; END IF;
        RETURN false;
    END
"""
REPLACED: dict[str, tuple[Action, list[str]]] = {
    "release without a name": ("reinstate", release(f"{BACK} RETURNING sessions_used")),
    "release of another type": ("reinstate", release(f"{BACK} RETURNING 2::bigint", "bigint")),
    "release that returns nothing": ("reinstate", release(BACK, "void")),
    "release that returns null": ("reinstate", release(f"{BACK} RETURNING NULL::int")),
    "release that says -1 and changes": ("reinstate", release(f"{BACK} RETURNING -1")),
    "release that changes nothing": ("reinstate", release("SELECT 2")),
    "release of jsonb": ("reinstate", release("""SELECT '{"ok": true}'::jsonb""", "jsonb")),
    "no release": ("reinstate", [DROP.format("release_session")]),
    "a second release": (
        "reinstate",
        [
            "CREATE FUNCTION public.release_session(p_purchase_id uuid, p_by text DEFAULT '')"
            " RETURNS int LANGUAGE sql AS 'SELECT 2'"
        ],
    ),
    "use that reads and then writes": ("use", use(READ_THEN_WRITE, language="plpgsql")),
    "use that says no and changes": ("use", use(f"{TAKE} RETURNING false")),
    "use that changes nothing": ("use", use("SELECT true")),
    "use of jsonb": ("use", use(f"""{TAKE} RETURNING '{{"ok": true}}'::jsonb""", "jsonb")),
    "no trigger for the ledger": (
        "reinstate",
        ["DROP TRIGGER record_changed_session_event ON public.client_purchases"],
    ),
    "a disabled trigger": (
        "use",
        ["ALTER TABLE public.client_purchases DISABLE TRIGGER record_changed_session_event"],
    ),
}


@pytest.fixture
def pack(northside: Org) -> Purchase:
    return make_purchase(org=northside, total=10, used=3)


@pytest.fixture
def repaired_afterwards(transactional_db: None) -> Iterator[None]:
    yield
    schema.repair(schema.drift(schema.history()))


@pytest.mark.parametrize(("action", "statements"), REPLACED.values(), ids=REPLACED.keys())
def test_an_action_of_a_replaced_function_is_not_told_as_done(
    desk: Client, pack: Purchase, action: Action, statements: list[str]
) -> None:
    desk.raise_request_exception = False
    # Pending deferred constraints would prevent ALTER TABLE.
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in statements:
        rows(statement)

    point = transaction.savepoint()
    response = post_action(desk, action, pack, htmx=True)
    assert connection.connection.info.transaction_status.name == "INERROR", "it rolls back"
    transaction.savepoint_rollback(point)

    assert response.status_code == 503
    assert "python manage.py repair" in words_on(response)
    assert used(pack) == 3


def test_a_refused_action_changes_nothing_and_can_be_repeated_after_the_repair(
    repaired_afterwards: None, desk: Client, pack: Purchase
) -> None:
    """An unknown press of a replaced function was answered “nothing to give back”."""
    desk.raise_request_exception = False
    request_id = uuid4()
    for statement in release(f"{BACK} RETURNING sessions_used"):
        rows(statement)

    pages = [post_action(desk, "reinstate", pack, request_id=str(request_id)) for _ in range(2)]

    for page in pages:
        assert page.status_code == 503
        assert "python manage.py repair" in words_on(page)
        assert str(request_id) in html_of(page), "the button repeats the same request"
    assert used(pack) == 3
    assert not SessionRequest.objects.filter(pk=request_id).exists()
    assert not SessionEvent.objects.filter(purchase=pack, kind="corrected").exists()

    schema.repair(schema.drift(schema.history()))
    assert post_action(desk, "reinstate", pack, request_id=str(request_id)).status_code == 302
    assert used(pack) == 2
    assert event_of(request_id).kind == "reinstated"


def test_a_sound_refusal_is_still_a_refusal(desk: Client, northside: Org) -> None:
    unused = make_purchase(org=northside, total=10, used=0)
    assert post_action(desk, "reinstate", unused, htmx=True).status_code == 409


def event_of(request_id: UUID) -> SessionEvent:
    return SessionEvent.objects.get(request_id=request_id)
