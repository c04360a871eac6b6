"""Send requests to `operations` and to the model, and compare the results and the ledgers."""

import copy
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from hypothesis.stateful import RuleBasedStateMachine

from purchases import operations
from purchases.member import Member
from purchases.models import Client, Offer, Purchase, Refusal, SessionEvent
from purchases.operations.commands import Reinstate, Undo, Use
from tests.database import rows
from tests.integrity.invariants import history
from tests.integrity.model import Pack

# (sessions used, the event's place in the history), or the text of the refusal.
Answer = tuple[int, int] | str


@dataclass
class LoadedPack:
    """A purchase as it was loaded, maybe before later changes, with the model's values then."""

    purchase: Purchase
    used: int | None
    total: int | None
    expired: bool
    paid: bool


@dataclass
class TrackedPack:
    id: UUID
    model: Pack
    event_ids: list[int]
    paid: bool = True
    # The first loaded state, used for stale requests.
    page: LoadedPack | None = None


@dataclass
class ClaimedRequest:
    """A request whose id was claimed, with the response that each retry must replay."""

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
        self.packs: list[TrackedPack] = []
        self.requests: list[ClaimedRequest] = []

    def sell(self, total: int | None, used: int | None) -> None:
        purchase = self.insert(total, used)
        self.packs.append(TrackedPack(purchase.pk, Pack(total, used), []))
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
        """Change a pack by SQL, as another program would."""
        query = f"UPDATE public.client_purchases {change} WHERE id = %s"
        rows(query, value, self.packs[which].id)

    def load(self, which: int, stale: bool) -> LoadedPack:
        """Return the pack as it is now, or as it was loaded before if `stale`."""
        pack = self.packs[which]
        if pack.page is None or not stale:
            purchase = Purchase.objects.get(pk=pack.id)
            model = pack.model
            assert (purchase.sessions_used, purchase.sessions_total) == (model.used, model.total)
            page = LoadedPack(purchase, model.used, model.total, model.expired, pack.paid)
            pack.page = pack.page or page
        else:
            # Drop the stale page, so that the next one has another age.
            page, pack.page = pack.page, None
        return page

    def send(
        self,
        operation: str,
        which: int,
        who: int,
        page: LoadedPack,
        place: int | None,
        refusal: Refusal | None,
        late_refusal: Refusal,
    ) -> None:
        """Send a new request and compare its response with the model's.

        `refusal` is the refusal that follows from the loaded page. `late_refusal` is expected if
        the page allows the action but the database does not.
        """
        pack = self.packs[which]
        event_id = None if place is None else pack.event_ids[place]
        request = ClaimedRequest(uuid4(), operation, which, who, event_id)
        if not page.paid and operation != "undo":
            refusal = Refusal.REFUNDED
        used = -1
        if refusal not in {Refusal.REFUNDED, Refusal.NOT_YOURS, Refusal.TOO_LATE}:
            match operation:
                case "use":
                    used = pack.model.use(request.request_id)
                case "reinstate":
                    used = pack.model.reinstate(request.request_id, place)
                case "undo":
                    used = pack.model.undo(cast("int", place), request.request_id)
        newest = len(pack.model.events) - 1
        request.answer = str((refusal or late_refusal).label) if used == -1 else (used, newest)
        self.requests.append(request)
        assert self.execute(request, page) == request.answer

    def execute(self, request: ClaimedRequest, page: LoadedPack) -> Answer:
        member, purchase = self.members[request.who], copy.copy(page.purchase)
        try:
            match request.operation:
                case "use":
                    result = operations.use(
                        member=member, purchase=purchase, command=Use(request_id=request.request_id)
                    )
                case "reinstate":
                    result = operations.reinstate(
                        member=member,
                        purchase=purchase,
                        command=Reinstate(request_id=request.request_id, event_id=request.event_id),
                    )
                case _:
                    events = SessionEvent.objects.select_related(
                        "purchase", "request", "reversed_by"
                    )
                    event = events.get(pk=cast("int", request.event_id))
                    result = operations.undo(
                        member=member, event=event, command=Undo(request_id=request.request_id)
                    )
                    purchase = event.purchase
        except operations.Refused as refusal:
            self.compare(request.which)
            return str(refusal)
        self.compare(request.which)
        pack = self.packs[request.which]
        assert purchase.sessions_used == pack.model.used, (
            "the object shows the count after the request"
        )
        return result.sessions_used, pack.event_ids.index(result.event_id)

    def compare(self, which: int) -> None:
        """Assert that the database has the events and requests of the model."""
        pack = self.packs[which]
        pack.event_ids, events = history(pack.id)
        assert events == pack.model.written
        requests = rows(
            "SELECT request_id, actor_id FROM public.session_requests WHERE purchase_id = %s",
            pack.id,
        )
        assert dict(requests) == {
            request.request_id: self.members[request.who].user_id
            for request in self.requests
            if request.which == which
        }


def within(used: int | None, total: int | None) -> int | None:
    """Return `used`, limited to `total`."""
    return used if used is None or total is None else min(used, total)
