"""The roles of members, and the role permissions: what each role may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from purchases.member import Action


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    STAFF = "staff", _("Front desk")
    ACCOUNTANT_READONLY = "accountant_readonly", _("Accountant (read only)")


ROLE_PERMISSIONS: dict[Role, set[Action]] = {
    Role.OWNER: {
        "see",
        "reinstate",
        "use",
        "extend",
        "move_use",
        "receive_payment",
        "correct",
        "transfer",
        "refund",
        "sell",
        "edit_clients",
        "export",
        "undo",
        "undo_any",
        "exceed_allowance",
        "administer",
    },
    Role.STAFF: {
        "see",
        "reinstate",
        "use",
        "extend",
        "move_use",
        "receive_payment",
        "sell",
        "edit_clients",
        "undo",
    },
    Role.ACCOUNTANT_READONLY: {"see", "export"},
}
