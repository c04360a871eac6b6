"""A hostile role that may call the two functions can neither change a count by other means nor
hide its name from the audit ledger. It has a schema and may create temporary objects.

The tests run with the functions as the migrations create them, owned by the tables' owner, and as
`setup_roles` leaves them, owned by studio_ledger.
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
from tests.integrity.schedule import ActionParameters, execute_here
from tests.roles.conftest import no_roles, studio_roles  # noqa: F401  # fixtures
from tests.roles.logins import signed_in_as

pytestmark = pytest.mark.django_db

ALL_ROWS = """
    SELECT (SELECT json_agg(purchase ORDER BY id) FROM public.client_purchases AS purchase)::text,
        (SELECT json_agg(event ORDER BY id) FROM public.session_events AS event)::text,
        (SELECT json_agg(request) FROM public.session_requests AS request)::text
"""


@pytest.fixture(params=["tables' owner", "studio_ledger"])
def owner_of_the_functions(request: pytest.FixtureRequest) -> None:
    if request.param == "studio_ledger":
        request.getfixturevalue("studio_roles")


@pytest.fixture
def pack(mia: User) -> Purchase:
    return make_purchase(org=mia.membership.org, total=3, used=2)


@pytest.fixture
def names(mia: User, pack: Purchase) -> dict[str, Any]:
    """The values of the placeholders in the attacks."""
    other = make_purchase(org=pack.org, client=pack.client, offer=pack.offer, used=0)
    request = ActionParameters(uuid4(), "reinstate", other.pk, mia.pk)
    assert execute_here(request) == (-1, None)
    rows("SELECT set_config('studio.request_id', '', true)")
    owner = value("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'session_events'")
    return {"me": make_intruder(), "pack": pack.pk, "request": request.request_id, "owner": owner}


def call(function: str, purchase_id: UUID) -> Any:
    return value(f"SELECT public.{function}(%s)", purchase_id)


@pytest.mark.usefixtures("owner_of_the_functions")
@pytest.mark.parametrize("prelude", PRELUDES)
def test_prelude_does_not_change_the_effect_of_a_call(
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
    new_events = rows(
        "SELECT split_part(db_role, ' ', 1), occurred_at > now() - interval '1 hour'"
        " FROM public.session_events WHERE id > %s",
        before,
    )
    assert new_events == [(names["me"], True)] * 2, "the ledger has the role and the time"
    check_invariants(pack.pk)


@pytest.mark.usefixtures("owner_of_the_functions")
@pytest.mark.parametrize("attack", REFUSALS)
def test_attack_is_refused_and_changes_nothing(names: dict[str, Any], attack: str) -> None:
    statements, why = REFUSALS[attack]
    before = rows(ALL_ROWS)

    with refused(why.format(**names)), signed_in_as(names["me"]):
        for statement in statements:
            rows(statement.format(**names))

    assert rows(ALL_ROWS) == before


@pytest.mark.usefixtures("studio_roles")
def test_row_security_off_only_affects_the_caller(pack: Purchase, names: dict[str, Any]) -> None:
    """The table has row level security policies, as in a database that the project attached to."""
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
    ("operation", "recorded"),
    [("use", "used"), ("used", "corrected"), ("correct_expiry", "corrected")],
)
def test_role_with_update_can_mislabel_but_not_hide_a_change(
    pack: Purchase, operation: str, recorded: str
) -> None:
    """A program with UPDATE on the table is trusted with the count. The ledger still adds up and
    stores its role."""
    role = make_role("SELECT, UPDATE (sessions_used) ON public.client_purchases")

    with signed_in_as(role):
        rows(f"SET LOCAL application_name = 'studio: {operation}'")
        rows("UPDATE public.client_purchases SET sessions_used = sessions_used + 1")
        rows("SET LOCAL application_name = 'psql'")

    check_invariants(pack.pk)
    newest = "SELECT kind, delta, db_role FROM session_events ORDER BY id DESC LIMIT 1"
    assert rows(newest) == [(recorded, 1, role)]
