"""`manage.py seal`: seal the ledgers of each day that is over."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from purchases import clock, seals
from purchases.models import Org
from studio.accounts.policy import Policy


class Command(BaseCommand):
    help = (
        "Seals the ledgers of each day that is over, in the time zone of each studio, and the days "
        "that were missed. Running it again does nothing."
    )

    def handle(self, *, verbosity: int, **options: Any) -> None:
        made = seals.seal_days_until(clock.now(), time_zones())
        if verbosity:
            self.stdout.write(f"{made:,} seal{'s' * (made != 1)} made.")


def time_zones() -> dict[Any, str]:
    """Return the time zone of every org. An org without a policy has the site's."""
    chosen = dict(Policy.objects.values_list("org_id", "time_zone"))
    ids = Org.objects.values_list("pk", flat=True)
    return {org_id: chosen.get(org_id, settings.TIME_ZONE) for org_id in ids}
