"""A real desk beside its model: what is pressed, what is answered, and whether both agree."""

import copy
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from hypothesis.stateful import RuleBasedStateMachine

from purchases import operations
from purchases.member import Member
from purchases.models import Client, Offer, Purchase, Refusal, SessionEvent
from tests.database import rows
from tests.integrity.invariants import history
from tests.integrity.model import Pack

# The sessions used and the event's place in the history; or the words of the refusal.
Answer = tuple[int, int] | str


@dataclass
class Page:
    """A pack as somebody loaded it, maybe a while ago, and what was true then."""

    purchase: Purchase
    used: int | None
    total: int | None
    expired: bool
    paid: bool


@dataclass
class OnePack:
    id: UUID
    model: Pack
    event_ids: list[int]
    paid: bool = True
    # as it was loaded first
    page: Page | None = None


@dataclass
class Press:
    """A request whose id was claimed, and the answer that it has from then on."""

    request_id: UUID
    operation: str
    which: int
    who: int
    event_id: int | None
    answer: Answer = ""


class Desk(RuleBasedStateMachine):
    def __init__(self, members: list[Member], client: Client, offer: Offer) -> None:
        super().__init__()
        self.members, self.client, self.offer = members, client, offer
        self.packs: list[OnePack] = []
        self.presses: list[Press] = []

    def sell(self, total: int | None, used: int | None) -> None:
        purchase = self.insert(total, used)
        self.packs.append(OnePack(purchase.pk, Pack(total, used), []))
        self.compare(len(self.packs) - 1)

    def insert(self, total: int | None, used: int | None, **columns: Any) -> Purchase:
        return Purchase.objects.create(
            org_id=self.offer.org_id,
            client=self.client,
            offer=self.offer,
            amount_paid_cents=0,
            sessions_total=total,
            sessions_used=used,
            payment_status="succeeded",
            **columns,
        )

    def edit(self, which: int, change: str, value: object) -> None:
        """Another program changes a pack by SQL."""
        query = f"UPDATE public.client_purchases {change} WHERE id = %s"
        rows(query, value, self.packs[which].id)

    def page_of(self, which: int, stale: bool) -> Page:
        """The pack as it is, or as somebody loaded it before."""
        pack = self.packs[which]
        if pack.page is None or not stale:
            purchase = Purchase.objects.get(pk=pack.id)
            model = pack.model
            assert (purchase.sessions_used, purchase.sessions_total) == (model.used, model.total)
            page = Page(purchase, model.used, model.total, model.expired, pack.paid)
            pack.page = pack.page or page
        else:
            # Read it once more next time: every age of a page comes up.
            page, pack.page = pack.page, None
        return page

    def press(
        self,
        operation: str,
        which: int,
        who: int,
        page: Page,
        place: int | None,
        objection: Refusal | None,
        unexpected: Refusal,
    ) -> None:
        """A new press. `objection` is what the page says against it, `unexpected` what is said
        where the page said nothing and the count can't change all the same."""
        pack = self.packs[which]
        event_id = None if place is None else pack.event_ids[place]
        press = Press(uuid4(), operation, which, who, event_id)
        if not page.paid and operation != "undo":
            objection = Refusal.REFUNDED
        used = -1
        if objection not in {Refusal.REFUNDED, Refusal.NOT_YOURS, Refusal.TOO_LATE}:
            match operation:
                case "use":
                    used = pack.model.use(press.request_id)
                case "reinstate":
                    used = pack.model.reinstate(press.request_id, place)
                case "undo":
                    used = pack.model.undo(cast("int", place), press.request_id)
        made = len(pack.model.events) - 1
        press.answer = str((objection or unexpected).label) if used == -1 else (used, made)
        self.presses.append(press)
        assert self.ask(press, page) == press.answer

    def ask(self, press: Press, page: Page) -> Answer:
        member, purchase = self.members[press.who], copy.copy(page.purchase)
        try:
            match press.operation:
                case "use":
                    done = operations.use(
                        member=member, purchase=purchase, request_id=press.request_id
                    )
                case "reinstate":
                    done = operations.reinstate(
                        member=member,
                        purchase=purchase,
                        request_id=press.request_id,
                        event=press.event_id,
                    )
                case _:
                    events = SessionEvent.objects.select_related(
                        "purchase", "request", "reversed_by"
                    )
                    event = events.get(pk=cast("int", press.event_id))
                    done = operations.undo(member=member, event=event, request_id=press.request_id)
                    purchase = event.purchase
        except operations.Refused as refusal:
            self.compare(press.which)
            return str(refusal)
        self.compare(press.which)
        pack = self.packs[press.which]
        assert purchase.sessions_used == pack.model.used, "the count that stands afterwards"
        return done.sessions_used, pack.event_ids.index(done.event_id)

    def compare(self, which: int) -> None:
        pack = self.packs[which]
        pack.event_ids, written = history(pack.id)
        assert written == pack.model.written
        asked = rows(
            "SELECT request_id, actor_id FROM public.session_requests WHERE purchase_id = %s",
            pack.id,
        )
        assert dict(asked) == {
            press.request_id: self.members[press.who].user_id
            for press in self.presses
            if press.which == which
        }


def within(used: int | None, total: int | None) -> int | None:
    return used if used is None or total is None else min(used, total)
