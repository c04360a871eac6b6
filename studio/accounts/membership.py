"""The membership: a user's role in an org."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.member import Action, Approver
from studio.accounts.permissions import ROLE_PERMISSIONS, Role
from studio.accounts.policy import Allowance, Policy
from studio.accounts.user import User

if TYPE_CHECKING:
    from studio.accounts.pin import Pin


class Membership(models.Model):
    """A user's role in an org. A user has at most one membership of an org, and several in all."""

    Role = Role

    # The unique constraint has the index.
    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("user"), db_index=False
    )
    org = models.ForeignKey(
        "purchases.Org", models.PROTECT, related_name="memberships", verbose_name=_("studio")
    )
    role = models.TextField(_("role"), choices=Role)
    # False if an owner of the org switched the person off. Their other studios go on.
    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    # The time of the last sign-in to this org, or of the last switch to it.
    opened_at = models.DateTimeField(_("last sign-in"), null=True, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "org"], name="a_person_has_one_membership_of_an_org"
            ),
            models.CheckConstraint(
                name="membership_role_is_known",
                condition=models.Q(role__in=["owner", "staff", "accountant_readonly"]),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(person)s, %(role)s of %(studio)s") % {
            "person": self.user,
            "role": self.get_role_display().lower(),
            "studio": self.org,
        }

    @property
    def must_give_reason(self) -> bool:
        return self.policy is not None and self.policy.reason_is_mandatory

    @property
    def policy(self) -> Policy | None:
        """Return the org's policy, or None. It costs no query if `org__policy` was loaded."""
        policy: Policy | None = getattr(self.org, "policy", None)
        return policy

    @property
    def time_zone(self) -> ZoneInfo:
        """Return the org's time zone, or settings.TIME_ZONE if the machine does not know it."""
        try:
            return ZoneInfo(self.policy.time_zone if self.policy else settings.TIME_ZONE)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(settings.TIME_ZONE)

    @property
    def country(self) -> str:
        """Return the org's country (ISO 3166), or an empty text."""
        return self.policy.country if self.policy else ""

    @property
    def language(self) -> str:
        """Return the org's language, or an empty text if the browser decides."""
        return self.policy.language if self.policy else ""

    @property
    def currency(self) -> str:
        """Return the org's currency, or an empty text if it chose none."""
        return self.policy.currency if self.policy else ""

    @property
    def name(self) -> str:
        return self.user.get_short_name()

    @property
    def is_usable(self) -> bool:
        """Return whether neither the membership nor the account is switched off."""
        return self.is_active and self.user.is_active

    @property
    def has_pin(self) -> bool:
        return self.pin_set_at is not None

    @cached_property
    def pin_set_at(self) -> datetime | None:
        """Return the time when the member set the PIN, or None without a PIN. `valid_session` sets
        it, to save this query."""
        pin: Pin | None = getattr(self, "pin", None)
        return pin.set_at if pin else None

    @cached_property
    def allowances(self) -> dict[str, Allowance]:
        """Return the org's allowances by reason. `desk_of` sets them, to save this query."""
        return {allowance.reason: allowance for allowance in self.org.allowances.all()}

    @property
    def approvers(self) -> list[Approver]:
        owners = self.other_owners.order_by("user__first_name", "pk")
        return [Approver(owner.user_id, owner.name) for owner in owners]

    @property
    def other_owners(self) -> models.QuerySet[Membership]:
        owners = Membership.usable().filter(role=Membership.Role.OWNER, org=self.org_id)
        return owners.exclude(pk=self.pk).select_related("user")

    @classmethod
    def usable(cls) -> models.QuerySet[Membership]:
        """Return the memberships that are not switched off, of accounts that are not either."""
        return cls.objects.filter(is_active=True, user__is_active=True)

    def may(self, action: Action) -> bool:
        """Return whether the role allows the action, and for staff the policy too."""
        return action in ROLE_PERMISSIONS[Role(self.role)] and not self._policy_forbids(action)

    def _policy_forbids(self, action: Action) -> bool:
        if self.policy is None or self.role != Role.STAFF:
            return False
        return (action == "sell" and not self.policy.staff_may_sell) or (
            action == "edit_clients" and not self.policy.staff_may_edit_clients
        )
