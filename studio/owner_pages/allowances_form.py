"""The allowances of a studio: a form with a line for each reason, and its operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from purchases.models import Org
from studio.accounts import policy_changes
from studio.accounts.policy import Allowance
from studio.owner_pages.stale import ChangedSince

DAYS = 30
SESSIONS_RANGE = _("Write 0 to 1,000 sessions, or leave it empty for no limit.")
DAYS_RANGE = _("Write 1 to 3,650 days.")


@dataclass(frozen=True)
class Line:
    reason: str
    label: str
    sessions: forms.BoundField
    days: forms.BoundField


class AllowancesForm(forms.Form):
    """Sessions and days by reason. A reason without sessions has no limit."""

    def __init__(self, *args: Any, reasons: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons = reasons
        for reason, label in reasons.items():
            sessions = number(0, 1000, SESSIONS_RANGE)
            sessions.widget.attrs["aria-label"] = _("%(reason)s: sessions") % {"reason": label}
            days = number(1, 3650, DAYS_RANGE)
            days.widget.attrs["aria-label"] = _("%(reason)s: within days") % {"reason": label}
            self.fields[f"sessions-{reason}"], self.fields[f"days-{reason}"] = sessions, days

    def lines(self) -> Iterator[Line]:
        for reason, label in self.reasons.items():
            yield Line(reason, label, self[f"sessions-{reason}"], self[f"days-{reason}"])

    @property
    def limits(self) -> dict[str, list[int]]:
        """Return the typed sessions and days by reason."""
        data = self.cleaned_data
        return {
            reason: [data[f"sessions-{reason}"], data[f"days-{reason}"] or DAYS]
            for reason in self.reasons
            if data[f"sessions-{reason}"] is not None
        }


def number(least: int, most: int, problem: Any) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], problem),
        widget=forms.NumberInput({"class": "field"}),
    )


def reasons_of(limits: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of all reasons. Another version may have stored further ones."""
    choices = cast("Any", Allowance._meta.get_field("reason")).choices
    known = {reason: str(label) for reason, label in choices}
    return known | {reason: reason for reason in limits if reason not in known}


def limits_of(org: Org) -> dict[str, list[int]]:
    """Return the stored sessions and days by reason."""
    rows = Allowance.objects.filter(org=org).order_by("reason")
    return {row.reason: [row.sessions, row.days] for row in rows}


def initial(limits: Mapping[str, list[int]], reasons: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the fields for stored or typed limits."""
    values: dict[str, Any] = {}
    for reason in reasons:
        sessions, days = limits.get(reason, [None, DAYS])
        values |= {f"sessions-{reason}": sessions, f"days-{reason}": days}
    return values


def save_allowances(
    org: Org, typed: Mapping[str, list[int]], loaded: Mapping[str, Any], *, user_id: int
) -> None:
    """Add, change and remove allowances, and record each change.

    Raise ChangedSince, and save nothing, if the stored ones are not those that the page showed.
    """
    with transaction.atomic():
        org = Org.objects.select_for_update(no_key=True).get(pk=org.pk)
        stored = limits_of(org)
        if stored != loaded:
            raise ChangedSince(stored, loaded)
        before = policy_changes.allowance_values(org.pk)
        Allowance.objects.filter(org=org).exclude(reason__in=[*typed]).delete()
        for reason, (sessions, days) in typed.items():
            if stored.get(reason) != [sessions, days]:
                values = {"sessions": sessions, "days": days}
                Allowance.objects.update_or_create(org=org, reason=reason, defaults=values)
        after = policy_changes.allowance_values(org.pk)
        policy_changes.record(org, before, after)
        policy_changes.record_in_admin(user_id, org, before, after)
