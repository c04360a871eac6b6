"""A role that may call the two functions, and has a schema and temporary objects of its own, can
neither change a count otherwise nor hide that it was the one who changed it.

Tried on the functions as the migrations leave them, with the rights of the tables' owner, where a
capture would reach everything; and as `setup_roles` leaves them, owned by studio_ledger.
"""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from purchases.models import Purchase
from studio.database import grants
from studio.models import User
from tests.database import make_role, rows, value
from tests.factories import make_purchase
from tests.integrity.attacks import PRELUDES, REFUSALS
from tests.integrity.intruder import BOTH_FUNCTIONS, make_intruder, refused
from tests.integrity.invariants import check_invariants, history
from tests.integrity.schedule import Asked, ask_here
from tests.roles.conftest import no_roles, set_up  # noqa: F401  # fixtures
from tests.roles.logins import signed_in_as

pytestmark = pytest.mark.django_db

EVERYTHING = """
    SELECT (SELECT json_agg(purchase ORDER BY id) FROM public.client_purchases AS purchase)::text,
        (SELECT json_agg(event ORDER BY id) FROM public.session_events AS event)::text,
        (SELECT json_agg(request) FROM public.session_requests AS request)::text
"""


@pytest.fixture(params=["tables' owner", "studio_ledger"])
def owner_of_the_functions(request: pytest.FixtureRequest) -> None:
    if request.param == "studio_ledger":
        request.getfixturevalue("set_up")


@pytest.fixture
def pack(mia: User) -> Purchase:
    return make_purchase(org=mia.membership.org, total=3, used=2)


@pytest.fixture
def names(mia: User, pack: Purchase) -> dict[str, Any]:
    """What the attacks speak of."""
    other = make_purchase(org=pack.org, client=pack.client, offer=pack.offer, used=0)
    asked = Asked(uuid4(), "reinstate", other.pk, mia.pk)
    assert ask_here(asked) == (-1, None)
    rows("SELECT set_config('studio.request_id', '', true)")
    owner = value("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'session_events'")
    return {"me": make_intruder(), "pack": pack.pk, "request": asked.request_id, "owner": owner}


def call(function: str, purchase_id: UUID) -> Any:
    return value(f"SELECT public.{function}(%s)", purchase_id)


@pytest.mark.usefixtures("owner_of_the_functions")
@pytest.mark.parametrize("prelude", PRELUDES)
def test_the_call_does_what_it_does_for_everybody(
    pack: Purchase, names: dict[str, Any], prelude: str
) -> None:
    before = value("SELECT max(id) FROM session_events")
    with signed_in_as(names["me"]):
        for statement in PRELUDES[prelude]:
            rows(statement.format(**names))
        answers = call("release_session", pack.pk), call("use_session", pack.pk)
    rows("SET LOCAL search_path TO DEFAULT")
    rows("DROP TABLE IF EXISTS pg_temp.client_purchases, pg_temp.session_events")
    rows("DROP TABLE IF EXISTS pg_temp.session_requests")

    assert answers == (1, True)
    _, events = history(pack.pk)
    assert events == [
        ("opened", 2, 2, None, None),
        ("reinstated", -1, 1, None, None),
        ("used", 1, 2, None, None),
    ]
    made = rows(
        "SELECT split_part(made_by, ' ', 1), occurred_at > now() - interval '1 hour'"
        " FROM public.session_events WHERE id > %s",
        before,
    )
    assert made == [(names["me"], True)] * 2, "the ledger names who did it, and when"
    check_invariants(pack.pk)


@pytest.mark.usefixtures("owner_of_the_functions")
@pytest.mark.parametrize("attack", REFUSALS)
def test_an_attack_is_refused_and_changes_nothing(names: dict[str, Any], attack: str) -> None:
    statements, why = REFUSALS[attack]
    before = rows(EVERYTHING)

    with refused(why.format(**names)), signed_in_as(names["me"]):
        for statement in statements:
            rows(statement.format(**names))

    assert rows(EVERYTHING) == before


@pytest.mark.usefixtures("set_up")
def test_row_security_off_refuses_the_caller_alone(pack: Purchase, names: dict[str, Any]) -> None:
    """Where the table has policies, as in a database that was attached to."""
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows("ALTER TABLE client_purchases ENABLE ROW LEVEL SECURITY")
    grants.set_up(connection)
    rows(f"GRANT {BOTH_FUNCTIONS} TO {names['me']}")

    with refused("row-level security"), signed_in_as(names["me"]):
        rows("SET LOCAL row_security = off")
        call("release_session", pack.pk)
    with signed_in_as(names["me"]):
        assert call("release_session", pack.pk) == 1
    check_invariants(pack.pk)


@pytest.mark.parametrize(
    ("kind", "recorded"), [("used", "used"), ("opened", "corrected"), ("deleted", "corrected")]
)
def test_who_may_update_can_misname_a_change_and_not_hide_it(
    pack: Purchase, kind: str, recorded: str
) -> None:
    """A program with rights of its own on the table was trusted with the count; the ledger still
    adds up and says whose change it was."""
    role = make_role("SELECT, UPDATE (sessions_used) ON public.client_purchases")

    with signed_in_as(role):
        rows(f"SET LOCAL application_name = 'studio: {kind}'")
        rows("UPDATE public.client_purchases SET sessions_used = sessions_used + 1")
        rows("SET LOCAL application_name = 'psql'")

    check_invariants(pack.pk)
    written = "SELECT kind, delta, made_by FROM session_events ORDER BY id DESC LIMIT 1"
    assert rows(written) == [(recorded, 1, role)]
