"""The values of a policy, and the record of each change in the security log and the admin's log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model

from purchases.models import Org
from studio.accounts import security_log
from studio.accounts.policy import Allowance, Policy
from studio.accounts.second_factor.admin import ROLES, roles_of
from studio.accounts.security_event import SecurityEvent

COLUMNS = [
    "country",
    "time_zone",
    "language",
    "currency",
    "reason_is_mandatory",
    "staff_may_sell",
    "staff_may_edit_clients",
    "desk_locks_after_minutes",
]
# Texts that a person typed. The security log names them without their values.
TYPED = {"name"}

Values = dict[str, Any]


def policy_values(org_id: UUID) -> Values:
    """Return the values of the org's policy by column, and the roles that need a second factor. An
    org without a policy has the defaults."""
    policy = Policy.objects.filter(org_id=org_id).first()
    values = {column: getattr(policy or Policy(), column) for column in COLUMNS}
    return values | {ROLES: roles_of(policy) if policy else []}


def allowance_values(org_id: UUID) -> Values:
    """Return the allowances of the org by reason, as in "3 in 30 days"."""
    return dict(map(_in_words, Allowance.objects.filter(org_id=org_id)))


def allowances_of_row(row: Allowance) -> Values:
    """Return the stored allowance of a row like `allowance_values`, or nothing for a new row."""
    return dict(map(_in_words, Allowance.objects.filter(pk=row.pk)))


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the values before and after by name. None stands for a missing one."""
    names = dict.fromkeys([*before, *after])
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def record(org: Org, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Record an event of the security log for each changed value."""
    for name, pair in changes(before, after).items():
        detail = name if name in TYPED else f"{name} {_code(pair[0])} to {_code(pair[1])}"
        security_log.record(SecurityEvent.Kind.POLICY_CHANGED, org_id=org.pk, detail=detail)


def record_in_admin(
    user_id: int, row: Model, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Write the changed values to the history of the row, which the admin shows."""
    texts = [f"{name}: {a} → {b}" for name, (a, b) in changes(before, after).items()]
    if texts:
        rows: Any = [row]
        message = ". ".join(texts)
        LogEntry.objects.log_actions(user_id, rows, CHANGE, message, single_object=True)


def _in_words(allowance: Allowance) -> tuple[str, str]:
    words = f"{allowance.sessions} in {allowance.days} days"
    return f"allowance:{allowance.reason}", words


def _code(value: Any) -> str:
    if isinstance(value, list):
        return "+".join(value) or "none"
    return "none" if value in (None, "") else str(value)
