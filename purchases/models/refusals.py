"""The reasons for which an action is refused."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Refusal(models.TextChoices):
    """The code of a refusal, with a text for the person at the desk."""

    NOT_PAID = "not_paid", _("This pack is not paid.")
    REFUNDED = "refunded", _("This pack was refunded.")
    COUNT_IS_OFF = (
        "count_is_off",
        _("This count can't be right. An owner can correct it."),
    )
    COUNT_MISSING = "count_missing", _("This count is missing. An owner can correct it.")
    NOTHING_USED = "nothing_used", _("Nothing to reinstate: no session of this pack is used.")
    NO_TOTAL = "no_total", _("This purchase has no number of sessions.")
    NONE_LEFT = "none_left", _("No sessions left.")
    EXPIRED = "expired", _("This pack has expired.")
    JUST_CHANGED = "just_changed", _("This pack has just changed. Check it, then press again.")
    ALREADY_REINSTATED = "already_reinstated", _("This visit was reinstated already.")
    UNDONE = "undone", _("This was undone already.")
    NO_ROOM = (
        "no_room",
        _("This can't be undone: all sessions of this pack are used."),
    )
    TOO_FEW_USED = (
        "too_few_used",
        _("This can't be undone: fewer sessions are used now."),
    )
    BELOW_ZERO = "below_zero", _("That is more than there is to take away.")
    MORE_THAN_BOUGHT = "more_than_bought", _("That is more than the sessions that were bought.")
    FEWER_THAN_USED = (
        "fewer_than_used",
        _("More sessions than that are used. Correct the used sessions first."),
    )
    PAID_ALREADY = "paid_already", _("This pack is paid already.")
    OF_ANOTHER_STUDIO = (
        "of_another_studio",
        _("This client or this offer is not of your studio any more. Choose again."),
    )
    SAME_CLIENT = "same_client", _("This client has the pack already.")
    CANNOT_MOVE = (
        "cannot_move",
        _("That pack can't take this session. Choose another pack of the client."),
    )
    MOVED_BACK = (
        "moved_back",
        _("This can't be undone: the session was given back, or a pack is full."),
    )
    CHANGED_SINCE = "changed_since", _("This was changed again since. Check the history.")
    USED_SINCE = (
        "used_since",
        _("This can't be undone: more sessions are used than there were before it."),
    )
    SALE_USED = (
        "sale_used",
        _("This sale can’t be undone: a session is used. Reinstate it first, or refund the pack."),
    )
    OFFER_RETIRED = (
        "offer_retired",
        _("This offer was retired. Choose another one. Nothing was sold."),
    )
    NOT_YOURS = "not_yours", _("Only the person who did this, or an owner, can undo it.")
    TOO_LATE = "too_late", _("You can undo this for 15 minutes only. An owner still can.")
    NEVER_EXPIRES = "never_expires", _("Nothing to extend: this pack never expires.")
    NOT_LATER = "not_later", _("This pack already expires then or later. Choose a later date.")
    PAST = "past", _("That date is past. Choose today or a later date.")
    EXPIRY_CHANGED = "expiry_changed", _("The expiry has changed since. Check the history.")
    OVER_ALLOWANCE = (
        "over_allowance",
        _("This is beyond your studio's allowance. An owner can do it."),
    )

    CLIENT_CHANGED = (
        "client_changed",
        _("Somebody else changed this client since. Check the values and save again."),
    )
    MERGED_ALREADY = (
        "merged_already",
        _("One of the two was just merged, or is gone. Check both, then try again."),
    )
    HAS_MERGED = (
        "has_merged",
        _("Another record was merged into this one. Merge them the other way round."),
    )
    OTHER_RULE = (
        "other_rule",
        _("Another program of your studio does not accept these values. Nothing was changed."),
    )

    LIST_UNDONE = "list_undone", _("This list was undone.")

    @property
    def label(self) -> str:
        """Return the text in the active language."""
        return str(self._label_)

    @property
    def is_decided_by_the_page(self) -> bool:
        """Return whether only the page checks it. The database would allow the change."""
        return self in {
            Refusal.NOT_PAID,
            Refusal.REFUNDED,
            Refusal.COUNT_IS_OFF,
            Refusal.NOT_YOURS,
            Refusal.TOO_LATE,
        }
