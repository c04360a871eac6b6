"""The ledger of clients: every change by any program is an event, and no event can be changed."""

from typing import Any

import pytest
from django.db import DatabaseError

from purchases import invariants
from purchases.models import Client, ClientEvent, Org
from purchases.models.client_event import RECORDED_OF_CLIENT
from tests.database import acting_as, make_role, rows, value
from tests.factories import make_client, make_org, make_purchase
from tests.ledger import unguarded

# The columns that no event records, and why.
NOT_RECORDED = {"created_at": "it says when the row was made, and the first event says that too"}


@pytest.fixture
def ana(northside: Org) -> Client:
    return make_client(
        org=northside, name="Ana Ruiz", email="ana@example.com", phone="0412 345 678"
    )


def new_values(org: Org) -> dict[str, Any]:
    """Return a new value for each recorded column of a client."""
    return {
        "id": "00000000-0000-0000-0000-000000000001",
        "org_id": make_org(name="Southside Yoga").pk,
        "full_name": "Ana R.",
        "email": "other@example.com",
        "phone": None,
        "notes": "left knee",
        "status": "inactive",
    }


def kinds(client: Client) -> list[str]:
    return list(ClientEvent.objects.filter(client_id=client.pk).values_list("kind", flat=True))


def test_every_column_is_recorded_or_has_a_reason_why_not(northside: Org) -> None:
    """A new column fails here until somebody decides whether the ledger records it."""
    columns = rows(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = 'clients'"
    )

    assert {name for (name,) in columns} == {*new_values(northside), *NOT_RECORDED}


@pytest.mark.parametrize("column", RECORDED_OF_CLIENT)
def test_update_by_another_program_is_recorded_under_its_role(ana: Client, column: str) -> None:
    after = new_values(ana.org)[column]
    role = make_role("SELECT, UPDATE ON clients")
    with acting_as(role):
        rows(f"UPDATE clients SET {column} = %s WHERE id = %s", after, ana.pk)

    event = ClientEvent.objects.latest("pk")
    assert (event.kind, event.db_role, event.request_id) == ("corrected", role, None)
    differing = [
        name
        for name in RECORDED_OF_CLIENT
        if getattr(event, name) != getattr(event, f"{name}_before")
    ]
    assert differing == [column]
    assert getattr(event, f"{column}_before") == getattr(ana, column)
    assert getattr(event, column) == after


def test_update_that_changes_nothing_writes_no_event(ana: Client) -> None:
    rows("UPDATE clients SET full_name = full_name, created_at = now()")

    assert kinds(ana) == ["opened"]


def test_insert_delete_and_truncate_are_recorded(northside: Org) -> None:
    one, two = make_client(org=northside), make_client(org=northside, name="Ben Ode")
    rows("DELETE FROM clients WHERE id = %s", one.pk)
    rows("SET CONSTRAINTS ALL IMMEDIATE")
    rows("TRUNCATE clients CASCADE")

    assert (kinds(one), kinds(two)) == (["opened", "deleted"], ["opened", "deleted"])
    last = ClientEvent.objects.latest("pk")
    assert (last.full_name_before, last.full_name) == ("Ben Ode", None)


def test_another_program_deletes_a_client_with_its_own_rights(ana: Client) -> None:
    """The ledger has no foreign key, and its trigger has the rights of its owner."""
    with acting_as(make_role("SELECT, DELETE ON clients")):
        rows("DELETE FROM clients WHERE id = %s", ana.pk)

    assert kinds(ana) == ["opened", "deleted"]


def test_changed_id_is_recorded_as_a_deleted_client_and_a_new_one(ana: Client) -> None:
    new_id = new_values(ana.org)["id"]
    rows("UPDATE clients SET id = %s", new_id)

    assert kinds(ana) == ["opened", "deleted"]
    assert value("SELECT kind FROM client_events WHERE client_id = %s", new_id) == "opened"


def test_change_by_a_replica_session_is_recorded(ana: Client) -> None:
    rows("SET LOCAL session_replication_role = replica")
    rows("UPDATE clients SET email = NULL")

    assert kinds(ana) == ["opened", "corrected"]


def test_client_older_than_the_ledger_has_the_values_before_its_first_change(
    northside: Org,
) -> None:
    with unguarded("clients"):
        old = make_client(org=northside, name="Old Name")
    rows("UPDATE clients SET full_name = 'New Name'")

    event = ClientEvent.objects.get(client_id=old.pk)
    assert (event.full_name_before, event.full_name) == ("Old Name", "New Name")
    assert invariants.check_clients() == []


