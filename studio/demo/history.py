"""Give some demo purchases a history of months, by several people.

Each step is a real operation, so that its ledgers are consistent. Afterwards the steps are moved to
their days in the past, which only the owner of the tables can do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from purchases import operations
from purchases.member import Member
from purchases.models import Client, Purchase, SessionEvent, SessionRequest
from purchases.operations import commands
from studio.demo.studios import Story

Reason = SessionRequest.Reason

# The purchases that get a history.
STORIES = [
    Story(150, "Rosalind Achterberg", "20-class pack"),
    Story(90, "Imogen Castellane", "10-class pack"),
    Story(60, "Caspian Rourke", "10-class pack"),
    Story(75, "Tabitha Noronha", "5 private sessions"),
    Story(40, "Tabitha Noronha", "10-class pack"),
    Story(30, "Wendeline Okafor", "5-class pack"),
]
LEDGERS = ["session_events", "expiry_events", "purchase_events"]


class History:
    """The steps of the demo's people. Steps of one purchase are in order of time."""

    def __init__(self, org_id: UUID, today: datetime, members: Mapping[str, Member]) -> None:
        """`members` are the demo's people by their usernames."""
        self.today = today
        self.members = members
        # The clients may have bought further packs.
        self.purchases = {
            (story.client, story.offer): Purchase.objects.get(
                org_id=org_id,
                client__full_name=story.client,
                offer__name=story.offer,
                purchased_at__gte=today - timedelta(days=story.days_ago),
                purchased_at__lt=today - timedelta(days=story.days_ago - 1),
            ).pk
            for story in STORIES
        }
        self.times: list[tuple[datetime, UUID]] = []

    def tell(self) -> None:
        pack = self.purchases["Rosalind Achterberg", "20-class pack"]
        for days in (147, 140, 133):
            self.use(days, "desk", pack)
        self.reinstate(131, "evening", pack, Reason.CLASS_CANCELLED)
        for days in (126, 119):
            self.use(days, "desk", pack)
        given_back = self.reinstate(112, "desk", pack, Reason.CHECKED_IN_BY_MISTAKE)
        self.undo(112, "desk", given_back)
        for days in (98, 84, 56, 28):
            self.use(days, "evening", pack)
        self.reinstate(27, "owner", pack, Reason.LATE_CANCEL_FORGIVEN, note="Had called at noon")
        self.step(14, "owner", pack, operations.extend, self.extension(30, "Was in hospital"))
        self.use(5, "desk", pack)

        pack = self.purchases["Imogen Castellane", "10-class pack"]
        for days in (86, 79, 72, 65):
            self.use(days, "desk", pack)
        heir = Client.objects.get(purchases=self.purchases["Wendeline Okafor", "5-class pack"])
        command = commands.Transfer(
            request_id=uuid4(), client_id=heir.pk, note="Moved to Perth, gave it to her sister"
        )
        self.step(40, "owner", pack, operations.transfer, command, client=heir)
        for days in (33, 12):
            self.use(days, "evening", pack)

        pack = self.purchases["Caspian Rourke", "10-class pack"]
        for days in (57, 50, 43):
            self.use(days, "desk", pack)
        refund = commands.Refund(request_id=uuid4(), amount_cents=16800, note="Injured his knee")
        self.step(20, "owner", pack, operations.refund, refund)

        private = self.purchases["Tabitha Noronha", "5 private sessions"]
        classes = self.purchases["Tabitha Noronha", "10-class pack"]
        self.use(70, "desk", private)
        self.use(35, "desk", private)
        move = commands.MoveUse(
            request_id=uuid4(), to_purchase_id=classes, note="It was a class, not a private one"
        )
        self.step(34, "desk", private, operations.move_use, move)
        self.use(21, "evening", classes)
        correction = commands.CorrectUsed(
            request_id=uuid4(), adjust_by=1, note="A visit on paper was never entered"
        )
        self.step(8, "owner", classes, operations.correct_used, correction)
        self.backdate()

    def use(self, days_ago: int, who: str, pk: UUID) -> None:
        self.step(days_ago, who, pk, operations.use, commands.Use(request_id=uuid4()))

    def reinstate(
        self, days_ago: int, who: str, pk: UUID, reason: str, note: str = ""
    ) -> SessionEvent:
        command = commands.Reinstate(request_id=uuid4(), reason=reason, note=note)
        done = self.step(days_ago, who, pk, operations.reinstate, command)
        return SessionEvent.objects.select_related("purchase", "request").get(pk=done.event_id)

    def undo(self, days_ago: int, who: str, event: SessionEvent) -> None:
        command = commands.Undo(request_id=uuid4())
        operations.undo(member=self.members[who], event=event, command=command)
        self.times.append((self.time(days_ago), command.request_id))

    @staticmethod
    def extension(days: int, note: str) -> commands.Extend:
        return commands.Extend(request_id=uuid4(), days=days, note=note)

    def step(
        self,
        days_ago: int,
        who: str,
        pk: UUID,
        operation: Callable[..., Any],
        command: Any,
        **arguments: Any,
    ) -> Any:
        purchase = Purchase.objects.select_related("client", "offer").get(pk=pk)
        self.times.append((self.time(days_ago), command.request_id))
        member = self.members[who]
        return operation(member=member, purchase=purchase, command=command, **arguments)

    def time(self, days_ago: int) -> datetime:
        """Return a time in the opening hours of the day, later than the steps before it."""
        minute = 17 * (len(self.times) % 31)
        return self.today - timedelta(days=days_ago) + timedelta(hours=9, minutes=minute)

    def backdate(self) -> None:
        """Move requests, their events and the openings of the purchases to their times."""
        times, request_ids = zip(*self.times, strict=True)
        tables = ["session_requests", *LEDGERS]
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER forbid_change")
            for table in tables:
                column = "asked_at" if table == "session_requests" else "occurred_at"
                cursor.execute(
                    f"UPDATE {table} AS line SET {column} = past.at"  # noqa: S608
                    " FROM unnest(%s::timestamptz[], %s::uuid[]) AS past (at, request_id)"
                    " WHERE line.request_id = past.request_id",
                    [list(times), list(request_ids)],
                )
            for table in ("session_events", "purchase_events"):
                cursor.execute(
                    f"UPDATE {table} AS line SET occurred_at = purchase.purchased_at"  # noqa: S608
                    " FROM client_purchases AS purchase"
                    " WHERE purchase.id = line.purchase_id AND line.kind = 'opened'"
                    " AND purchase.id = ANY (%s)",
                    [list(self.purchases.values())],
                )
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER forbid_change")
