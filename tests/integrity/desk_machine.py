"""What people at the desk, other programs and the clock can do to two small packs, in any order.

Each rule does it to the database and to the model, and compares what both say.
"""

import copy
from unittest.mock import patch

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from purchases.models import Objection
from purchases.models.ledger import STAFF_MAY_UNDO_FOR
from tests.database import rows, value
from tests.integrity.desk import Desk, within
from tests.integrity.invariants import check_invariants
from tests.integrity.model import COUNTS_AS_USE

FOR_SOMETHING_ELSE = "This press was used for something else before. Reload the page, then press."
TOTALS = st.none() | st.integers(0, 3)
COUNTS = st.none() | st.integers(0, 3)
PACKS = st.integers(0, 1)
MEMBERS = st.integers(0, 2)
# Taken modulo the number of events or requests that there are.
PLACES = st.integers(0, 40)


class DeskMachine(Desk):
    @initialize(totals=st.tuples(TOTALS, TOTALS), used=st.tuples(COUNTS, COUNTS))
    def sell_two_packs(self, totals: tuple[int | None, ...], used: tuple[int | None, ...]) -> None:
        for total, count in zip(totals, used, strict=True):
            self.sell(total, within(count, total))

    # --- People at the desk -----------------------------------------------------------------------

    @rule(which=PACKS, who=MEMBERS, stale=st.booleans())
    def use(self, which: int, who: int, stale: bool) -> None:
        if not self.packs[which].model.exists:
            return
        page = self.page_of(which, stale)
        if page.total is None:
            objection: Objection | None = Objection.NO_TOTAL
        elif page.used is None:
            objection = Objection.COUNT_MISSING
        elif page.used == page.total:
            objection = Objection.NONE_LEFT
        else:
            objection = Objection.EXPIRED if page.expired else None
        self.press("use", which, who, page, None, objection, Objection.JUST_CHANGED)

    @rule(which=PACKS, who=MEMBERS, stale=st.booleans(), place=st.none() | PLACES)
    def reinstate(self, which: int, who: int, stale: bool, place: int | None) -> None:
        pack = self.packs[which].model
        if not pack.exists:
            return
        page = self.page_of(which, stale)
        if place is not None:
            place %= len(pack.events)
        objection = None if page.used else Objection.NOTHING_USED
        if objection is None and place is not None and not pack.is_open(place, COUNTS_AS_USE):
            objection = Objection.TAKEN_BACK
        unexpected = Objection.NOTHING_USED if place is None else Objection.TAKEN_BACK
        self.press("reinstate", which, who, page, place, objection, unexpected)

    @rule(which=PACKS, who=MEMBERS, place=PLACES, late=st.booleans())
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
            objection = Objection.UNDONE
        if not self.members[who].may("undo_any"):
            objection = Objection.TOO_LATE if late else objection
            objection = objection if actor == who else Objection.NOT_YOURS
        now = timezone.now() + (STAFF_MAY_UNDO_FOR * (1.5 if late else 0.5))
        with patch("django.utils.timezone.now", lambda: now):
            page = self.page_of(which, stale=False)
            self.press("undo", which, who, page, place, objection, Objection.UNDONE)

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
            assert self.ask(press, page) == FOR_SOMETHING_ELSE

    # --- Other programs and the clock -------------------------------------------------------------

    @rule(which=PACKS, function=st.sampled_from(["use_session", "release_session"]))
    def another_program_calls(self, which: int, function: str) -> None:
        pack = self.packs[which].model
        expected: object = -1
        if pack.exists:
            expected = pack.reinstate() if function == "release_session" else pack.use()
        expected = expected if function == "release_session" else expected != -1
        assert value(f"SELECT public.{function}(%s)", self.packs[which].id) == expected
        self.compare(which)

    @rule(which=PACKS, used=COUNTS)
    def another_program_sets_the_count(self, which: int, used: int | None) -> None:
        pack = self.packs[which].model
        used = within(used, pack.total)
        self.edit(which, "SET sessions_used = %s::int", used)
        if pack.exists:
            pack.correct(used)
        self.compare(which)

    @rule(which=PACKS, total=TOTALS)
    def another_program_sets_the_total(self, which: int, total: int | None) -> None:
        pack = self.packs[which].model
        if pack.exists and pack.used == within(pack.used, total):
            self.edit(which, "SET sessions_total = %s::int", total)
            pack.total = total

    @rule(which=PACKS, expired=st.booleans())
    def it_expires_or_is_prolonged(self, which: int, expired: bool) -> None:
        days = -1 if expired else 1
        self.edit(which, "SET expires_at = now() + %s::int * interval '1 day'", days)
        self.packs[which].model.expired = expired

    @rule(which=PACKS, paid=st.booleans())
    def it_is_paid_or_refunded(self, which: int, paid: bool) -> None:
        self.edit(which, "SET payment_status = %s", "succeeded" if paid else "refunded")
        self.packs[which].paid = paid

    @rule(which=PACKS, used=COUNTS)
    def another_program_deletes_it_or_brings_it_back(self, which: int, used: int | None) -> None:
        one = self.packs[which]
        if one.model.exists:
            rows("DELETE FROM client_purchases WHERE id = %s", one.id)
            one.model.delete()
        else:
            used, one.paid = within(used, one.model.total), True
            self.insert(one.model.total, used, id=one.id)
            one.model.insert_again(used)
        self.compare(which)

    @invariant()
    def the_four_invariants_hold(self) -> None:
        check_invariants(*(pack.id for pack in self.packs))

    @invariant()
    def every_press_is_kept_under_the_name_of_who_pressed(self) -> None:
        self.compare_requests()