def test_a_use_writes_no_event_of_the_client(northside: Org) -> None:
    """The press touches no client, so the ledger costs it nothing."""
    purchase = make_purchase(org=northside)

    rows("SELECT use_session(%s), release_session(%s)", purchase.pk, purchase.pk)

    assert kinds(purchase.client) == ["opened"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM client_events",
        "UPDATE client_events SET kind = 'added'",
        "UPDATE client_events SET full_name = 'Somebody else'",
        "UPDATE client_events SET full_name = NULL",
        "UPDATE client_events SET erased_at = now(), db_role = 'nobody', full_name = NULL,"
        " email = NULL, phone = NULL, notes = NULL",
        "TRUNCATE client_events CASCADE",
        "DELETE FROM client_requests",
        "UPDATE client_requests SET actor_id = 1",
    ],
)
def test_ledger_is_append_only(ana: Client, statement: str) -> None:
    with pytest.raises(DatabaseError, match="the table is append-only"):
        rows(statement)


def test_erased_event_cannot_keep_a_value(ana: Client) -> None:
    with pytest.raises(DatabaseError, match="client_events_an_erased_one_is_empty"):
        rows("UPDATE client_events SET erased_at = now(), full_name = NULL")


# --- Erasure --------------------------------------------------------------------------------------


def test_erasure_empties_the_client_and_all_its_events(ana: Client) -> None:
    rows("UPDATE clients SET full_name = 'Ana R.', notes = 'left knee' WHERE id = %s", ana.pk)
    ben = make_client(org=ana.org, name="Ben Ode")

    assert value("SELECT erase_client(%s)", ana.pk) == 3

    ana.refresh_from_db()
    assert (ana.full_name, ana.email, ana.phone, ana.notes) == ("Erased client", None, None, None)
    assert kinds(ana) == ["opened", "corrected", "erased"]
    events = value("SELECT string_agg(event::text, ' ') FROM client_events AS event") or ""
    terms = value("SELECT string_agg(term, ' ') FROM client_search_terms") or ""
    for personal in ("Ana", "ana", "0412 345", "0412345", "345678", "knee"):
        assert personal not in events + terms
    assert ClientEvent.objects.get(client_id=ben.pk).full_name == "Ben Ode"


def test_erasure_keeps_when_and_through_which_role(ana: Client) -> None:
    columns = "id, org_id, kind, db_role, occurred_at, xact_id::text"
    before = rows(f"SELECT {columns} FROM client_events")

    rows("SELECT erase_client(%s)", ana.pk)

    assert before[0] in rows(f"SELECT {columns} FROM client_events")


def test_erasure_reaches_a_client_that_another_program_deleted(ana: Client) -> None:
    rows("DELETE FROM clients")

    assert value("SELECT erase_client(%s)", ana.pk) == 2
    assert "Ana" not in value("SELECT string_agg(event::text, ' ') FROM client_events AS event")


def test_erased_client_breaks_no_invariant_and_can_be_changed_again(ana: Client) -> None:
    rows("SELECT erase_client(%s)", ana.pk)
    rows("UPDATE clients SET full_name = 'Ana Ruiz' WHERE id = %s", ana.pk)

    assert invariants.check_clients() == []
    assert value("SELECT erase_client(%s)", ana.pk) == 2


def test_the_site_cannot_erase(ana: Client) -> None:
    role = make_role("SELECT, UPDATE ON clients")

    with (
        pytest.raises(DatabaseError, match="permission denied for function erase_client"),
        acting_as(role),
    ):
        rows("SELECT erase_client(%s)", ana.pk)


# --- check_ledger ---------------------------------------------------------------------------------


@pytest.mark.breaks_the_ledger
def test_check_finds_a_client_that_was_changed_behind_its_ledger(ana: Client) -> None:
    with unguarded("clients"):
        rows("UPDATE clients SET full_name = 'Forged', email = NULL")

    (violation,) = invariants.check_clients()

    assert (violation.row_id, violation.name) == (ana.pk, "Forged")
    assert violation.wrong.startswith("its full_name and email differ from client event")
    rows(violation.remedy.partition(": ")[2])
    assert invariants.check_clients() == []


@pytest.mark.breaks_the_ledger
def test_check_finds_a_client_that_was_deleted_behind_its_ledger(ana: Client) -> None:
    with unguarded("clients"):
        rows("DELETE FROM clients")

    (violation,) = invariants.check_clients()

    assert "the client is gone" in violation.wrong
    rows(violation.remedy.partition(": ")[2])
    assert invariants.check_clients() == []


@pytest.mark.breaks_the_ledger
def test_check_finds_a_client_that_returned_behind_its_ledger(ana: Client) -> None:
    rows("DELETE FROM clients")
    with unguarded("clients"):
        rows(
            "INSERT INTO clients (id, org_id, full_name) VALUES (%s, %s, 'Back')",
            ana.pk,
            ana.org_id,
        )

    (violation,) = invariants.check_clients()

    assert "deleted the client, and it exists" in violation.wrong
    rows(violation.remedy.partition(": ")[2])
    assert invariants.check_clients() == []


@pytest.mark.breaks_the_ledger
def test_check_finds_a_change_between_two_events(ana: Client) -> None:
    with unguarded("clients"):
        rows("UPDATE clients SET full_name = 'Forged'")
    rows("UPDATE clients SET full_name = 'Ana Ruiz'")

    (violation,) = invariants.check_clients()

    assert "does not continue the event before it" in violation.wrong
