"""Bases of the admins of accounts and memberships, which record changes in the security log."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from studio.accounts import security_log
from studio.accounts.security_event import SecurityEvent
from studio.accounts.user import User

Kind = SecurityEvent.Kind


class Account(NamedTuple):
    """The rights of an account."""

    is_active: bool
    is_superuser: bool
    role: str | None
    org_id: UUID | None

    @property
    def roles(self) -> str:
        return "+".join(filter(None, [self.role, "superuser" if self.is_superuser else ""]))


def account(user_id: int) -> Account | None:
    """Return the rights of an account, or None if the account does not exist."""
    columns = ("is_active", "is_superuser", "membership__role", "membership__org_id")
    row = User.objects.filter(pk=user_id).values_list(*columns).first()
    return Account(*row) if row else None


def record_changes(user_id: int, before: Account | None) -> None:
    """Record the differences between an account before and its stored state.

    A person who moves to another org leaves the first one, so the log of each org has an event.
    """
    after = account(user_id)
    if before and after and before.org_id and after.org_id and before.org_id != after.org_id:
        between = before._replace(role=None, org_id=None)
        _record_differences(user_id, before, between)
        before = between
    _record_differences(user_id, before, after)


def _record_differences(user_id: int, before: Account | None, after: Account | None) -> None:
    org_id = before.org_id if before else None
    events: list[tuple[SecurityEvent.Kind, str]] = []
    if before is None or after is None:
        if before is None and after is not None:
            events.append((Kind.ACCOUNT_ADDED, after.roles))
        elif before is not None:
            events.append((Kind.ACCOUNT_DELETED, before.roles))
    else:
        if before.roles != after.roles:
            detail = f"{before.roles or 'none'} to {after.roles or 'none'}"
            events.append((Kind.ROLE_CHANGED, detail))
        if before.is_active != after.is_active:
            events.append((Kind.SWITCHED_ON if after.is_active else Kind.SWITCHED_OFF, ""))
    for kind, detail in events:
        security_log.record(kind, account_id=user_id, org_id=org_id, detail=detail)


class RecordedUserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of accounts. New accounts, `is_active` and roles are recorded."""

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.account_before = account(obj.pk) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the membership, then record the changes of both."""
        super().save_related(request, form, formsets, change)
        record_changes(form.instance.pk, form.account_before)


class RecordedMembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin of memberships. Changes of a role are recorded, a new and a deleted one too."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = account(obj.user_id)
        super().save_model(request, obj, form, change)
        record_changes(obj.user_id, before)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        user_id, before = obj.user_id, account(obj.user_id)
        super().delete_model(request, obj)
        record_changes(user_id, before)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        before = {user_id: account(user_id) for user_id in users_of(queryset)}
        super().delete_queryset(request, queryset)
        for user_id, former in before.items():
            record_changes(user_id, former)


def users_of(memberships: QuerySet[Any]) -> Iterable[int]:
    return memberships.values_list("user_id", flat=True)
