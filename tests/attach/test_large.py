"""Attach a database of many purchases, with a kill in the middle of the backfill."""

import re
from collections.abc import Callable

from tests.attach.foreign_database import MALFORMED, ForeignDatabase
from tests.attach.visit import visit
from tests.thorough import times

PURCHASES = times(20_000, thorough=100_000)
BROKEN = {f"{MALFORMED}1", f"{MALFORMED}2"}
PURCHASE_ID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.MULTILINE)


def test_attach_many_purchases(
    another_foreign: Callable[..., ForeignDatabase], attached_foreign: ForeignDatabase
) -> None:
    foreign = another_foreign(purchases=PURCHASES)
    before = foreign.fingerprint()

    foreign.attach_and_kill_at("purchases opened so far")
    opened = foreign.value("SELECT count(*) FROM session_events")
    assert 0 < opened < PURCHASES
    output = foreign.attach()
    assert f"{PURCHASES + 7:,} client_purchases" in output
    assert "purchases opened so far" in output
    assert foreign.fingerprint() == before
    assert foreign.value("SELECT count(*) FROM session_events") == PURCHASES + 7
    assert foreign.schema() == attached_foreign.schema()

    checked = foreign.manage("check_ledger")
    assert checked.returncode == 1
    assert set(PURCHASE_ID.findall(checked.stdout)) == BROKEN
    assert foreign.manage("check", "--database", "default").returncode == 0
    assert visit(foreign) == {"list": 200, "answer": 200, "before": 2, "after": 1}
    assert "Nothing to do" in foreign.attach()
