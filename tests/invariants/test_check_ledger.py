"""`manage.py check_ledger`: its output, exit status and progress bar. The other modules of this
package test the invariants."""

from io import StringIO
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from purchases.models import Org, Purchase
from studio.models import User
from tests.database import rows
from tests.factories import make_purchase, make_purchases
from tests.ledger import change_unrecorded, reinstated_by, undone_by, unguarded, used_by

pytestmark = pytest.mark.breaks_the_ledger


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def check(*arguments: str, errors: StringIO | None = None) -> str:
    output = StringIO()
    call_command("check_ledger", *arguments, stdout=output, stderr=errors or StringIO())
    return output.getvalue()


def violations(*arguments: str) -> list[str]:
    """Return the command's lines, after checking that it failed."""
    output = StringIO()
    with pytest.raises(CommandError) as summary:
        call_command("check_ledger", *arguments, stdout=output, stderr=StringIO())
    assert summary.value.returncode == 1
    assert "found, a line each" in str(summary.value)
    return output.getvalue().splitlines()


# --- Output ---------------------------------------------------------------------------------------


def test_consistent_ledger_prints_one_line(pack: Purchase, mia: User, olivia: User) -> None:
    used_by(mia, pack)
    undone_by(olivia, reinstated_by(mia, pack))
    make_purchase(org=pack.org, total=None, used=None)
    make_purchase(org=pack.org).delete()

    assert check() == "All is well: 2 purchases, each count what its events add up to.\n"


@pytest.mark.django_db
def test_empty_database_is_consistent() -> None:
    assert check() == "All is well: 0 purchases, each count what its events add up to.\n"


def test_each_violation_has_a_line_and_exit_status_is_1(pack: Purchase) -> None:
    other = make_purchase(org=pack.org, used=12)
    change_unrecorded(pack, "sessions_used = 5")

    lines = violations()

    assert sorted(line.split(":")[0] for line in lines) == sorted(
        [f"{pack.pk}, Zoë Li", f"{other.pk}, Ana Ruiz"]
    )


def test_one_purchase_can_be_checked(pack: Purchase) -> None:
    other = make_purchase(org=pack.org)
    change_unrecorded(other, "sessions_used = 7")

    assert check(f"--purchase={pack.pk}").startswith("All is well")
    assert violations(f"--purchase={other.pk}")[0].startswith(
        f"{other.pk}, Ana Ruiz: 7 sessions are"
    )


def test_deleted_purchase_can_be_checked(pack: Purchase) -> None:
    with unguarded("client_purchases"):
        rows("DELETE FROM client_purchases")

    assert violations(f"--purchase={pack.pk}")[0].startswith(
        f"{pack.pk}, deleted: the purchase is gone"
    )


@pytest.mark.django_db
def test_unknown_purchase_is_an_error() -> None:
    with pytest.raises(CommandError, match=r"There is no purchase 0{8}-.*, and no event"):
        check(f"--purchase={UUID(int=0)}")


# --- Progress bar ---------------------------------------------------------------------------------


def test_terminal_shows_a_progress_bar(northside: Org, small_batches: None) -> None:
    make_purchases(org=northside, count=4)
    terminal = Terminal()

    check(errors=terminal)

    drawn = terminal.getvalue().split("\r\033[K")
    assert f"[{'#' * 22}{' ' * 8}] 3 of 4 purchases" in drawn
    assert drawn[-1] == "", "the progress bar is erased"


def test_no_progress_bar_without_a_terminal(northside: Org) -> None:
    make_purchases(org=northside, count=4)
    log = StringIO()

    check(errors=log)

    assert log.getvalue() == ""


@pytest.mark.parametrize("purchase", ["7", f"{uuid4()}0"], ids=["short", "long"])
def test_malformed_id_is_an_error(purchase: str) -> None:
    with pytest.raises(CommandError, match="--purchase: invalid UUID value"):
        check(f"--purchase={purchase}")
