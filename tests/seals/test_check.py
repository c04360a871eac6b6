"""`manage.py check_ledger --seals` and `--seal`: its output and exit status."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from purchases import seals
from purchases.models import Org, Purchase, Seal
from studio.models import User
from tests.database import remove_owners, rows, value
from tests.factories import make_purchase
from tests.ledger import reinstated_by, used_by
from tests.seals.sealing import differences, move_back, seal_all, without_guards

pytestmark = pytest.mark.breaks_the_ledger


@pytest.fixture
def pack(northside: Org, mia: User) -> Purchase:
    """Return a purchase with two sealed days, and one event that is not sealed yet."""
    purchase = make_purchase(org=northside)
    used_by(mia, purchase, note="by phone")
    move_back(1)
    reinstated_by(mia, purchase, note="she was ill")
    move_back(1)
    used_by(mia, purchase)
    with without_guards():
        # Tests run in one transaction. So all rows would come from the one that seals them.
        for table in ("session_events", "purchase_events"):
            rows(f"UPDATE {table} SET xact_id = '700' WHERE occurred_at < now()")
        rows("UPDATE session_requests SET claimed_xact_id = '700' WHERE asked_at < now()")
    assert seal_all() == 2
    return purchase


def check(*arguments: str) -> str:
    output = StringIO()
    call_command("check_ledger", *arguments, stdout=output)
    return output.getvalue()


def refused(*arguments: str) -> tuple[list[str], str]:
    """Return the lines of the output and the summary, after checking that the command failed."""
    output = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("check_ledger", *arguments, stdout=output)
    assert error.value.returncode == 1
    return output.getvalue().splitlines(), str(error.value)


def seal(number: int) -> Seal:
    return Seal.objects.get(number=number)


def test_untouched_rows_are_well(pack: Purchase) -> None:
    assert check("--seals") == "All is well: 2 seals, and every row is as it was sealed.\n"


@pytest.mark.django_db
def test_no_seal_is_well() -> None:
    assert check("--seals") == "All is well: 0 seals, and every row is as it was sealed.\n"


def test_the_first_day_and_the_rows_that_differ_are_named(pack: Purchase) -> None:
    used, reinstated = rows("SELECT id FROM session_events WHERE delta <> 3 ORDER BY id LIMIT 2")
    with without_guards():
        rows(
            "UPDATE session_events SET sessions_used = 9 WHERE id = ANY (%s)", [*used, *reinstated]
        )

    lines, summary = refused("--seals")

    first, second = seal(1).day, seal(2).day
    assert lines == [
        f"Northside Pilates, {first}: session_events {used[0]}, of purchase {pack.pk},"
        " was changed after it was sealed",
        f"Northside Pilates, {second}: session_events {reinstated[0]}, of purchase {pack.pk},"
        " was changed after it was sealed",
    ]
    assert summary == (
        "2 differences found, a line each. "
        f"The first day that differs is {first} (Northside Pilates)."
    )


def test_a_deleted_and_an_inserted_row_are_named(pack: Purchase) -> None:
    with without_guards():
        deleted = value("DELETE FROM session_requests WHERE note = 'by phone' RETURNING request_id")
        inserted = value(
            "INSERT INTO session_requests (request_id, operation, purchase_id, actor_id, asked_at,"
            " claimed_xact_id) SELECT gen_random_uuid(), 'use', purchase_id, actor_id, asked_at,"
            " claimed_xact_id FROM session_requests ORDER BY asked_at LIMIT 1 RETURNING request_id"
        )

    lines, _ = refused("--seals")

    assert any(f"session_requests {deleted} was deleted" in line for line in lines)
    assert any(f"session_requests {inserted}, of purchase {pack.pk}, was ins" in x for x in lines)
    assert len(lines) == 2


# --- A person's texts -----------------------------------------------------------------------------


def test_a_changed_note_is_named(pack: Purchase) -> None:
    with without_guards():
        rows("UPDATE session_requests SET note = 'she came' WHERE note = 'she was ill'")

    lines, _ = refused("--seals")

    assert [line.split(f"{pack.pk}, ")[1] for line in lines] == [
        "has another personal text than the sealed one"
    ]


def test_a_note_that_is_added_later_is_named(northside: Org, mia: User) -> None:
    used_by(mia, make_purchase(org=northside))
    move_back(1)
    seal_all()
    with without_guards():
        rows("UPDATE session_requests SET note = 'x'")

    [line] = refused("--seals")[0]
    assert line.endswith("has another personal text than the sealed one")


@pytest.mark.parametrize("text", ["", "(erased)"])
def test_an_erased_note_breaks_no_seal(pack: Purchase, text: str) -> None:
    with without_guards():
        rows("UPDATE session_requests SET note = %s WHERE note = 'she was ill'", text)
    rows(
        "DELETE FROM seal_salts WHERE row_id = (SELECT request_id::text FROM session_requests"
        " WHERE note IN ('', '(erased)') AND asked_at < now() - interval '20 hours')"
    )

    output = check("--seals").splitlines()

    assert output[0].endswith("had a personal text, which was erased with its salt")
    assert output[1].startswith("All is well: 2 seals")


def test_another_note_without_a_salt_cannot_be_checked(pack: Purchase) -> None:
    rows("DELETE FROM seal_salts")
    with without_guards():
        rows("UPDATE session_requests SET note = 'something else' WHERE note = 'she was ill'")

    lines, _ = refused("--seals")

    assert all("cannot be checked: its salt was deleted" in line for line in lines)


def test_no_name_and_no_note_is_kept_in_a_seal(pack: Purchase) -> None:
    """Nothing that is sealed can be computed from a note without its salt."""
    query = """
        SELECT count(*) FROM seal_leaves, unnest(ARRAY['by phone', 'she was ill']) AS note
        WHERE personal_hash = sha256(convert_to(note, 'UTF8'))
            OR leaf = sha256(convert_to(note, 'UTF8'))
    """
    assert value(query) == 0
    assert value("SELECT count(DISTINCT salt) FROM seal_salts") == 2
    assert value("SELECT bool_or(content LIKE '%%she was ill%%') FROM ledger_rows()") is False


def test_deleted_people_break_no_seal(pack: Purchase, mia: User, olivia: User) -> None:
    mia.first_name = mia.last_name = mia.email = ""
    mia.username = "deleted"
    mia.save()
    remove_owners()
    olivia.delete()
    rows("DELETE FROM client_purchases")
    rows("DELETE FROM clients")

    assert check("--seals").startswith("All is well: 2 seals")


# --- Seals that somebody changed ------------------------------------------------------------------


@pytest.mark.parametrize(
    "assignment",
    [
        "org_id = gen_random_uuid()",
        "day = day - 5",
        "lines = lines + 1",
        "events = events - 1",
        "last_session_event_id = last_session_event_id + 1",
        "digest = sha256('x')",
        "hash = sha256('x')",
        "ends_at = ends_at - interval '1 second'",
        "sealed_at = sealed_at + interval '1 second'",
        "xact_id = '99999'",
        "snapshot = '3:3:'",
    ],
)
def test_a_seal_that_was_changed_by_hand_is_noticed(pack: Purchase, assignment: str) -> None:
    with without_guards():
        rows(f"UPDATE seals SET {assignment} WHERE number = 1")

    assert any("the seal " in line for line in refused("--seals")[0])


def test_a_missing_seal_is_noticed(pack: Purchase) -> None:
    with without_guards():
        rows("DELETE FROM seals WHERE number = 1")

    found = differences()

    assert "the seal does not follow the one before it: a seal in between is missing" in found
    assert "the seal of some leaves is missing" in found


# --- A seal on paper ------------------------------------------------------------------------------


def test_a_seal_on_paper_is_confirmed(pack: Purchase) -> None:
    newest = seal(2)

    for code in (newest.code, newest.code.lower().replace("-", " "), newest.full_code):
        assert check("--seal", code, "--day", str(newest.day)) == (
            f"All is well: {code} is the seal of {newest.day}, and every row up to this day is as"
            " it was sealed.\n"
        )


def test_a_rewritten_chain_is_noticed_with_a_seal_on_paper(pack: Purchase) -> None:
    on_paper = seal(2)
    with without_guards():
        rows("DELETE FROM session_events WHERE delta = -1")
        rows("DELETE FROM seal_salts")
        rows("DELETE FROM seal_leaves")
        rows("DELETE FROM seals")
    seal_all()
    assert check("--seals").startswith("All is well"), "the database alone cannot tell"

    _, summary = refused("--seal", on_paper.code, "--day", str(on_paper.day))

    assert summary.startswith(f"No seal of {on_paper.day} is {on_paper.code}.")
    assert Seal.objects.get(number=2).code in summary


def test_rows_of_a_later_day_do_not_matter_to_an_older_seal(pack: Purchase) -> None:
    with without_guards():
        rows("UPDATE session_events SET sessions_used = 9 WHERE delta = -1")

    first, second = seal(1), seal(2)

    assert check("--seal", first.code, "--day", str(first.day)).startswith("All is well")
    refused("--seal", second.code, "--day", str(second.day))


@pytest.mark.django_db
def test_malformed_arguments_are_refused() -> None:
    today = timezone.now().date()
    assert "Give both --seal and --day" in refused("--seal", "A4F9-03C2-77E1")[1]
    assert "Give both --seal and --day" in refused("--day", "2026-11-26")[1]
    assert "at least 12 digits" in refused("--seal", "A4F9", "--day", "2026-11-26")[1]
    assert refused("--seal", "A4F9-03C2-77E1", "--day", str(today + timedelta(1)))[1].startswith(
        f"No seal of {today + timedelta(1)} is A4F9-03C2-77E1. The seals of this day are now: none."
    )


def test_the_seals_of_a_day_are_found_by_their_code(pack: Purchase) -> None:
    day = seal(1).day
    assert seals.seals_of_day(day, seal(1).code) == ([seal(1)], [seal(1)])
    assert seals.seals_of_day(day, "0" * 12) == ([seal(1)], [])
    assert seals.seals_of_day(date(1999, 1, 1), seal(1).code) == ([], [])
