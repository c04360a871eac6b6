"""Mutation tests of the database: a named property detects each seeded fault with the expected
message. Without the fault, the property holds."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import Error

from studio.models import User
from tests.integrity import faults, properties, purchase_properties, races
from tests.integrity.faults import Fault, made, made_for_all, select_then_update
from tests.integrity.schedule import ExecuteAction

Property = Callable[[User], None]

COUNT = "sessions_used_is_between_0_and_total"
# (fault, the property that must detect it, the expected message).
FAULTS: list[tuple[Fault, Property, str]] = [
    (faults.RELEASE_WITHOUT_GUARD, properties.release_session_refuses_an_unused_pack, COUNT),
    (faults.USE_WITHOUT_GUARD, properties.use_session_refuses_a_full_pack, COUNT),
    (faults.USE_EXPIRED, properties.use_session_refuses_an_expired_pack, "used an expired pack"),
    (faults.UNDO_WITHOUT_GUARD, properties.undo_event_refuses_a_full_pack, COUNT),
    (
        faults.NO_KIND,
        properties.events_have_the_kind_of_their_function,
        "recorded as ['opened', 'used', 'corrected']",
    ),
    (
        faults.EVENTS_OFF,
        properties.every_update_writes_an_event,
        "the sum of its events is the count",
    ),
    (faults.BIRTHS_OFF, properties.insert_and_delete_write_events, "recorded as []"),
    (faults.TRUNCATE_OFF, properties.truncate_writes_events, "the sum of its events"),
    (faults.CHANGES_OFF, purchase_properties.a_change_of_a_purchase_writes_an_event, "recorded as"),
    (
        faults.SALES_OFF,
        purchase_properties.a_new_and_a_deleted_purchase_write_events,
        "recorded as",
    ),
    (
        faults.ONE_PURCHASE_EVENT_INDEX,
        purchase_properties.a_request_has_one_purchase_event,
        "not refused",
    ),
    (faults.ONE_UNDO_INDEX, purchase_properties.a_purchase_event_is_undone_once, "not refused"),
    (faults.MAY_FORGET_CHANGES, purchase_properties.purchase_events_are_append_only, "not refused"),
    (
        faults.CHANGE_OF_ANOTHER_PURCHASE,
        purchase_properties.a_request_changes_its_own_purchase,
        "not refused",
    ),
    (faults.ONE_EVENT_INDEX, properties.a_request_has_one_event, "not refused"),
    (faults.ONE_REVERSAL_INDEX, properties.an_event_is_reversed_once, "not refused"),
    (faults.SAME_PURCHASE_KEY, properties.an_event_reverses_one_of_its_own_purchase, "not refused"),
    (faults.COUNT_CHECK, properties.the_count_stays_between_0_and_the_total, "not refused"),
    (faults.MAY_FORGET, properties.ledgers_are_append_only, "not refused"),
    (faults.HOLD_OFF, properties.a_use_is_reversed_once, "reversed twice"),
    (faults.HOLD_OFF, properties.a_request_is_for_one_purchase, "not refused"),
    (
        faults.INVOKER,
        properties.callers_need_no_privilege_on_the_table,
        "permission denied for table",
    ),
    (faults.FOR_ANYBODY, properties.only_granted_roles_may_call, "not refused"),
    (
        faults.FREE_PATH,
        properties.the_callers_operators_are_not_used,
        "session_events_delta_fits_its_kind",
    ),
    (faults.UNQUALIFIED, properties.the_callers_tables_are_not_used, "the caller's table was used"),
    (
        faults.TRIGGER_FUNCTION_FOR_ANYBODY,
        properties.other_roles_cannot_run_trigger_functions,
        "not refused",
    ),
]
# The same for two concurrent connections.
RACES: list[tuple[Fault, Property, str]] = [
    (
        select_then_update("use_session"),
        races.the_last_session_is_used_once,
        "used twice",
    ),
    (
        select_then_update("release_session"),
        races.the_only_use_is_reversed_once,
        "reversed twice",
    ),
    (
        faults.HOLD_WITHOUT_LOCK,
        races.the_second_undo_is_refused_for_lack_of_room,
        "the refusal is missing",
    ),
    (
        faults.ANSWERED_AGAIN,
        races.a_refusal_is_final,
        "a refusal turned into a success",
    ),
]
# Naive claims of a request id, and the error that each causes.
NAIVE: list[tuple[ExecuteAction, str]] = [
    (races.check_before_insert, "session_requests_pkey"),
    (races.claim_with_do_update, "the table is append-only"),
    (races.claim_without_on_conflict, "session_requests_pkey"),
]


def named(thing: object) -> str:
    if isinstance(thing, Fault):
        return thing.what
    return getattr(thing, "__name__", "").replace("_", " ") or str(thing)


@pytest.mark.django_db
@pytest.mark.parametrize("holds", list(dict.fromkeys(holds for _, holds, _ in FAULTS)), ids=named)
def test_property_holds(mia: User, holds: Property) -> None:
    holds(mia)


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "holds", "message"), FAULTS, ids=named)
def test_property_detects_its_fault(mia: User, fault: Fault, holds: Property, message: str) -> None:
    with made(fault), pytest.raises((AssertionError, Error)) as raised:
        holds(mia)
    assert message in str(raised.value)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("holds", [holds for _, holds, _ in RACES], ids=named)
def test_property_of_two_connections_holds(mia: User, holds: Property) -> None:
    holds(mia)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fault", "holds", "message"), RACES, ids=named)
def test_property_of_two_connections_detects_its_fault(
    mia: User, fault: Fault, holds: Property, message: str
) -> None:
    with made_for_all(fault), pytest.raises((AssertionError, Error)) as raised:
        holds(mia)
    assert message in str(raised.value)


@pytest.mark.django_db(transaction=True)
def test_repeated_request_counts_once(mia: User) -> None:
    races.a_repeated_request_counts_once(mia)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("naive", "message"), NAIVE, ids=named)
def test_naive_claims_are_detected(mia: User, naive: ExecuteAction, message: str) -> None:
    with pytest.raises((AssertionError, Error, psycopg.Error)) as raised:
        races.a_repeated_request_counts_once(mia, by=naive)
    assert message in str(raised.value)
