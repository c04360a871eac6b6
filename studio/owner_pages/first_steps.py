"""The first steps of a new studio, which the desk lists for its owners until each is done.

The list takes one query, and none at the desk of a studio that is older than NEW_FOR and has
purchases.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from purchases import clock
from purchases.database import fetch_values, read_statement
from studio.accounts.membership import Membership
from studio.owner_pages.models import FinishedStep

NEW_FOR = timedelta(days=30)
COPY = FinishedStep.Step.COPY
SELECT_FINISHED_STEPS = read_statement(Path(__file__).parent / "sql" / "select_finished_steps.sql")


@dataclass(frozen=True)
class Step:
    code: str
    text: str | Promise
    why: str | Promise
    url: str

    @property
    def can_be_dismissed(self) -> bool:
        return self.code == COPY


# The text of each step, its reason, and its page with an anchor.
STEPS: dict[str, tuple[Promise, Promise, str, str]] = {
    "offers": (
        _("Add what you sell"),
        _("packs, single sessions and subscriptions"),
        "purchases:offer_list",
        "",
    ),
    "clients": (
        _("Bring in your clients"),
        _("with what is left of their packs"),
        "purchases:import",
        "",
    ),
    "people": (
        _("Invite your team"),
        _("each person signs in under their own name"),
        "people",
        "",
    ),
    "shared_desk": (
        _("Set up a shared desk"),
        _("several people at one computer, each with a PIN"),
        "studio_settings",
        "#shared-desk",
    ),
    COPY: (
        _("Keep a copy of your data"),
        _("everything in one file, whenever you want"),
        "purchases:export",
        "",
    ),
}


def first_steps(member: Membership, *, desk_is_empty: bool) -> list[Step]:
    """Return the steps that are not done. The list is empty for other roles, and for
    established studios."""
    is_new = clock.now() - member.org.created_at < NEW_FOR
    if not member.may("administer") or not (is_new or desk_is_empty):
        return []
    done = finished_steps(member)
    return [
        Step(code, text, why, reverse(page) + anchor)
        for code, (text, why, page, anchor) in STEPS.items()
        if code not in done
    ]


def finished_steps(member: Membership) -> set[str]:
    params = {"org_id": member.org_id, "member_id": member.pk}
    found = fetch_values(SELECT_FINISHED_STEPS, params)
    assert found is not None
    return set(found[0])


def finish_step(org_id: UUID, step: FinishedStep.Step) -> None:
    """Store that the org has finished or dismissed a step. Doing it again changes nothing."""
    FinishedStep.objects.bulk_create(
        [FinishedStep(org_id=org_id, step=step)], ignore_conflicts=True
    )
