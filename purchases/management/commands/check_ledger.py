"""`manage.py check_ledger`: compare every purchase, client and offer with its ledgers (an audit),
or the ledgers with their seals."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from purchases import invariants, seals
from purchases.database import sees_every_row
from purchases.management.progress import bar, draw
from purchases.models import Purchase, Seal, SessionEvent


class Command(BaseCommand):
    help = (
        "Lists every purchase whose count does not equal the sum of its events, one line each, "
        "with the remedy. The exit status is then 1. It changes nothing and locks nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--purchase", type=UUID, metavar="UUID", help="check this purchase only"
        )
        parser.add_argument(
            "--seals",
            action="store_true",
            help="recompute all seals, and list what differs from them instead",
        )
        parser.add_argument(
            "--seal",
            metavar="CODE",
            help="check a seal that somebody kept, as in A4F9-03C2-77E1; it needs --day",
        )
        parser.add_argument(
            "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the seal"
        )

    def handle(
        self,
        *,
        purchase: UUID | None,
        seal: str | None,
        day: date | None,
        **options: Any,
    ) -> None:
        if (seal is None) != (day is None):
            raise CommandError("Give both --seal and --day, or neither.")
        if not sees_every_row():
            raise CommandError(
                "This login sees the rows of one studio at most. Run the command as the login that "
                "owns the tables."
            )
        if seal is not None and day is not None:
            self.check_seal(seal, day)
        elif options["seals"]:
            self.check_seals()
        else:
            self.check_purchases(purchase)

    def check_purchases(self, purchase: UUID | None) -> None:
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
        for check in [] if purchase else [invariants.check_clients, invariants.check_offers]:
            for violation in check():
                violations += 1
                self.stdout.write(str(violation))
        if violations:
            raise CommandError(
                f"{violations:,} violation{'s' * (violations != 1)} found, a line each, "
                f"in {looked_at:,} purchase{'s' * (looked_at != 1)}, the clients, the offers and "
                "their events."
            )
        if purchase:
            self.stdout.write("All is well: the count is what its events add up to.")
        else:
            self.stdout.write(
                f"All is well: {looked_at:,} purchase{'s' * (looked_at != 1)}, "
                "each count what its events add up to."
            )

    def check_seals(self) -> None:
        self.list_differences(seals.check())
        number = Seal.objects.count()
        self.stdout.write(
            f"All is well: {number:,} seal{'s' * (number != 1)}, and every row is as it was sealed."
        )

    def check_seal(self, code: str, day: date) -> None:
        of_day, matching = seals.seals_of_day(day, code)
        if not seals.is_code(code):
            raise CommandError(f"A seal has at least 12 digits from 0 to F, and {code} has not.")
        if not matching:
            codes = ", ".join(seal.code for seal in of_day) or "none"
            raise CommandError(
                f"No seal of {day} is {code}. The seals of this day are now: {codes}. If this code "
                "was copied without a mistake, somebody changed rows and sealed them again."
            )
        for seal in matching:
            self.list_differences(seals.check(org_id=seal.org_id, until=seal.number))
        self.stdout.write(
            f"All is well: {code} is the seal of {day}, and every row up to this day is as it was "
            "sealed."
        )

    def list_differences(self, differences: list[seals.Difference]) -> None:
        """Print the differences, and end with status 1 if one is not allowed."""
        for difference in differences:
            self.stdout.write(str(difference))
        forbidden = [each for each in differences if not each.is_allowed]
        if forbidden:
            first = min(forbidden, key=lambda each: each.day or date.max)
            raise CommandError(
                f"{len(forbidden):,} difference{'s' * (len(forbidden) != 1)} found, a line each. "
                f"The first day that differs is {first.day} ({first.org})."
            )


def refuse_unknown(purchase_id: UUID) -> None:
    known = (
        Purchase.objects.filter(pk=purchase_id),
        SessionEvent.objects.filter(purchase_id=purchase_id),
    )
    if not any(rows.exists() for rows in known):
        raise CommandError(f"There is no purchase {purchase_id}, and no event of one.")
