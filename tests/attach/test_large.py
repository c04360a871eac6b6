"""100,000 purchases, in one go: the whole way, with a kill in the middle of it."""

import re
from collections.abc import Callable

from tests.attach.foreign_database import UGLY, ForeignDatabase
from tests.attach.visit import visit

PURCHASES = 100_000
BROKEN = {f"{UGLY}1", f"{UGLY}2"}
A_PURCHASE = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.MULTILINE)


def test_a_hundred_thousand_purchases(
    another_foreign: Callable[..., ForeignDatabase], attached_foreign: ForeignDatabase
) -> None:
    foreign = another_foreign(purchases=PURCHASES)
    before = foreign.fingerprint()

    foreign.attach_and_kill_at("purchases opened so far")
    opened = foreign.value("SELECT count(*) FROM session_events")
    assert 0 < opened < PURCHASES
    said = foreign.attach()
    assert "100,007 client_purchases" in said
    assert "purchases opened so far" in said
    assert foreign.fingerprint() == before
    assert foreign.value("SELECT count(*) FROM session_events") == PURCHASES + 7
    assert foreign.schema() == attached_foreign.schema()

    checked = foreign.manage("check_ledger")
    assert checked.returncode == 1
    assert set(A_PURCHASE.findall(checked.stdout)) == BROKEN
    assert foreign.manage("check", "--database", "default").returncode == 0
    assert visit(foreign) == {"list": 200, "answer": 200, "before": 2, "after": 1}
    assert "Nothing to do" in foreign.attach()
