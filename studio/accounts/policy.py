"""The policy of an org and its allowances."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from purchases.models import SessionRequest

# The idle time of an org that chose none, and of users without an org.
IDLE_TIME = timedelta(minutes=15)


class Policy(models.Model):
    """The settings of an org for its desk. An org without a policy has the defaults."""

    org = models.OneToOneField(
        "purchases.Org", models.CASCADE, related_name="policy", verbose_name=_("studio")
    )
    reason_is_mandatory = models.BooleanField(
        _("a reason is mandatory"),
        default=False,
        help_text=_("The desk asks for a reason before it gives a session back."),
    )
    time_zone = models.TextField(
        _("time zone"),
        default=get_default_timezone_name,
        help_text=_("It decides when a day begins and ends, and so “today” and “in 3 days”."),
    )
    language = models.TextField(_("language"), default="", blank=True)

    desk_locks_after_minutes = models.PositiveSmallIntegerField(
        _("the desk locks after (minutes)"),
        null=True,
        blank=True,
        help_text=_(
            "After this time without activity, the desk asks who is there. Empty: after 15 minutes."
        ),
    )
    # ISO 3166 and ISO 4217. Empty if the org chose none.
    country = models.TextField(_("country"), default="", db_default="", blank=True)
    currency = models.TextField(_("currency"), default="", db_default="", blank=True)
    staff_may_sell = models.BooleanField(_("staff may sell"), default=True, db_default=True)
    staff_may_edit_clients = models.BooleanField(
        _("staff may add and edit clients"), default=True, db_default=True
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.CheckConstraint(
                name="a_desk_locks_after_1_to_480_minutes",
                condition=models.Q(desk_locks_after_minutes__range=(1, 480)),
                violation_error_message=_("Choose 1 to 480 minutes, or leave it empty."),
            ),
            models.CheckConstraint(
                name="policy_country_is_a_code",
                condition=models.Q(country__regex="^([A-Z]{2})?$"),
            ),
            models.CheckConstraint(
                name="policy_currency_is_a_code",
                condition=models.Q(currency__regex="^([a-z]{3})?$"),
            ),
        ]

    def __str__(self) -> str:
        return gettext("The desk of %(studio)s") % {"studio": self.org}


class Allowance(models.Model):
    """The number of sessions that staff may give back to one client for a reason within some days.

    An owner has to confirm further ones. A reason without an allowance has no limit.
    """

    org = models.ForeignKey(
        "purchases.Org", models.CASCADE, related_name="allowances", verbose_name=_("studio")
    )
    reason = models.TextField(
        _("reason"),
        blank=True,
        choices=[("", _("No reason given")), *SessionRequest.Reason.choices],
    )
    sessions = models.PositiveSmallIntegerField(
        _("sessions"),
        validators=[MaxValueValidator(1000)],
        help_text=_("For each client. With 0, an owner confirms every one."),
    )
    days = models.PositiveSmallIntegerField(
        _("within days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        constraints = [
            models.UniqueConstraint(
                name="an_org_has_one_allowance_per_reason",
                fields=["org", "reason"],
                violation_error_message=_("There is an allowance for this reason already."),
            ),
            models.CheckConstraint(
                name="allowance_reason_is_a_code",
                condition=models.Q(reason__regex="^([a-z][a-z0-9_]*)?$"),
            ),
            models.CheckConstraint(
                name="allowance_days_is_between_1_and_3650",
                condition=models.Q(days__range=(1, 3650)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.sessions} / {self.days}"
