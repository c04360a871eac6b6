"""The admin of policies and allowances, with which owners set the rules of their studio."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.messages import ERROR
from django.db import IntegrityError
from django.db.models import QuerySet
from django.forms import TypedChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext_lazy as _

from purchases.admin import OwnOrgAdmin
from purchases.admin.own_org import member_of
from studio.accounts import policy_changes
from studio.accounts.permissions import Role
from studio.accounts.policy import Allowance, Policy
from studio.accounts.second_factor.admin import (
    ROLES,
    roles_field,
    roles_of,
    save_roles,
)

# Zone names whose meaning depends on the machine.
OF_A_MACHINE = {"Factory", "localtime"}


def offered_time_zones() -> list[str]:
    """Return the time zones of this machine that are the same on every machine, by name."""
    return sorted(available_timezones() - OF_A_MACHINE)


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The form of a policy. Its choices are not in the model, because each machine and version has
    other time zones and languages."""

    time_zone = forms.ChoiceField(
        label=capfirst(Policy._meta.get_field("time_zone").verbose_name),
        help_text=Policy._meta.get_field("time_zone").help_text,
        choices=lambda: [(name, name) for name in offered_time_zones()],
        initial=get_default_timezone_name,
    )
    language = forms.ChoiceField(
        label=capfirst(Policy._meta.get_field("language").verbose_name),
        choices=[("", _("The browser's language")), *settings.LANGUAGES],
        required=False,
    )
    roles_with_second_factor = roles_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the policy's own time zone too, which another machine may have offered. Without
        it, saving another field would change the time zone."""
        super().__init__(*args, **kwargs)
        zone = self.instance.time_zone
        if zone not in offered_time_zones():
            choices = cast("forms.ChoiceField", self.fields["time_zone"])
            choices.choices = [(zone, zone), *((name, name) for name in offered_time_zones())]
        self.initial.setdefault(ROLES, roles_of(self.instance))


@admin.register(Policy)
class PolicyAdmin(OwnOrgAdmin):
    """The admin of policies. An org has at most one policy."""

    form = PolicyForm
    fields = [
        "org",
        "reason_is_mandatory",
        "desk_locks_after_minutes",
        "time_zone",
        "language",
        "staff_may_sell",
        "staff_may_edit_clients",
        ROLES,
    ]
    list_display = [
        "__str__",
        "reason_is_mandatory",
        "desk_locks_after_minutes",
        "time_zone",
        "language",
    ]
    ordering = ["org__name"]
    list_select_related = ["org"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the user may add a policy: an owner may add the first one.

        Every admin page calls this. It needs no query, because the policy is loaded with the
        member.
        """
        member = member_of(request)
        has_policy = member is not None and hasattr(member.org, "policy")
        return request.user.is_superuser or (super().has_add_permission(request) and not has_policy)

    @admin.display(description=_("roles that need a second factor"))
    def roles_with_second_factor(self, policy: Policy) -> str:
        """Return the roles in words, for people who cannot change the policy."""
        return ", ".join(str(Role(role).label) for role in roles_of(policy))

    def columns_to_write(self, request: HttpRequest, obj: Any, form: Any) -> list[str]:
        columns = super().columns_to_write(request, obj, form)
        return [column for column in columns if column != ROLES]

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        # The org of a new policy is set while it is saved.
        before = policy_changes.policy_values(obj.org_id)
        super().save_model(request, obj, form, change)
        if ROLES in form.changed_data:
            save_roles(obj, form.cleaned_data[ROLES])
        policy_changes.record(obj.org, before, policy_changes.policy_values(obj.org_id))


@admin.register(Allowance)
class AllowanceAdmin(OwnOrgAdmin):
    """The admin of allowances. A reason without an allowance has no limit."""

    fields = ["org", "reason", "sessions", "days"]
    list_display = ["reason_in_words", "sessions", "days", "org"]
    ordering = ["org__name", "reason"]
    list_select_related = ["org"]

    def save_model(self, request: HttpRequest, obj: Allowance, form: Any, change: bool) -> None:
        before = policy_changes.allowances_of_row(obj)
        super().save_model(request, obj, form, change)
        policy_changes.record(obj.org, before, policy_changes.allowances_of_row(obj))

    def delete_model(self, request: HttpRequest, obj: Allowance) -> None:
        org, before = obj.org, policy_changes.allowances_of_row(obj)
        super().delete_model(request, obj)
        policy_changes.record(org, before, {})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Allowance]) -> None:
        for allowance in queryset:
            self.delete_model(request, allowance)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow to delete an allowance, which removes the limit of its reason."""
        return self.has_change_permission(request, obj)

    @admin.display(description=_("reason"), ordering="reason")
    def reason_in_words(self, allowance: Allowance) -> str:
        return allowance.get_reason_display()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        readonly = super().get_readonly_fields(request, obj)
        return [*readonly, "reason"] if obj else readonly

    def formfield_for_choice_field(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> TypedChoiceField | None:
        """Omit reasons with an allowance. Django cannot: an owner's form has no org field."""
        kwargs["help_text"] = _(
            "A reason without an allowance has no limit. “No reason given” means Reinstate "
            "without a reason."
        )
        member = member_of(request)
        if member and not request.user.is_superuser:
            kwargs["choices"] = [
                (reason, label)
                for reason, label in db_field.choices
                if reason not in member.allowances
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show an error if a concurrent request has saved an allowance for the same reason."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            self.message_user(request, _("There is an allowance for this reason already."), ERROR)
            return redirect("admin:studio_allowance_changelist")
