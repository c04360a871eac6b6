"""Who signs in, and what each may do in which org."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from purchases.access import Action


class User(AbstractUser):
    """A person who signs in. What they may do is said by their membership."""


class Membership(models.Model):
    """A user's role in an org. One user works for one org."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        STAFF = "staff", "Front desk"
        ACCOUNTANT_READONLY = "accountant_readonly", "Accountant (read only)"

    user = models.OneToOneField(User, models.CASCADE, related_name="membership")
    org = models.ForeignKey("purchases.Org", models.PROTECT, related_name="memberships")
    role = models.TextField(choices=Role)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_role_is_known",
                condition=models.Q(role__in=["owner", "staff", "accountant_readonly"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display().lower()} of {self.org}"

    @property
    def must_give_reason(self) -> bool:
        policy: Policy | None = getattr(self.org, "policy", None)
        return policy is not None and policy.reason_is_mandatory

    def may(self, action: Action) -> bool:
        return action in MAY[Membership.Role(self.role)]


class Policy(models.Model):
    """What an org chose for its desk. An org without a row chose nothing."""

    org = models.OneToOneField("purchases.Org", models.CASCADE, related_name="policy")
    reason_is_mandatory = models.BooleanField(
        "a reason is mandatory",
        default=False,
        help_text="The desk asks why, in the same motion, before it gives a session back.",
    )

    class Meta:
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"The desk of {self.org}"


MAY: dict[Membership.Role, set[Action]] = {
    Membership.Role.OWNER: {"see", "reinstate", "use", "undo", "undo_any", "administer"},
    Membership.Role.STAFF: {"see", "reinstate", "use", "undo"},
    Membership.Role.ACCOUNTANT_READONLY: {"see"},
}
