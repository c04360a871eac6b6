"""The rules of a state machine: people, other programs and replays change two purchases in every
recorded column. After each step the ledgers rebuild the purchase as it is; at the end they rebuild
it as it was after every step."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from purchases import operations
from purchases.member import Member
from purchases.models import Client, ExpiryEvent, Offer, Purchase, PurchaseEvent, SessionEvent
from purchases.operations import commands
from tests.database import acting_as, rows, value
from tests.factories import make_purchase

# Times as text, because datetime has no infinity.
COLUMNS = (
    "id, org_id, client_id, offer_id, amount_paid_cents, currency, sessions_total, sessions_used,"
    " purchased_at::text, expires_at::text, payment_status, payment_method, created_at::text"
)
AS_IT_IS = f"SELECT {COLUMNS} FROM client_purchases WHERE id = %s"
AS_OF = f"SELECT {COLUMNS} FROM purchase_as_of(%s, %s)"

PACKS = st.sampled_from([0, 0, 1])
# The indexes of Mia, who is staff, and Olivia, who owns the studio.
MEMBERS = st.sampled_from([0, 1])
PLACES = st.integers(0, 40)
BY = st.sampled_from([-3, -2, -1, 1, 2, 3])
# A change that another program may make: an assignment and its values.
ASSIGNMENTS: list[tuple[str, list[object]]] = [
    ("sessions_total = %s::int", [None, 0, 1, 4, 12]),
    ("sessions_used = %s::int", [None, 0, 1, 3]),
    ("amount_paid_cents = %s::int", [0, 100]),
    ("currency = %s", ["eur", "aud"]),
    ("payment_status = %s", [None, "pending", "failed", "succeeded", "refunded"]),
    ("payment_method = %s", [None, "cash", "card"]),
    ("purchased_at = %s::timestamptz", ["2026-01-01", "-infinity"]),
    ("created_at = %s::timestamptz", ["2026-01-01"]),
    ("expires_at = %s::timestamptz", [None, "2030-01-01", "2020-01-01", "infinity"]),
    ("(sessions_total, expires_at) = (9, %s::timestamptz)", [None, "2031-01-01"]),
]
CHANGES = st.sampled_from([(text, one) for text, values in ASSIGNMENTS for one in values])


class AsOfMachine(RuleBasedStateMachine):
    def __init__(
        self, members: list[Member], clients: list[Client], offers: list[Offer], role: str
    ) -> None:
        super().__init__()
        self.members, self.clients, self.offers, self.role = members, clients, offers, role
        self.packs: list[UUID] = []
        # Every purchase that a request was for.
        self.known: set[UUID] = set()
        # Each purchase after each step. None means that it was deleted.
        self.steps: list[tuple[datetime, UUID, tuple[Any, ...] | None]] = []
        # Each request and its result, to repeat it.
        self.requests: list[tuple[Callable[[], object], object]] = []

    @initialize(total=st.sampled_from([2, 5, None]))
    def two_purchases(self, total: int | None) -> None:
        for client in self.clients:
            purchase = make_purchase(
                org=client.org,
                client=client,
                offer=self.offers[0],
                total=total,
                used=1,
                expires_at=timezone.now() + timedelta(days=30),
            )
            self.packs.append(purchase.pk)
            self.known.add(purchase.pk)
        self.look()

    # --- People -----------------------------------------------------------------------------------

    @rule(which=PACKS, who=MEMBERS, by=BY)
    def correct_used(self, which: int, who: int, by: int) -> None:
        command = commands.CorrectUsed(request_id=uuid4(), adjust_by=by, note="miscounted")
        self.act(which, lambda one: operations.correct_used(**one, command=command), who)

    @rule(which=PACKS, who=MEMBERS, by=BY)
    def correct_total(self, which: int, who: int, by: int) -> None:
        command = commands.CorrectTotal(request_id=uuid4(), adjust_by=by, note="miscounted")
        self.act(which, lambda one: operations.correct_total(**one, command=command), who)

    @rule(which=PACKS, who=MEMBERS, to=st.sampled_from([0, 1]))
    def transfer(self, which: int, who: int, to: int) -> None:
        client = self.clients[to]
        command = commands.Transfer(request_id=uuid4(), client_id=client.pk)
        self.act(which, lambda one: operations.transfer(**one, client=client, command=command), who)

    @rule(which=PACKS, who=MEMBERS)
    def move_use(self, which: int, who: int) -> None:
        command = commands.MoveUse(request_id=uuid4(), to_purchase_id=self.packs[1 - which])
        self.act(which, lambda one: operations.move_use(**one, command=command), who)

    @rule(which=PACKS, who=MEMBERS, cents=st.sampled_from([0, 500]))
    def refund(self, which: int, who: int, cents: int) -> None:
        command = commands.Refund(request_id=uuid4(), amount_cents=cents)
        self.act(which, lambda one: operations.refund(**one, command=command), who)

    @rule(which=PACKS, who=MEMBERS)
    def receive_payment(self, which: int, who: int) -> None:
        command = commands.ReceivePayment(request_id=uuid4())
        self.act(which, lambda one: operations.receive_payment(**one, command=command), who)

    @rule(which=PACKS, who=MEMBERS, days=st.sampled_from([7, 30]))
    def extend(self, which: int, who: int, days: int) -> None:
        command = commands.Extend(request_id=uuid4(), days=days)
        self.act(which, lambda one: operations.extend(**one, command=command), who)

    @rule(which=PACKS, who=MEMBERS, use=st.booleans())
    def use_or_reinstate(self, which: int, who: int, use: bool) -> None:
        if use:
            take = commands.Use(request_id=uuid4())
            self.act(which, lambda one: operations.use(**one, command=take), who)
        else:
            give = commands.Reinstate(request_id=uuid4())
            self.act(which, lambda one: operations.reinstate(**one, command=give), who)

    @rule(who=MEMBERS, place=PLACES)
    def undo(self, who: int, place: int) -> None:
        """Undo any event of any ledger that a person caused."""
        request_id = uuid4()
        ledgers: list[Any] = [SessionEvent, PurchaseEvent, ExpiryEvent]
        events = [
            event
            for ledger in ledgers
            for event in ledger.objects.filter(purchase_id__in=self.packs, request__isnull=False)
            .exclude(kind="undone")
            .filter(purchase__isnull=False)
            .order_by("pk")
            if Purchase.objects.filter(pk=event.purchase_id).exists()
        ]
        if not events:
            return
        event = events[place % len(events)]
        related = ["purchase__client", "purchase__offer", "request", "reversed_by"]
        member = self.members[who]

        def act() -> object:
            loaded = type(event).objects.select_related(*related).get(pk=event.pk)
            if isinstance(loaded, PurchaseEvent):
                change = commands.UndoChange(request_id=request_id)
                return operations.undo_change(member=member, event=loaded, command=change)
            if isinstance(loaded, ExpiryEvent):
                extension = commands.UndoExtension(request_id=request_id)
                return operations.undo_extension(member=member, event=loaded, command=extension)
            if loaded.kind == SessionEvent.Kind.MOVED:
                move = commands.UndoMove(request_id=request_id)
                return operations.undo_move(member=member, event=loaded, command=move)
            return operations.undo(
                member=member, event=loaded, command=commands.Undo(request_id=request_id)
            )

        if isinstance(event, SessionEvent) and event.kind == "moved" and event.delta == 1:
            return  # The site offers the undo of a move on the purchase that was charged first.
        if isinstance(event, PurchaseEvent) and event.kind == "sold":
            return
        self.send(act)

    @rule(who=MEMBERS)
    def sell(self, who: int) -> None:
        command = commands.Sell(
            request_id=uuid4(),
            client_id=self.clients[0].pk,
            offer_id=self.offers[0].pk,
            sessions_total=3,
            amount_paid_cents=100,
            currency="aud",
            payment_status="pending",
        )
        member = self.members[who]

        def act() -> object:
            return operations.sell(member=member, org_id=member.org_id, command=command).pk

        sold = self.send(act)
        assert isinstance(sold, UUID)
        self.packs[1] = sold
        self.known.add(sold)
        self.look()

    @precondition(lambda self: self.requests)
    @rule(place=PLACES)
    def repeat_a_request(self, place: int) -> None:
        act, answer = self.requests[place % len(self.requests)]
        if Purchase.objects.filter(pk__in=self.known).count() == len(self.known):
            assert outcome(act) == answer
        self.look()

    # --- Other programs ---------------------------------------------------------------------------

    @rule(which=PACKS, change=CHANGES)
    def another_program_updates(self, which: int, change: tuple[str, object]) -> None:
        assignment, assigned = change
        # A constraint may refuse it.
        with suppress(IntegrityError), acting_as(self.role):
            rows(
                f"UPDATE client_purchases SET {assignment} WHERE id = %s",
                assigned,
                self.packs[which],
            )
        self.look()

    @rule(which=PACKS, to=st.sampled_from([0, 1]))
    def another_program_changes_offer_and_client(self, which: int, to: int) -> None:
        with acting_as(self.role):
            rows(
                "UPDATE client_purchases SET offer_id = %s, client_id = %s WHERE id = %s",
                self.offers[to].pk,
                self.clients[to].pk,
                self.packs[which],
            )
        self.look()

    @rule(which=PACKS)
    def another_program_deletes_or_inserts(self, which: int) -> None:
        pk = self.packs[which]
        if Purchase.objects.filter(pk=pk).exists():
            rows("DELETE FROM client_purchases WHERE id = %s", pk)
        else:
            make_purchase(org=self.clients[0].org, id=pk, client=self.clients[0], total=3, used=2)
        self.look()

    # --- Checks -----------------------------------------------------------------------------------

    def act(self, which: int, operation: Callable[[dict[str, Any]], object], who: int) -> None:
        pk, member = self.packs[which], self.members[who]
        if not Purchase.objects.filter(pk=pk).exists():
            return
        self.send(lambda: operation({"member": member, "purchase": Purchase.objects.get(pk=pk)}))

    def send(self, act: Callable[[], object]) -> object:
        answer = outcome(act)
        self.requests.append((act, answer))
        self.look()
        return answer

    def look(self) -> None:
        """Note each purchase as it is, and compare it with what the ledgers rebuild."""
        now = value("SELECT clock_timestamp()")
        for pk in self.packs:
            row = next(iter(rows(AS_IT_IS, pk)), None)
            rebuilt = next(iter(rows(AS_OF, pk, "infinity")), None)
            assert rebuilt == row, "the ledgers rebuild the purchase as it is"
            self.steps.append((now, pk, row))

    def teardown(self) -> None:
        for at, pk, row in self.steps:
            rebuilt = next(iter(rows(AS_OF, pk, at)), None)
            assert rebuilt == row, f"the ledgers rebuild the purchase as it was at {at}"


def outcome(act: Callable[[], object]) -> object:
    """Return the result of an operation, or the text of its refusal."""
    try:
        result = act()
    except operations.Refused as refusal:
        return str(refusal)
    # The row is loaded again for a replay, and may have changed since.
    return getattr(result, "event_id", result)
