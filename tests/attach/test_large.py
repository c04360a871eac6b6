"""100,000 purchases, in one go: the whole way, with a kill in the middle of it."""

import re
from collections.abc import Callable

from tests.attach.live import UGLY, Live
from tests.attach.visit import visit

PURCHASES = 100_000
BROKEN = {f"{UGLY}1", f"{UGLY}2"}
A_PURCHASE = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.MULTILINE)


def test_a_hundred_thousand_purchases(
    another_live: Callable[..., Live], attached_live: Live
) -> None:
    live = another_live(purchases=PURCHASES)
    before = live.fingerprint()

    live.attach_and_kill_at("purchases opened so far")
    opened = live.value("SELECT count(*) FROM session_events")
    assert 0 < opened < PURCHASES
    said = live.attach()
    assert "100,007 client_purchases" in said
    assert "purchases opened so far" in said
    assert live.fingerprint() == before
    assert live.value("SELECT count(*) FROM session_events") == PURCHASES + 7
    assert live.schema() == attached_live.schema()

    checked = live.manage("check_ledger")
    assert checked.returncode == 1
    assert set(A_PURCHASE.findall(checked.stdout)) == BROKEN
    assert live.manage("check", "--database", "default").returncode == 0
    assert visit(live) == {"list": 200, "answer": 200, "before": 2, "after": 1}
    assert "Nothing to do" in live.attach()
