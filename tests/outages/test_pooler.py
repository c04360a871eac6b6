"""The site refuses a pooler that does not assign whole sessions, and works behind one that does.

`PRESSES=10000` sends that many actions through PgBouncer. `PGBOUNCER=/path/of/pgbouncer` tests
another version of it.
"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings

from purchases.models import SessionEvent
from studio.database.postgresql import outage, pooler
from studio.database.postgresql.pooler import NOT_RESET, SHARED, UnsafePooler, Way, look
from studio.models import User
from tests.database import wait_until
from tests.factories import make_purchase
from tests.outages.pgbouncer import MovingPooler, PgBouncer, needs_pgbouncer
from tests.outages.site import Person, Site, form_for, running_site, signed_in
from tests.outages.writers import counted
from tests.processes import manage

PEOPLE = 4
PRESSES = int(os.environ.get("PRESSES") or 200)
UNSAFE = [
    ({"pool_mode": "transaction"}, SHARED),
    ({"pool_mode": "transaction", "default_pool_size": 1}, SHARED),
    ({"pool_mode": "transaction", "server_round_robin": 1}, SHARED),
    ({"pool_mode": "statement"}, SHARED),
    ({"pool_mode": "session", "server_reset_query": ""}, NOT_RESET),
]


@contextmanager
def pgbouncer(folder: Path, login: dict[str, Any], **options: object) -> Iterator[PgBouncer]:
    folder.mkdir()
    with PgBouncer(folder, login, **options).running() as running:
        yield running


@pytest.fixture(autouse=True)
def no_look_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pooler.State, "is_safe", False)
    monkeypatch.setattr(pooler.State, "refusal", None)


def test_no_pooler_is_found_on_a_direct_connection(login: dict[str, Any]) -> None:
    assert look(login) is Way.DIRECT


@needs_pgbouncer
def test_a_pooler_of_whole_sessions_is_accepted(login: dict[str, Any], tmp_path: Path) -> None:
    with pgbouncer(tmp_path / "pooler", login) as running:
        assert look(running.parameters) is Way.SESSIONS


@needs_pgbouncer
@pytest.mark.parametrize(("options", "sentence"), UNSAFE)
def test_an_unsafe_pooler_is_refused_with_what_to_set(
    login: dict[str, Any], tmp_path: Path, options: dict[str, object], sentence: str
) -> None:
    with (
        pgbouncer(tmp_path / "pooler", login, **options) as running,
        pytest.raises(UnsafePooler) as refusal,
    ):
        look(running.parameters)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("connections", range(1, 8))
def test_a_pooler_that_hides_itself_is_refused(login: dict[str, Any], connections: int) -> None:
    """The pooler gives its connections out in turn, so their number decides which one comes."""
    with (
        MovingPooler(login, connections).running() as moving,
        pytest.raises(UnsafePooler) as refusal,
    ):
        look(moving.parameters)
    assert str(refusal.value) == SHARED


def test_the_moving_pooler_shares_the_settings_of_its_clients(login: dict[str, Any]) -> None:
    """Negative control: without the look, one client would see the setting of another."""
    with (
        MovingPooler(login, connections=1).running() as moving,
        psycopg.connect(**moving.parameters, autocommit=True) as one,
        psycopg.connect(**moving.parameters, autocommit=True) as other,
    ):
        one.execute("SELECT set_config('studio.org_ids', 'of the first', false)")
        assert other.execute("SELECT current_setting('studio.org_ids')").fetchone() == (
            "of the first",
        )


def test_a_web_process_looks_once_if_the_way_is_safe(
    login: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Any] = []
    monkeypatch.setattr(outage.State, "is_watching", True)
    monkeypatch.setattr(pooler, "look", looks.append)
    for _ in range(3):
        pooler.require_safe(login)
    assert looks == [login]


def test_a_look_without_an_answer_is_repeated(
    login: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage.State, "is_watching", True)
    pooler.require_safe(login | {"dbname": "there is no such database"})
    assert not pooler.State.is_safe
    pooler.require_safe(login)
    assert pooler.State.is_safe


@needs_pgbouncer
def test_check_reports_an_unsafe_pooler(login: dict[str, Any], tmp_path: Path) -> None:
    with pgbouncer(tmp_path / "pooler", login, pool_mode="transaction") as running:
        result = manage(
            *("check", "--database", "default"),
            DATABASE_URL=running.url_of(login["user"]),
            SECRET_KEY=settings.SECRET_KEY,
        )
    assert result.returncode == 1
    assert f"(studio.E011) {SHARED}" in result.stderr


@needs_pgbouncer
def test_the_site_answers_nothing_until_the_pooler_is_safe(
    login: dict[str, Any], tmp_path: Path, collected: Path
) -> None:
    log = collected / "site.log"
    before = log.stat().st_size if log.exists() else 0
    with (
        pgbouncer(tmp_path / "pooler", login, pool_mode="transaction") as running,
        running_site(running.url_of(login["user"]), collected) as site,
    ):
        wait_for_health(site, 503, "unsafe pooler")
        with site.connect() as browser:
            browser.request("GET", "/accounts/login/", headers={"Cookie": f"sessionid={32 * 'a'}"})
            assert browser.getresponse().status == 503
        running.reload(pool_mode="session")
        wait_for_health(site, 200, "ok")
    lines = log.read_bytes()[before:].decode()
    assert f"the site answers no request: {SHARED}" in lines
    assert "Traceback" not in lines


def wait_for_health(site: Site, status: int, state: str) -> None:
    wait_until(lambda: site.healthz() == (status, {"database": state}))


# --- The site behind PgBouncer --------------------------------------------------------------------


@needs_pgbouncer
@pytest.mark.django_db(transaction=True)
def test_every_press_through_pgbouncer_gets_the_right_answer(
    login: dict[str, Any], mia: User, collected: Path, tmp_path: Path
) -> None:
    org = mia.memberships.get().org
    packs = [make_purchase(org=org, total=10, used=5).pk for _ in range(PEOPLE)]
    cookies = signed_in(mia)
    with (
        pgbouncer(tmp_path / "pooler", login) as running,
        running_site(running.url_of(login["user"]), collected, workers=2) as site,
        ThreadPoolExecutor(PEOPLE) as people,
    ):
        started = time.monotonic()
        wrong = sum(people.map(lambda pack: press_and_compare(site, cookies, pack), packs))
        seconds = time.monotonic() - started
    print(f"{PRESSES:,} presses in {seconds:.0f} s, {wrong} wrong answers")
    assert wrong == 0
    assert SessionEvent.objects.filter(kind__in=["used", "reinstated"]).count() == PRESSES


def press_and_compare(site: Site, cookies: dict[str, str], pack: UUID) -> int:
    """Use and reinstate in turn. Return how many answers had another status or count."""
    person = Person(site, cookies)
    page, wrong = person.get(), 0
    for number in range(PRESSES // PEOPLE):
        is_use = number % 2 == 0
        answer = person.submit(form_for(page, "use" if is_use else "reinstate", pack), htmx=True)
        if answer.status_code != 200 or counted(answer) != (6 if is_use else 5):
            wrong += 1
            page = person.get()
        else:
            page = answer
    return wrong
