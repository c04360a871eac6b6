"""`manage.py check_ledger`: compare every purchase with its ledgers (an audit)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from purchases import invariants
from purchases.management.progress import bar, draw
from purchases.models import Purchase, SessionEvent


class Command(BaseCommand):
    help = (
        "Lists every purchase whose count does not equal the sum of its events, one line each, "
        "with the remedy. The exit status is then 1. It changes nothing and locks nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--purchase", type=UUID, metavar="UUID", help="check this purchase only"
        )

    def handle(self, *, purchase: UUID | None, **options: Any) -> None:
        total = Purchase.objects.count()
        if purchase:
            total = 1
            refuse_unknown(purchase)
        looked_at, violations = 0, 0
        for purchases, found in invariants.check(purchase):
            looked_at += purchases
            violations += len(found)
            draw(self.stderr, "")
            for violation in found:
                self.stdout.write(str(violation))
            draw(self.stderr, bar(looked_at, max(total, looked_at), "purchases"))
        draw(self.stderr, "")
        if violations:
            raise CommandError(
                f"{violations:,} violation{'s' * (violations != 1)} found, a line each, "
                f"in {looked_at:,} purchase{'s' * (looked_at != 1)} and their events."
            )
        if purchase:
            self.stdout.write("All is well: the count is what its events add up to.")
        else:
            self.stdout.write(
                f"All is well: {looked_at:,} purchase{'s' * (looked_at != 1)}, "
                "each count what its events add up to."
            )


def refuse_unknown(purchase_id: UUID) -> None:
    known = (
        Purchase.objects.filter(pk=purchase_id),
        SessionEvent.objects.filter(purchase_id=purchase_id),
    )
    if not any(rows.exists() for rows in known):
        raise CommandError(f"There is no purchase {purchase_id}, and no event of one.")
