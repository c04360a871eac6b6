"""The settings of a studio: their form, and the operation that saves them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.models import Org
from studio.accounts import policy_changes
from studio.accounts.permissions import Role
from studio.accounts.policy import Policy
from studio.accounts.policy_changes import COLUMNS
from studio.accounts.second_factor.admin import ROLES, roles_field, save_roles
from studio.new_studio.fields import StudioFields
from studio.owner_pages.stale import ChangedSince

LOCK_RANGE = _("Choose 1 to 480 minutes, or leave it empty.")


def tick(column: str, help_text: Any = "") -> forms.BooleanField:
    field: Any = Policy._meta.get_field(column)
    label = capfirst(field.verbose_name)
    return forms.BooleanField(label=label, help_text=help_text or field.help_text, required=False)


class SettingsForm(StudioFields):
    reason_is_mandatory = tick("reason_is_mandatory")
    staff_may_sell = tick("staff_may_sell")
    staff_may_edit_clients = tick("staff_may_edit_clients")
    desk_locks_after_minutes = forms.IntegerField(
        label=_("The desk locks after (minutes)"),
        help_text=Policy._meta.get_field("desk_locks_after_minutes").help_text,
        required=False,
        min_value=1,
        max_value=480,
        error_messages=dict.fromkeys(["invalid", "min_value", "max_value"], LOCK_RANGE),
    )
    roles_with_second_factor = roles_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].required = True
        self.fields["time_zone"].error_messages["required"] = _("Choose the time zone.")
        self.fields["desk_locks_after_minutes"].widget.attrs["class"] = "field number"

    def clean_roles_with_second_factor(self) -> list[str]:
        return sorted(self.cleaned_data[ROLES])

    def in_words(self, name: str, value: Any) -> str:
        """Return a value of a field as a person reads it."""
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return gettext("yes") if value else gettext("no")
        if isinstance(field, forms.MultipleChoiceField):
            return ", ".join(str(Role(role).label) for role in value) or gettext("none")
        if isinstance(field, forms.ChoiceField):
            return str(dict(_flat(field.choices)).get(value, value))
        return str(value or gettext("none"))


def _flat(choices: Any) -> list[tuple[str, Any]]:
    """Return the choices of all groups."""
    return [
        choice
        for value, label in choices
        for choice in (label if isinstance(label, list | tuple) else [(value, label)])
    ]


def settings_of(org: Org) -> policy_changes.Values:
    """Return the stored settings by the names of the fields."""
    return {"name": org.name, **policy_changes.policy_values(org.pk)}


def save_settings(
    org: Org, typed: Mapping[str, Any], loaded: Mapping[str, Any], *, user_id: int
) -> None:
    """Save the settings and record each change.

    Raise ChangedSince, and save nothing, if the stored ones are not those that the page showed.
    """
    with transaction.atomic():
        org = Org.objects.select_for_update(no_key=True).get(pk=org.pk)
        before = settings_of(org)
        if before != loaded:
            raise ChangedSince(before, loaded)
        policy, _made = Policy.objects.get_or_create(org=org)
        for column in COLUMNS:
            setattr(policy, column, typed[column])
        policy.save()
        save_roles(policy, typed[ROLES])
        if typed["name"] != org.name:
            org.name = typed["name"]
            org.save(update_fields=["name"])
        after = {name: typed[name] for name in before}
        policy_changes.record(org, before, after)
        policy_changes.record_in_admin(user_id, policy, before, after)
