"""The acts that a purchase's page offers: those that the role has and the purchase allows."""

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext

from purchases.acts.corrections import corrections_of_total, corrections_of_used
from purchases.member import Member
from purchases.models import Purchase


@dataclass(frozen=True)
class Act:
    """A link to the page of an act."""

    label: str
    url: str


def acts(member: Member, purchase: Purchase, *, can_move: bool) -> list[Act]:
    """Return the acts with a page of their own. `can_move` says whether the client has another pack
    that can take a use."""
    corrects, refunds = member.may("correct"), member.may("refund")
    offered = [
        ("move_use", gettext("Move a use"), can_move and bool(purchase.sessions_used)),
        ("correct_used", gettext("Correct used"), corrects and has_used_to_correct(purchase)),
        (
            "correct_total",
            gettext("Correct bought"),
            corrects and bool(corrections_of_total(purchase).near),
        ),
        ("transfer", gettext("Transfer"), member.may("transfer")),
        ("refund", gettext("Refund"), refunds and purchase.refund_refusal is None),
    ]
    return [Act(label, act_url(name, purchase.pk)) for name, label, can_act in offered if can_act]


def has_used_to_correct(purchase: Purchase) -> bool:
    return bool(corrections_of_used(purchase).near)


def act_url(name: str, purchase_id: UUID) -> str:
    return reverse(f"purchases:{name}", args=[purchase_id])
