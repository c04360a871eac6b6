"""A database that refuses writes, or whose commits wait for a standby that is away."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.http import HttpResponse

from tests.outages.conftest import migrate
from tests.outages.populated import populated
from tests.outages.replicas import BINARIES, Replica, primary, standby_of
from tests.outages.site import Form, Person, form_for, forms_on, running_site
from tests.pages import words_on

pytestmark = pytest.mark.skipif(
    not (BINARIES / "initdb").exists(), reason="no PostgreSQL 15 from Debian on this machine"
)

UNCONFIRMED = "We could not confirm this yet. It is safe to try again."
LONGEST = 8.0
LEFT = "postgresql://studio_app@/postgres?port=5432,5432&target_session_attrs=read-write&host="


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Replica]:
    with primary(tmp_path) as server:
        migrate(server.url)
        yield server


@pytest.fixture
def studio(server: Replica) -> dict[str, Any]:
    return populated(server.url)


def as_web(url: str) -> str:
    return url.replace("postgres@", "studio_app@")


def press(person: Person, form: Form) -> HttpResponse:
    """Submit a form whose outcome is not known, and return the page with the same request id."""
    started = time.monotonic()
    page = person.submit(form)
    assert time.monotonic() - started < LONGEST
    assert page.status_code == 503
    assert UNCONFIRMED in words_on(page)
    (again,) = forms_on(page)
    assert again.fields["request_id"] == form.fields["request_id"]
    return page


def uses(url: str, pack: UUID) -> int:
    query = "SELECT count(*) FROM session_events WHERE purchase_id = %s AND kind = 'used'"
    with psycopg.connect(url) as database:
        ((count,),) = database.execute(query, [pack]).fetchall()
    return int(count)


def test_a_standby_says_so_and_counts_once_it_is_promoted(
    server: Replica, studio: dict[str, Any], collected: Path
) -> None:
    pack = UUID(studio["packs"][0])
    with standby_of(server) as standby, running_site(as_web(standby.url), collected) as site:
        person = Person(site, studio["cookies"])
        page = person.get()
        assert page.status_code == 200
        assert site.healthz() == (503, {"database": "read-only"})

        unconfirmed = press(person, form_for(page, "use", pack))

        standby.promote()
        assert site.healthz() == (200, {"database": "ok"})
        assert person.submit(forms_on(unconfirmed)[0]).status_code == 200
        assert uses(standby.url, pack) == 1


def test_a_url_with_two_hosts_leads_from_a_read_only_primary_to_the_new_one(
    server: Replica, studio: dict[str, Any], collected: Path
) -> None:
    pack = UUID(studio["packs"][0])
    with standby_of(server) as standby:
        url = f"{LEFT}{server.folder},{standby.folder}"
        with running_site(url, collected) as site:
            person = Person(site, studio["cookies"])
            page = person.submit(form_for(person.get(), "use", pack))
            assert page.status_code == 200
            assert site.healthz() == (200, {"database": "ok"})

            # The connections of the site stay open.
            wait_for_replay(server, standby)
            server.set("default_transaction_read_only", "on")
            standby.promote()
            assert site.healthz() == (503, {"database": "read-only"})
            unconfirmed = press(person, form_for(page, "use", pack))

            assert person.submit(forms_on(unconfirmed)[0]).status_code == 200
            assert site.healthz() == (200, {"database": "ok"})
            assert (uses(server.url, pack), uses(standby.url, pack)) == (1, 2)


def wait_for_replay(server: Replica, standby: Replica) -> None:
    with psycopg.connect(server.url) as one, psycopg.connect(standby.url, autocommit=True) as two:
        ((position,),) = one.execute("SELECT pg_current_wal_lsn()").fetchall()
        until = time.monotonic() + LONGEST
        while two.execute(
            "SELECT pg_last_wal_replay_lsn() < %s::pg_lsn", [position]
        ).fetchone() != (False,):
            assert time.monotonic() < until
            time.sleep(0.05)


def wait_for_missing_standby(server: Replica) -> None:
    """Let commits wait for a standby that does not exist. The server needs a moment to obey."""
    server.set("synchronous_standby_names", "missing")
    with psycopg.connect(server.url, autocommit=True) as database, ThreadPoolExecutor(1) as pool:
        waits = False
        while not waits:
            write = "SELECT pg_logical_emit_message(true, '', '')"
            commit = pool.submit(database.execute, write)
            waits = not wait([commit], timeout=0.5).done
        database.cancel_safe()


def test_a_commit_without_its_standby_is_not_confirmed_and_counts_once(
    server: Replica, studio: dict[str, Any], collected: Path
) -> None:
    packs = [UUID(pack) for pack in studio["packs"]]
    with running_site(as_web(server.url), collected, workers=2) as site:
        people = [Person(site, studio["cookies"]) for _ in range(8)]
        page = people[0].get()
        forms = [form_for(person.get(), "use", packs[n % 4]) for n, person in enumerate(people)]
        with psycopg.connect(server.url) as database:
            # The next page of each person stores that it was used.
            database.execute("UPDATE studio_session SET last_used_at = now() - interval '2 min'")
        wait_for_missing_standby(server)

        with ThreadPoolExecutor(8) as pool:
            presses = [pool.submit(press, p, form) for p, form in zip(people, forms, strict=True)]
            time.sleep(0.5)
            while not all(answer.done() for answer in presses):
                started = time.monotonic()
                assert people[0].get().status_code == 200
                assert site.healthz() == (200, {"database": "ok"})
                assert time.monotonic() - started < 3
            unconfirmed = [answer.result() for answer in presses]
        # Also a repetition, which finds the request committed, is not confirmed.
        assert forms_on(press(people[0], forms_on(unconfirmed[0])[0]))

        server.set("synchronous_standby_names", "")
        for person, before in zip(people, unconfirmed, strict=True):
            assert person.submit(forms_on(before)[0]).status_code == 200
        assert page.status_code == 200
        assert [uses(server.url, pack) for pack in packs] == [2] * 4


def test_postgresql_reports_a_cancelled_wait_as_success(server: Replica) -> None:
    """The control: without the site's handler of notices, the statement seems to succeed."""
    wait_for_missing_standby(server)
    notices: list[str | None] = []
    with psycopg.connect(server.url, autocommit=True) as database:
        database.add_notice_handler(lambda notice: notices.append(notice.sqlstate))
        database.execute("SET statement_timeout = '100ms'")
        with ThreadPoolExecutor(1) as pool:
            created = pool.submit(database.execute, "CREATE TABLE made (id int)")
            time.sleep(1)
            assert not created.done(), "statement_timeout does not end the wait"
            database.cancel_safe()
            assert created.result().statusmessage == "CREATE TABLE"
    assert notices == ["01000"]
