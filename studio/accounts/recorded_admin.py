"""Bases of the admins of accounts and memberships, which record changes in the security log."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.messages import ERROR
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect

from studio.accounts.people.account_changes import lock, record_changes
from studio.accounts.people.guards import (
    LAST_OWNER_TEXT,
    LastOwner,
    NameTaken,
    change_of_people,
)
from studio.accounts.user import User


class GuardedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin whose pages say in a sentence what the database refuses about people."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._guarded(super().changeform_view, request, *args, **kwargs)
        except NameTaken:
            # The other account is stored now, so the form finds it.
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._guarded(super().delete_view, request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._guarded(super().changelist_view, request, *args, **kwargs)

    def _guarded(self, view: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Run a POST as one change, so that a refusal changes nothing."""
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with change_of_people():
                return view(request, *args, **kwargs)
        except LastOwner:
            self.message_user(request, str(LAST_OWNER_TEXT), ERROR)
            return HttpResponseRedirect(request.get_full_path())


class RecordedUserAdmin(GuardedAdmin):
    """An admin of accounts. New accounts, `is_active` and roles are recorded."""

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.account_before = lock(obj.pk) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the membership, then record the changes of both."""
        super().save_related(request, form, formsets, change)
        record_changes(form.instance.pk, form.account_before)


class RecordedMembershipAdmin(GuardedAdmin):
    """An admin of memberships. Changes of a role are recorded, a new and a deleted one too."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = lock(obj.user_id)
        super().save_model(request, obj, form, change)
        record_changes(obj.user_id, before)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        user_id, before = obj.user_id, lock(obj.user_id)
        super().delete_model(request, obj)
        record_changes(user_id, before)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        before = {user_id: lock(user_id) for user_id in sorted(users_of(queryset))}
        super().delete_queryset(request, queryset)
        for user_id, former in before.items():
            record_changes(user_id, former)


def users_of(memberships: QuerySet[Any]) -> Iterable[int]:
    return memberships.values_list("user_id", flat=True)
