"""The table of the security log: who did what to which account, when and from where."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from purchases.models import Org
from studio.accounts.user import User


def reference(model: type[models.Model], verbose_name: Any) -> Any:
    """Return a foreign key without a constraint, because the log outlives accounts and orgs."""
    return models.ForeignKey(
        model,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=verbose_name,
    )


class SecurityEvent(models.Model):
    """An event of the append-only security log, which `security_log.record` inserts.

    It has no text that a person typed: people type passwords into the field for the name. The
    database sets `occurred_at`.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        SIGNED_OUT = "signed_out", _("Signed out")
        SESSION_ENDED = "session_ended", _("Sessions ended")
        LOCKED = "locked", _("Desk locked")
        UNLOCKED = "unlocked", _("Desk unlocked")
        TOOK_OVER = "took_over", _("Took over the desk")
        WRONG_PIN = "wrong_pin", _("Wrong PIN")
        WRONG_PASSWORD = "wrong_password", _("Wrong password")
        WRONG_LINK = "wrong_link", _("Wrong link to begin a studio")
        WRONG_CODE = "wrong_code", _("Wrong second factor")
        APPROVAL_REFUSED = "approval_refused", _("Approval refused")
        PIN_SET = "pin_set", _("PIN set")
        PIN_CLEARED = "pin_cleared", _("PIN cleared")
        INVITED = "invited", _("Invited")
        LINK_MADE = "link_made", _("Link for a new password made")
        LINK_ASKED = "link_asked", _("Link for a new password asked for")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        FACTOR_ADDED = "factor_added", _("Second factor added")
        FACTOR_REMOVED = "factor_removed", _("Second factor removed")
        CODES_MADE = "codes_made", _("Recovery codes made")
        TRIES_RESET = "tries_reset", _("Unlocked after wrong tries")
        ACCOUNT_ADDED = "account_added", _("Account added")
        ACCOUNT_DELETED = "account_deleted", _("Account deleted")
        SWITCHED_OFF = "switched_off", _("Account switched off")
        SWITCHED_ON = "switched_on", _("Account switched on")
        ROLE_CHANGED = "role_changed", _("Role changed")
        STUDIO_OPENED = "studio_opened", _("Changed to this studio")
        NAME_TAKEN = "name_taken", _("User name of another account chosen")
        JOINED = "joined", _("Joined with an account of their own")
        STUDIO_CREATED = "studio_created", _("Studio set up")
        POLICY_CHANGED = "policy_changed", _("Policy changed")
        EXPORTED = "exported", _("Data exported")
        NOT_ALLOWED = "not_allowed", _("Not allowed")
        NOT_FOUND = "not_found", _("Row of another studio, or unknown")

    class Door(models.TextChoices):
        """The page on which it happened. A page without a code here is stored by its URL name."""

        SIGN_IN = "sign_in", _("Sign-in")
        SIGN_OUT = "sign_out", _("Sign-out")
        SHARED_DESK = "shared_desk", _("Change of the person at the desk")
        OWN_PIN = "own_pin", _("Your PIN")
        SECOND_FACTOR = "second_factor", _("Second factor")
        LINK = "link", _("Link to choose a password")
        OWN_PASSWORD = "own_password", _("Change of the password")
        OWN_SESSIONS = "own_sessions", _("Where you are signed in")
        OWN_STUDIOS = "own_studios", _("Your studios")
        JOIN_STUDIO = "join_studio", _("Join a studio")
        NEW_STUDIO = "new_studio", _("First page of a new studio")
        STUDIO_SETTINGS = "studio_settings", _("Studio")
        APPROVAL = "approval", _("Approval by an owner")
        DESK = "desk", _("Desk")
        ADMIN = "admin", _("Admin")
        PEOPLE = "people", _("People")

    occurred_at = models.DateTimeField(_("when"))
    kind = models.TextField(_("kind"), choices=Kind)
    org = reference(Org, _("studio"))
    account = reference(User, _("account"))
    actor = reference(User, _("who"))
    door = models.TextField(_("where"), choices=Door)
    address = models.TextField(_("address"))
    unknown_name = models.TextField(_("unknown name, as a digest"))
    detail = models.TextField(_("details"))
    log_id = models.TextField(_("request"))

    class Meta:
        db_table = "studio_security_event"
        verbose_name = _("security event")
        verbose_name_plural = _("security log")

    def __str__(self) -> str:
        return self.get_kind_display()
