"""Seeded faults: mistakes in the SQL functions, triggers, constraints and grants.

`made` removes a fault by rolling its transaction back. `made_for_all` is for tests with several
connections, and restores the function's definition.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from tests.database import rows, value


@dataclass(frozen=True)
class Fault:
    """A mistake, and the statements that install it."""

    what: str
    statements: tuple[str, ...] = ()
    # An edited function: its name, the text to replace and the replacement.
    function: str = ""
    text: str = ""
    instead: str = ""

    def install(self) -> None:
        for statement in self.statements:
            rows(statement)
        if self.text:
            definition = definition_of(self.function)
            assert self.text in definition, "the function has changed: update this fault"
            rows(definition.replace(self.text, self.instead))


def definition_of(function: str) -> str:
    """Return the current CREATE OR REPLACE FUNCTION statement. It keeps the owner and grants."""
    return str(value("SELECT pg_get_functiondef(%s::regproc)", f"public.{function}"))


@contextmanager
def made(fault: Fault) -> Iterator[None]:
    """Install the fault for this connection until the block ends, then roll it back."""
    with transaction.atomic():
        # Pending deferred constraints would prevent ALTER TABLE.
        rows("SET CONSTRAINTS ALL IMMEDIATE")
        fault.install()
        yield
        transaction.set_rollback(True)


@contextmanager
def made_for_all(fault: Fault) -> Iterator[None]:
    """Install the fault for every connection, and restore its function when the block ends."""
    assert fault.function, "only functions can be restored"
    before = definition_of(fault.function)
    fault.install()
    try:
        yield
    finally:
        rows(before)


RELEASE_WITHOUT_GUARD = Fault(
    "release_session without `sessions_used > 0`",
    function="release_session",
    text=" AND sessions_used > 0",
)
USE_WITHOUT_GUARD = Fault(
    "use_session without `sessions_used < sessions_total`",
    function="use_session",
    text="AND sessions_used < sessions_total",
)
USE_EXPIRED = Fault(
    "use_session without a check of the expiry",
    function="use_session",
    text="AND (expires_at IS NULL OR expires_at > now())",
)
UNDO_WITHOUT_GUARD = Fault(
    "undo_event without a check for room",
    function="undo_event",
    text="purchase.sessions_used - event.delta <= purchase.sessions_total",
    instead="true",
)
HOLD_WITHOUT_LOCK = Fault(
    "lock_and_check_undo without a lock on the purchase",
    function="lock_and_check_undo",
    text=" FOR NO KEY UPDATE",
)
ONE_EVENT_INDEX = Fault(
    "no unique index on request_id",
    ("ALTER TABLE public.session_events DROP CONSTRAINT a_request_has_one_event",),
)
ONE_REVERSAL_INDEX = Fault(
    "no unique index on reverses_id",
    ("ALTER TABLE public.session_events DROP CONSTRAINT an_event_is_reversed_once",),
)
SAME_PURCHASE_KEY = Fault(
    "no foreign key on (purchase_id, reverses_id)",
    (
        "ALTER TABLE public.session_events "
        "DROP CONSTRAINT an_event_reverses_one_of_its_own_purchase",
    ),
)
COUNT_CHECK = Fault(
    "no check of the count",
    ("ALTER TABLE public.client_purchases DROP CONSTRAINT sessions_used_is_between_0_and_total",),
)
EVENTS_OFF = Fault(
    "the trigger for updates is disabled",
    ("ALTER TABLE public.client_purchases DISABLE TRIGGER record_changed_session_event",),
)
BIRTHS_OFF = Fault(
    "the trigger for inserts and deletes is disabled",
    ("ALTER TABLE public.client_purchases DISABLE TRIGGER record_session_event",),
)
TRUNCATE_OFF = Fault(
    "the trigger for TRUNCATE is disabled",
    ("ALTER TABLE public.client_purchases DISABLE TRIGGER record_truncated_purchases",),
)
CHANGES_OFF = Fault(
    "the trigger for changes of a purchase is disabled",
    ("ALTER TABLE public.client_purchases DISABLE TRIGGER record_changed_purchase_event",),
)
SALES_OFF = Fault(
    "the trigger for new and deleted purchases is disabled",
    ("ALTER TABLE public.client_purchases DISABLE TRIGGER record_purchase_event",),
)
ONE_PURCHASE_EVENT_INDEX = Fault(
    "no unique index on request_id of purchase_events",
    ("ALTER TABLE public.purchase_events DROP CONSTRAINT a_request_has_one_purchase_event",),
)
ONE_UNDO_INDEX = Fault(
    "no unique index on reverses_id of purchase_events",
    ("ALTER TABLE public.purchase_events DROP CONSTRAINT a_purchase_event_is_undone_once",),
)
MAY_FORGET_CHANGES = Fault(
    "no append-only trigger on purchase_events",
    ("DROP TRIGGER forbid_change ON public.purchase_events",),
)
CHANGE_OF_ANOTHER_PURCHASE = Fault(
    "record_purchase_event accepts the request of another purchase",
    function="record_purchase_event",
    text="IS DISTINCT FROM (NEW.id, v_operation, pg_current_xact_id())",
    instead="IS NULL",
)
HOLD_OFF = Fault(
    "no trigger that checks the request of a change",
    ("DROP TRIGGER enforce_request ON public.client_purchases",),
)
MAY_FORGET = Fault(
    "no append-only trigger",
    (
        "DROP TRIGGER forbid_change ON public.session_events",
        "DROP TRIGGER forbid_change ON public.session_requests",
    ),
)
NO_KIND = Fault(
    "release_session without its kind",
    ("ALTER FUNCTION public.release_session(uuid) RESET application_name",),
)
INVOKER = Fault(
    "functions with SECURITY INVOKER",
    (
        "ALTER FUNCTION public.release_session(uuid) SECURITY INVOKER",
        "ALTER FUNCTION public.use_session(uuid) SECURITY INVOKER",
    ),
)
FREE_PATH = Fault(
    "functions without a fixed search_path",
    (
        "ALTER FUNCTION public.release_session(uuid) RESET search_path",
        "ALTER FUNCTION public.use_session(uuid) RESET search_path",
    ),
)
UNQUALIFIED = Fault(
    "an unqualified table name",
    ("ALTER FUNCTION public.release_session(uuid) SET search_path = public",),
    function="release_session",
    text="public.client_purchases",
    instead="client_purchases",
)
FOR_ANYBODY = Fault(
    "EXECUTE granted to PUBLIC",
    ("GRANT EXECUTE ON FUNCTION public.release_session(uuid) TO PUBLIC",),
)
TRIGGER_FUNCTION_FOR_ANYBODY = Fault(
    "EXECUTE on a trigger function granted to PUBLIC",
    ("GRANT EXECUTE ON FUNCTION public.record_session_event() TO PUBLIC",),
)
ANSWERED_AGAIN = Fault(
    "a refused request may lead to an event later",
    function="enforce_request",
    text="v_request.claimed_xact_id <> pg_current_xact_id()",
    instead="false",
)

HOLDS_NOTHING = Fault(
    "enforce_request lets a visit that was given back through",
    function="enforce_request",
    text="RETURN NULL",
    instead="RETURN NEW",
)
OLDEST_FIRST = Fault(
    "the oldest use is reversed instead of the newest",
    function="event_to_reverse",
    text="ORDER BY event.id DESC",
    instead="ORDER BY event.id",
)
NULL_IS_NO_CHANGE = Fault(
    "a change of the count to null is not detected",
    function="record_session_event",
    text="NEW.sessions_used IS DISTINCT FROM OLD.sessions_used",
    instead="NEW.sessions_used <> OLD.sessions_used",
)

_RETURNS = {"release_session": ("int", "- 1", "> 0", "v_used - 1", "-1"),
            "use_session": ("boolean", "+ 1", "< v_total", "true", "false")}  # fmt: skip


def select_then_update(function: str) -> Fault:
    """Return a fault that reads the count and then writes the new one, without a guard."""
    operation = {"release_session": "reinstate", "use_session": "use"}[function]
    returns, change, guard, done, refused = _RETURNS[function]
    return Fault(
        f"{function} as SELECT, then UPDATE",
        function=function,
        statements=(
            f"""
            CREATE OR REPLACE FUNCTION public.{function}(p_purchase_id uuid) RETURNS {returns}
            LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = pg_catalog, pg_temp SET application_name = 'studio: {operation}'
            AS $$
            DECLARE v_used int; v_total int;
            BEGIN
                SELECT sessions_used, sessions_total INTO v_used, v_total
                FROM public.client_purchases WHERE id = p_purchase_id;
                IF v_used {guard} THEN
                    UPDATE public.client_purchases SET sessions_used = v_used {change}
                    WHERE id = p_purchase_id;
                    RETURN {done};
                END IF;
                RETURN {refused};
            END
            $$
            """,
        ),
    )


# The state machine of purchase_as_of() detects each of these.
AS_OF_FAULTS = [
    Fault(
        "a new purchase is recorded without its expiry",
        function="record_purchase_event",
        text="NEW.created_at,\n            NEW.expires_at",
        instead="NEW.created_at, NULL",
    ),
    Fault(
        "purchase_as_of reads the first event instead of the last",
        function="purchase_as_of",
        text="ORDER BY event.id DESC LIMIT 1\n    ) AS state",
        instead="ORDER BY event.id LIMIT 1\n    ) AS state",
    ),
    Fault(
        "purchase_as_of ignores changes of the expiry",
        function="purchase_as_of",
        text="CASE WHEN changed.id IS NULL",
        instead="CASE WHEN true",
    ),
    Fault(
        "purchase_as_of ignores the time",
        function="purchase_as_of",
        text="event.purchase_id = p_purchase_id AND event.occurred_at <= p_at",
        instead="event.purchase_id = p_purchase_id",
    ),
]
