"""Changes of an account and its memberships, compared and recorded in the security log."""

from typing import NamedTuple
from uuid import UUID

from studio.accounts import security_log
from studio.accounts.security_event import SecurityEvent
from studio.accounts.user import User

Kind = SecurityEvent.Kind


class Rights(NamedTuple):
    """The rights of a membership."""

    role: str
    is_active: bool


class Account(NamedTuple):
    """The rights of an account, with those of its memberships by org."""

    is_active: bool
    is_superuser: bool
    rights: dict[UUID, Rights]

    def roles_in(self, org_id: UUID | None) -> str:
        rights = self.rights.get(org_id) if org_id else None
        parts = [rights.role if rights else "", "superuser" if self.is_superuser else ""]
        return "+".join(filter(None, parts))

    def is_active_in(self, org_id: UUID | None) -> bool:
        rights = self.rights.get(org_id) if org_id else None
        return self.is_active and (rights is None or rights.is_active)


def lock(user_id: int) -> Account | None:
    """Return the rights of an account before a change, or None if the account does not exist.

    The second of two concurrent changes waits, and so records what the first one has stored.
    """
    User.objects.select_for_update().filter(pk=user_id).first()
    return account(user_id)


def account(user_id: int) -> Account | None:
    """Return the rights of an account, or None if the account does not exist."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return None
    rows = user.memberships.values_list("org_id", "role", "is_active")
    rights = {org_id: Rights(role, is_active) for org_id, role, is_active in rows}
    return Account(user.is_active, user.is_superuser, rights)


def record_changes(user_id: int, before: Account | None) -> None:
    """Record the differences between an account before and its stored state.

    The log of each of its orgs, before and after, has the events of this org.
    """
    after = account(user_id)
    orgs = {**(before.rights if before else {}), **(after.rights if after else {})}
    for org_id in orgs or [None]:
        for kind, detail in _differences(org_id, before, after):
            security_log.record(kind, account_id=user_id, org_id=org_id, detail=detail)


def _differences(
    org_id: UUID | None, before: Account | None, after: Account | None
) -> list[tuple[SecurityEvent.Kind, str]]:
    if before is None or after is None:
        if before is None and after is not None:
            return [(Kind.ACCOUNT_ADDED, after.roles_in(org_id))]
        return [(Kind.ACCOUNT_DELETED, before.roles_in(org_id))] if before else []
    events: list[tuple[SecurityEvent.Kind, str]] = []
    roles, new_roles = before.roles_in(org_id), after.roles_in(org_id)
    if roles != new_roles:
        events.append((Kind.ROLE_CHANGED, f"{roles or 'none'} to {new_roles or 'none'}"))
    if before.is_active_in(org_id) != after.is_active_in(org_id):
        is_active = after.is_active_in(org_id)
        events.append((Kind.SWITCHED_ON if is_active else Kind.SWITCHED_OFF, ""))
    return events
