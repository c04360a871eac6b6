"""Each mistake, made on purpose, is caught by a property that has a name, in the words that it
has for it. The same property holds where nobody made the mistake."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import Error

from studio.models import User
from tests.integrity import faults, races
from tests.integrity import properties as hold
from tests.integrity.faults import Fault, made, made_for_all, select_then_update
from tests.integrity.schedule import Ask

Property = Callable[[User], None]

COUNT = "sessions_used_is_between_0_and_total"
# The fault, the property that must notice, and how it says so.
FAULTS: list[tuple[Fault, Property, str]] = [
    (faults.RELEASE_WITHOUT_GUARD, hold.nothing_is_given_back_where_none_is_used, COUNT),
    (faults.USE_WITHOUT_GUARD, hold.nothing_is_taken_where_none_is_left, COUNT),
    (faults.USE_EXPIRED, hold.nothing_is_taken_from_an_expired_pack, "from an expired pack"),
    (faults.UNDO_WITHOUT_GUARD, hold.nothing_is_undone_where_there_is_no_room, COUNT),
    (
        faults.NO_KIND,
        hold.the_ledger_says_what_was_done,
        "recorded as ['opened', 'used', 'corrected']",
    ),
    (faults.EVENTS_OFF, hold.every_change_is_an_event, "the sum of its events is the count"),
    (faults.BIRTHS_OFF, hold.the_ledger_begins_and_ends_with_its_purchase, "recorded as []"),
    (faults.TRUNCATE_OFF, hold.a_truncated_purchase_is_a_deleted_one, "the sum of its events"),
    (faults.ONE_EVENT_INDEX, hold.a_request_has_one_event, "not refused"),
    (faults.ONE_REVERSAL_INDEX, hold.an_event_is_reversed_once, "not refused"),
    (faults.SAME_PURCHASE_KEY, hold.an_event_reverses_one_of_its_own_purchase, "not refused"),
    (faults.COUNT_CHECK, hold.the_count_stays_between_0_and_the_total, "not refused"),
    (faults.MAY_FORGET, hold.what_was_recorded_stays, "not refused"),
    (faults.HOLD_OFF, hold.a_visit_is_given_back_once, "given back twice"),
    (faults.HOLD_OFF, hold.a_request_is_for_one_purchase, "not refused"),
    (faults.INVOKER, hold.a_caller_needs_no_right_on_the_table, "permission denied for table"),
    (faults.FOR_ANYBODY, hold.only_a_role_that_was_named_may_call, "not refused"),
    (
        faults.FREE_PATH,
        hold.the_callers_operators_are_not_used,
        "session_events_delta_fits_its_kind",
    ),
    (faults.UNQUALIFIED, hold.the_callers_tables_are_not_used, "in the caller's table"),
    (
        faults.TRIGGER_FUNCTION_FOR_ANYBODY,
        hold.nobody_else_can_run_the_triggers_functions,
        "not refused",
    ),
]
# The same for two connections at once.
RACES: list[tuple[Fault, Property, str]] = [
    (
        select_then_update("use_session"),
        races.the_last_session_is_sold_once,
        "sold twice",
    ),
    (
        select_then_update("release_session"),
        races.the_only_use_is_given_back_once,
        "given back twice",
    ),
    (
        faults.HOLD_WITHOUT_LOCK,
        races.the_second_undo_knows_that_no_room_is_left,
        "it does not know why",
    ),
    (
        faults.ANSWERED_AGAIN,
        races.a_refused_request_stays_refused,
        "a refusal turned into a success",
    ),
]
# Ways to claim a request that operations does not go.
NAIVE: list[tuple[Ask, str]] = [
    (races.checks_late, "session_requests_pkey"),
    (races.claims_again, "what was recorded stays"),
    (races.claims_without_a_conflict, "session_requests_pkey"),
]


def named(thing: object) -> str:
    if isinstance(thing, Fault):
        return thing.what
    return getattr(thing, "__name__", "").replace("_", " ") or str(thing)


@pytest.mark.django_db
@pytest.mark.parametrize("holds", list(dict.fromkeys(holds for _, holds, _ in FAULTS)), ids=named)
def test_it_holds(mia: User, holds: Property) -> None:
    holds(mia)


@pytest.mark.django_db
@pytest.mark.parametrize(("fault", "holds", "says"), FAULTS, ids=named)
def test_a_fault_is_noticed(mia: User, fault: Fault, holds: Property, says: str) -> None:
    with made(fault), pytest.raises((AssertionError, Error)) as noticed:
        holds(mia)
    assert says in str(noticed.value)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("holds", [holds for _, holds, _ in RACES], ids=named)
def test_it_holds_for_two_at_once(mia: User, holds: Property) -> None:
    holds(mia)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("fault", "holds", "says"), RACES, ids=named)
def test_a_fault_is_noticed_by_two_at_once(
    mia: User, fault: Fault, holds: Property, says: str
) -> None:
    with made_for_all(fault), pytest.raises((AssertionError, Error)) as noticed:
        holds(mia)
    assert says in str(noticed.value)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_comes_twice_counts_once(mia: User) -> None:
    races.a_request_that_comes_twice_counts_once(mia)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("naive", "says"), NAIVE, ids=named)
def test_a_naive_way_to_claim_a_request_is_noticed(mia: User, naive: Ask, says: str) -> None:
    with pytest.raises((AssertionError, Error, psycopg.Error)) as noticed:
        races.a_request_that_comes_twice_counts_once(mia, by=naive)
    assert says in str(noticed.value)
