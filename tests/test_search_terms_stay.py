"""Triggers keep the search terms current, whatever program writes the client."""

from uuid import UUID

import pytest
from django.db import ProgrammingError

from purchases.models import Org
from tests.database import acting_as, make_role, rows, value
from tests.factories import make_client
from tests.search_terms import found_names, terms


def insert_client(org: Org) -> UUID:
    insert = "INSERT INTO clients (org_id, full_name, email) VALUES (%s, %s, %s) RETURNING id"
    client_id = value(insert, org.pk, "Ana Ruiz", "ana@example.com")
    assert isinstance(client_id, UUID)
    return client_id


def test_an_insert_by_another_program_writes_terms(northside: Org) -> None:
    assert terms(insert_client(northside)) == {"ana", "ruiz", "ana@example.com"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("full_name = 'Ana Lee'", {"ana", "lee", "ana@example.com"}),
        ("email = NULL", {"ana", "ruiz"}),
        ("phone = '1234'", {"ana", "ruiz", "ana@example.com", "1234", "234"}),
        ("full_name = 'Bo', email = NULL", {"bo"}),
        ("notes = 'likes mornings'", {"ana", "ruiz", "ana@example.com"}),
    ],
)
def test_an_update_replaces_the_terms(northside: Org, change: str, expected: set[str]) -> None:
    client_id = insert_client(northside)
    stranger = make_client(org=northside, name="Ana Ruiz")

    rows(f"UPDATE clients SET {change} WHERE id = %s", client_id)
    assert terms(client_id) == expected
    assert terms(stranger.pk) == {"ana", "ruiz"}


def test_name_changed_by_another_programs_trigger_is_found(northside: Org) -> None:
    """The UPDATE names only the notes; a BEFORE trigger sets the name."""
    client_id = insert_client(northside)
    rows(
        "CREATE FUNCTION rename_client() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN NEW.full_name := 'Bo Lee'; RETURN NEW; END $$"
    )
    rows(
        "CREATE TRIGGER rename_client BEFORE UPDATE ON clients"
        " FOR EACH ROW EXECUTE FUNCTION rename_client()"
    )

    rows("UPDATE clients SET notes = 'likes mornings' WHERE id = %s", client_id)
    assert terms(client_id) == {"bo", "lee", "ana", "ana@example.com"}


def test_unrelated_change_of_a_client_writes_no_terms(northside: Org) -> None:
    client_id = insert_client(northside)
    rows("UPDATE client_search_terms SET term = concat('kept ', term)")

    rows("UPDATE clients SET notes = 'x', full_name = full_name WHERE id = %s", client_id)
    assert terms(client_id) == {"kept"}


def test_a_client_moved_to_another_org_is_found_only_there(northside: Org, southside: Org) -> None:
    client_id = insert_client(northside)

    rows("UPDATE clients SET org_id = %s WHERE id = %s", southside.pk, client_id)
    assert found_names(northside, "ana") == []
    assert found_names(southside, "ana") == ["Ana Ruiz"]


def test_deleting_a_client_deletes_the_terms(northside: Org) -> None:
    client_id = insert_client(northside)

    rows("DELETE FROM clients WHERE id = %s", client_id)
    assert terms(client_id) == set()


def test_a_role_needs_no_right_on_the_terms_to_insert_a_client(northside: Org) -> None:
    """A program without rights on the terms can still insert clients."""
    role = make_role("INSERT (org_id, full_name) ON clients")

    with acting_as(role):
        rows("INSERT INTO clients (org_id, full_name) VALUES (%s, 'Ana Ruiz')", northside.pk)
    assert found_names(northside, "ana") == ["Ana Ruiz"]


def test_that_role_can_neither_read_the_terms_nor_call_the_trigger(northside: Org) -> None:
    role = make_role("INSERT (org_id, full_name) ON clients")

    for statement in ["SELECT FROM client_search_terms", "SELECT refresh_search_terms()"]:
        with pytest.raises(ProgrammingError, match="permission denied"), acting_as(role):
            rows(statement)
