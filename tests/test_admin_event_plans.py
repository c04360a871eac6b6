"""Query plans of the admin's searches for events, at 100,000 events of 30 people."""

import pytest
from django.db.models import Q
from django.test import Client as Browser

from purchases.models import Org, SessionEvent
from studio.models import User
from tests.conftest import SignIn
from tests.database import rows
from tests.plans import Query, blocks_read, queries_recorded, read_whole, rows_read

# The events name purchases that never existed.
pytestmark = pytest.mark.breaks_the_ledger

SIZE = 100_000
PEOPLE = 30
LIMIT = 40_000

REQUESTS = """
    INSERT INTO session_requests (request_id, operation, purchase_id, actor_id)
    SELECT md5(n::text)::uuid, 'reinstate', md5((n %% 20000)::text)::uuid, people.ids[n %% %s + 1]
    FROM generate_series(1, %s) AS n, (SELECT %s::int[] AS ids) AS people
"""
EVENTS = """
    INSERT INTO session_events
        (org_id, purchase_id, kind, delta, sessions_used, request_id, db_role)
    SELECT %s, md5((n %% 20000)::text)::uuid, 'reinstated', -1, 3, md5(n::text)::uuid, 'studio_app'
    FROM generate_series(1, %s) AS n
"""
SECURITY_EVENTS = """
    INSERT INTO studio_security_event
        (kind, org_id, account_id, actor_id, door, address, unknown_name, detail, log_id)
    SELECT 'signed_in', %s, people.ids[n %% %s + 1], people.ids[n %% %s + 1], 'desk',
        '192.0.2.' || n %% 250, '', '', ''
    FROM generate_series(1, %s) AS n, (SELECT %s::int[] AS ids) AS people
"""


@pytest.fixture
def admin(signed_in: SignIn, olivia: User, northside: Org) -> Browser:
    """Load the events without the triggers, which would need a purchase for each."""
    people = User.objects.bulk_create([User(username=f"person{n}") for n in range(PEOPLE)])
    ids = [person.pk for person in people]
    rows("SET LOCAL session_replication_role = replica")
    rows(REQUESTS, PEOPLE, SIZE, ids)
    rows(EVENTS, northside.pk, SIZE)
    rows(SECURITY_EVENTS, northside.pk, PEOPLE, PEOPLE, SIZE, ids)
    rows("SET LOCAL session_replication_role = origin")
    for table in ("session_requests", "session_events", "studio_security_event", "studio_user"):
        rows(f"ANALYZE {table}")
    return signed_in(olivia)


def bounded(executed: list[Query]) -> bool:
    """Return whether no query scans a table, or reads more rows or blocks than the limit."""
    plans = [query.plan() for query in executed]
    return all(
        not read_whole(plan) and rows_read(plan) <= LIMIT and blocks_read(plan) <= LIMIT
        for plan in plans
    )


def test_a_search_for_events_reads_few_rows(admin: Browser) -> None:
    purchase_id = SessionEvent.objects.earliest("pk").purchase_id
    expected = {
        ("purchases/sessionevent", str(purchase_id)): 5,
        ("purchases/sessionevent", "person7"): SIZE // PEOPLE,
        ("purchases/sessionevent", "nobody"): 0,
        ("purchases/expiryevent", "person7"): 0,
        ("purchases/purchaseevent", "person7"): 0,
        ("studio/securityevent", "nobody"): 0,
        ("studio/securityevent", "person7"): 666,
        ("studio/securityevent", "192.0.2.7"): 80,
    }
    for (model, q), count in expected.items():
        with queries_recorded() as executed:
            response = admin.get(f"/admin/{model}/", {"q": q})
        assert response.context["cl"].result_count in (count, count + 1), q
        assert len(executed) <= 6
        assert bounded(executed), [query.sql for query in executed]


def test_the_check_finds_a_search_that_joins_the_accounts(admin: Browser) -> None:
    """The negative control: the search of Django's admin reads every event."""
    purchase_id = SessionEvent.objects.earliest("pk").purchase_id
    of_a_person = Q(request__actor__username__icontains=str(purchase_id))
    with queries_recorded() as executed:
        list(SessionEvent.objects.filter(Q(purchase_id=purchase_id) | of_a_person))
    assert not bounded(executed)
