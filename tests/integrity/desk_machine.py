"""What people at the desk, other programs and the clock can do to two small packs, in any order.

Each rule does it to the database and to the model, and compares what both say.
"""

import copy
from unittest.mock import patch

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from purchases.models import Refusal
from purchases.models.ledger import STAFF_MAY_UNDO_FOR
from tests.database import rows, value
from tests.integrity.desk import Desk, within
from tests.integrity.invariants import check_invariants
from tests.integrity.model import COUNTS_AS_USE
from tests.pages import USED_BEFORE

# Mostly what a desk would call ordinary: what is rare there is rare here.
TOTALS = st.sampled_from([2, 1, 3, 2, 0, None])
COUNTS = st.sampled_from([1, 2, 0, 3, None])
PACKS = st.sampled_from([0, 0, 1])
# Mia, Ben, and Olivia, who owns the studio.
MEMBERS = st.sampled_from([2, 0, 1])
RARELY = st.sampled_from([False, False, False, True])
# Taken modulo the number of events or requests that there are.
PLACES = st.integers(0, 40)


class DeskMachine(Desk):
    @initialize(
        total=st.sampled_from([2, 3]),
        others=TOTALS,
        used=COUNTS,
        expired=st.booleans(),
        who=MEMBERS,
    )
    def sell_two_packs(
        self, total: int, others: int | None, used: int | None, expired: bool, who: int
    ) -> None:
        """One has a past already, the other a count from another program."""
        self.sell(total, 0)
        self.sell(others, within(used, others))
        self.something_else_about_it_changes(1, "expiry", None, otherwise=expired)
        self.use(which=0, who=who, stale=False)
        self.use(which=0, who=who, stale=False)
        self.reinstate(which=0, who=who, stale=False)

    # --- People at the desk -----------------------------------------------------------------------

    @rule(which=PACKS, who=MEMBERS, stale=RARELY)
    def use(self, which: int, who: int, stale: bool) -> None:
        if not self.packs[which].model.exists:
            return
        page = self.page_of(which, stale)
        if page.total is None:
            objection: Refusal | None = Refusal.NO_TOTAL
        elif page.used is None:
            objection = Refusal.COUNT_MISSING
        elif page.used == page.total:
            objection = Refusal.NONE_LEFT
        else:
            objection = Refusal.EXPIRED if page.expired else None
        self.press("use", which, who, page, None, objection, Refusal.JUST_CHANGED)

    @rule(which=PACKS, who=MEMBERS, stale=RARELY)
    def reinstate(self, which: int, who: int, stale: bool) -> None:
        if not self.packs[which].model.exists:
            return
        page = self.page_of(which, stale)
        objection = None if page.used else Refusal.NOTHING_USED
        self.press("reinstate", which, who, page, None, objection, Refusal.NOTHING_USED)

    @rule(which=PACKS, who=MEMBERS, stale=RARELY, place=PLACES, any_event=RARELY)
    def reinstate_that_visit(
        self, which: int, who: int, stale: bool, place: int, any_event: bool
    ) -> None:
        pack = self.packs[which].model
        visits = [
            n for n, event in enumerate(pack.events) if any_event or event.kind in COUNTS_AS_USE
        ]
        if not pack.exists or not visits:
            return
        page, place = self.page_of(which, stale), visits[place % len(visits)]
        objection = None if page.used else Refusal.NOTHING_USED
        if objection is None and not pack.is_open(place, COUNTS_AS_USE):
            objection = Refusal.TAKEN_BACK
        self.press("reinstate", which, who, page, place, objection, Refusal.TAKEN_BACK)

    @rule(which=PACKS, who=MEMBERS, place=PLACES, late=RARELY)
    def undo(self, which: int, who: int, place: int, late: bool) -> None:
        pack = self.packs[which].model
        reinstated = [n for n, event in enumerate(pack.events) if event.kind == "reinstated"]
        if not pack.exists or not reinstated:
            return
        place = reinstated[place % len(reinstated)]
        request_id = pack.events[place].request_id
        actor = next((p.who for p in self.presses if p.request_id == request_id), None)
        objection = None
        if pack.events[place].reversed_by is not None:
            objection = Refusal.UNDONE
        elif pack.used is None:
            objection = Refusal.COUNT_MISSING
        elif pack.used == pack.total:
            objection = Refusal.NO_ROOM
        if not self.members[who].may("undo_any"):
            objection = Refusal.TOO_LATE if late else objection
            objection = objection if actor == who else Refusal.NOT_YOURS
        now = timezone.now() + (STAFF_MAY_UNDO_FOR * (1.5 if late else 0.5))
        with patch("django.utils.timezone.now", lambda: now):
            page = self.page_of(which, stale=False)
            self.press("undo", which, who, page, place, objection, Refusal.UNDONE)

    @precondition(lambda self: self.presses)
    @rule(place=PLACES)
    def repeat_a_press(self, place: int) -> None:
        press = self.presses[place % len(self.presses)]
        if self.packs[press.which].model.exists:
            assert self.ask(press, self.page_of(press.which, stale=False)) == press.answer

    @precondition(lambda self: self.presses)
    @rule(place=PLACES, change=st.sampled_from(["who", "which", "operation", "event_id"]))
    def press_an_old_id_for_something_else(self, place: int, change: str) -> None:
        press = copy.copy(self.presses[place % len(self.presses)])
        if press.operation == "undo" and change != "who":
            return
        match change:
            case "who":
                press.who = (press.who + 1) % 3
            case "which":
                press.which = 1 - press.which
            case "operation":
                press.operation = "use" if press.operation == "reinstate" else "reinstate"
            case "event_id":
                press.operation, press.event_id = "reinstate", (press.event_id or 0) + 1
        if self.packs[press.which].model.exists:
            page = self.page_of(press.which, stale=False)
            assert self.ask(press, page) == USED_BEFORE

    # --- Other programs and the clock -------------------------------------------------------------

    @rule(
        which=PACKS,
        what=st.sampled_from(["use_session", "release_session", "set", "set", "delete"]),
        used=COUNTS,
    )
    def another_program_changes_the_count(self, which: int, what: str, used: int | None) -> None:
        one = self.packs[which]
        pack, used = one.model, within(used, one.model.total)
        match what:
            case "use_session":
                expected = pack.exists and pack.use() != -1
                assert value("SELECT public.use_session(%s)", one.id) is expected
            case "release_session":
                left = pack.reinstate() if pack.exists else -1
                assert value("SELECT public.release_session(%s)", one.id) == left
            case "set" if pack.exists:
                self.edit(which, "SET sessions_used = %s::int", used)
                pack.correct(used)
            case "delete" if pack.exists:
                rows("DELETE FROM client_purchases WHERE id = %s", one.id)
                pack.delete()
            case _:
                self.insert(pack.total, used, id=one.id)
                pack.insert_again(used)
                one.paid = True
        self.compare(which)

    @rule(
        which=PACKS,
        what=st.sampled_from(["total", "expiry", "expiry", "payment"]),
        total=TOTALS,
        otherwise=st.booleans(),
    )
    def something_else_about_it_changes(
        self, which: int, what: str, total: int | None, otherwise: bool
    ) -> None:
        one = self.packs[which]
        if not one.model.exists:
            return
        match what:
            case "total" if one.model.used == within(one.model.used, total):
                self.edit(which, "SET sessions_total = %s::int", total)
                one.model.total = total
            case "expiry":
                days = -1 if otherwise else 1
                self.edit(which, "SET expires_at = now() + %s::int * interval '1 day'", days)
                one.model.expired = otherwise
            case "payment":
                # Mostly it was refunded by mistake, and is paid again.
                one.paid = not one.paid or not otherwise
                status = "succeeded" if one.paid else "refunded"
                self.edit(which, "SET payment_status = %s", status)

    @invariant()
    def the_four_invariants_hold(self) -> None:
        check_invariants(*(pack.id for pack in self.packs))
