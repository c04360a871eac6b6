"""The rules of the state machine: members, other programs and the clock change two small packs.

Each rule applies one change to the database and to the model, and compares both.
"""

import copy
from unittest.mock import patch

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from purchases.models import Refusal
from purchases.models.ledger import STAFF_MAY_UNDO_FOR
from tests.database import rows, value
from tests.factories import keep_signed_in
from tests.integrity.desk import Desk, within
from tests.integrity.invariants import check_invariants
from tests.integrity.model import COUNTS_AS_USE
from tests.pages import USED_BEFORE

# Common values appear several times, so that Hypothesis draws them more often.
TOTALS = st.sampled_from([2, 1, 3, 2, 0, None])
COUNTS = st.sampled_from([1, 2, 0, 3, None])
PACKS = st.sampled_from([0, 0, 1])
# The indexes of Mia, Ben and Olivia. Olivia is the owner.
MEMBERS = st.sampled_from([2, 0, 1])
RARELY = st.sampled_from([False, False, False, True])
# Rules take a place modulo the number of events or requests.
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
        """Create a pack with some events, and a pack whose count another program has set."""
        self.sell(total, 0)
        self.sell(others, within(used, others))
        self.another_program_changes_another_column(1, "expiry", None, otherwise=expired)
        self.use(which=0, who=who, stale=False)
        self.use(which=0, who=who, stale=False)
        self.reinstate(which=0, who=who, stale=False)

    # --- Members at the desk ----------------------------------------------------------------------

    @rule(which=PACKS, who=MEMBERS, stale=RARELY)
    def use(self, which: int, who: int, stale: bool) -> None:
        if not self.packs[which].model.exists:
            return
        page = self.load(which, stale)
        if page.total is None:
            refusal: Refusal | None = Refusal.NO_TOTAL
        elif page.used is None:
            refusal = Refusal.COUNT_MISSING
        elif page.used == page.total:
            refusal = Refusal.NONE_LEFT
        else:
            refusal = Refusal.EXPIRED if page.expired else None
        self.send("use", which, who, page, None, refusal, Refusal.JUST_CHANGED)

    @rule(which=PACKS, who=MEMBERS, stale=RARELY)
    def reinstate(self, which: int, who: int, stale: bool) -> None:
        if not self.packs[which].model.exists:
            return
        page = self.load(which, stale)
        refusal = None if page.used else Refusal.NOTHING_USED
        self.send("reinstate", which, who, page, None, refusal, Refusal.NOTHING_USED)

    @rule(which=PACKS, who=MEMBERS, stale=RARELY, place=PLACES, any_event=RARELY)
    def reinstate_chosen_use(
        self, which: int, who: int, stale: bool, place: int, any_event: bool
    ) -> None:
        pack = self.packs[which].model
        uses = [
            n for n, event in enumerate(pack.events) if any_event or event.kind in COUNTS_AS_USE
        ]
        if not pack.exists or not uses:
            return
        page, place = self.load(which, stale), uses[place % len(uses)]
        refusal = None if page.used else Refusal.NOTHING_USED
        if refusal is None and not pack.is_open(place, COUNTS_AS_USE):
            refusal = Refusal.ALREADY_REINSTATED
        self.send("reinstate", which, who, page, place, refusal, Refusal.ALREADY_REINSTATED)

    @rule(which=PACKS, who=MEMBERS, place=PLACES, late=RARELY)
    def undo(self, which: int, who: int, place: int, late: bool) -> None:
        pack = self.packs[which].model
        reinstated = [n for n, event in enumerate(pack.events) if event.kind == "reinstated"]
        if not pack.exists or not reinstated:
            return
        place = reinstated[place % len(reinstated)]
        request_id = pack.events[place].request_id
        actor = next((p.who for p in self.requests if p.request_id == request_id), None)
        refusal = None
        if pack.events[place].reversed_by is not None:
            refusal = Refusal.UNDONE
        elif pack.used is None:
            refusal = Refusal.COUNT_MISSING
        elif pack.used == pack.total:
            refusal = Refusal.NO_ROOM
        if not self.members[who].may("undo_any"):
            refusal = Refusal.TOO_LATE if late else refusal
            refusal = refusal if actor == who else Refusal.NOT_YOURS
        now = timezone.now() + (STAFF_MAY_UNDO_FOR * (1.5 if late else 0.5))
        keep_signed_in(now)
        with patch("purchases.clock.now", lambda: now):
            page = self.load(which, stale=False)
            self.send("undo", which, who, page, place, refusal, Refusal.UNDONE)

    @precondition(lambda self: self.requests)
    @rule(place=PLACES)
    def repeat_a_request(self, place: int) -> None:
        request = self.requests[place % len(self.requests)]
        if self.packs[request.which].model.exists:
            assert self.execute(request, self.load(request.which, stale=False)) == request.answer

    @precondition(lambda self: self.requests)
    @rule(place=PLACES, change=st.sampled_from(["who", "which", "operation", "event_id"]))
    def reuse_a_request_id_for_another_action(self, place: int, change: str) -> None:
        request = copy.copy(self.requests[place % len(self.requests)])
        if request.operation == "undo" and change != "who":
            return
        match change:
            case "who":
                request.who = (request.who + 1) % 3
            case "which":
                request.which = 1 - request.which
            case "operation":
                request.operation = "use" if request.operation == "reinstate" else "reinstate"
            case "event_id":
                request.operation, request.event_id = "reinstate", (request.event_id or 0) + 1
        if self.packs[request.which].model.exists:
            page = self.load(request.which, stale=False)
            assert self.execute(request, page) == USED_BEFORE

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
    def another_program_changes_another_column(
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
                # A refund is rare, and a later change to "succeeded" likely.
                one.paid = not one.paid or not otherwise
                status = "succeeded" if one.paid else "refunded"
                self.edit(which, "SET payment_status = %s", status)

    @invariant()
    def the_four_invariants_hold(self) -> None:
        check_invariants(*(pack.id for pack in self.packs))
