"""The part of the admin for second factors: owners remove those of a member, or require them."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.contrib.messages import ERROR
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from studio.accounts.people import acts
from studio.accounts.people.several_studios import belongs_to_others, own_second_factor
from studio.accounts.permissions import Role
from studio.accounts.policy import Policy
from studio.accounts.second_factor.models import SecondFactorRole
from studio.accounts.user import User

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

ROLES = "roles_with_second_factor"


@admin.action(permissions=["change"], description=_("Remove the second factor"))
def remove_second_factors(
    model_admin: "ModelAdmin[Any]", request: HttpRequest, rows: QuerySet[Any]
) -> None:
    """Remove the second factors of people who have lost theirs. Nobody removes their own here,
    because the page of the second factor asks for the password. An owner removes none of a
    superuser, whose rights reach beyond the studio."""
    for row in rows:
        user: User = row if isinstance(row, User) else row.user
        name = {"name": user.get_short_name()}
        if user.pk == request.user.pk:
            text = _("You remove your own second factor on the page “Second factor”.")
            model_admin.message_user(request, text, ERROR)
        elif acts.is_beyond(cast("User", request.user), user):
            refusal = _("Only a superuser removes the second factor of %(name)s.") % name
            model_admin.message_user(request, refusal, ERROR)
        elif belongs_to_others(cast("User", request.user), user):
            model_admin.message_user(request, own_second_factor() % name, ERROR)
        elif acts.remove_second_factors(user):
            done = str(_("The second factor of %(name)s is removed.") % name)
            model_admin.log_change(request, row, done)
            model_admin.message_user(request, done)
        else:
            model_admin.message_user(request, _("%(name)s has no second factor.") % name)


def roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Roles that need a second factor"),
        help_text=_("At their next sign-in, people without one set one up before anything else."),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def roles_of(policy: Policy) -> list[str]:
    rows = SecondFactorRole.objects.filter(policy=policy.pk).order_by("role")
    return [row.role for row in rows]


def save_roles(policy: Policy, roles: list[str]) -> None:
    with transaction.atomic():
        SecondFactorRole.objects.filter(policy=policy).exclude(role__in=roles).delete()
        rows = [SecondFactorRole(policy=policy, role=role) for role in roles]
        SecondFactorRole.objects.bulk_create(rows, ignore_conflicts=True)
