"""Texts for people about wrong tries: how long to wait, and how many there were."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from purchases import clock
from purchases.dates import DateFormatter
from studio.accounts import rate_limit
from studio.accounts.membership import Membership
from studio.accounts.permissions import Role
from studio.accounts.user import User


def in_words(wait: timedelta) -> str:
    """Return a time in the largest whole unit, rounded up: "30 seconds", "2 minutes", "1 hour"."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    if seconds < 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = -(-seconds // 60)
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def refusal(wait: timedelta) -> str:
    """Return the text for a refused try, which is the same whether or not the account exists."""
    text = _("There were too many wrong tries. Wait %(time)s, then try again.")
    return text % {"time": in_words(wait)}


def tell_wrong_tries(request: HttpRequest, user: User) -> None:
    """Tell a person who has signed in or taken over how many wrong tries there were since the last
    time."""
    found = rate_limit.take_wrong_tries(user.username)
    if found is None:
        return
    member: Membership | None = getattr(user, "membership", None)
    zone = member.time_zone if member else timezone.get_current_timezone()
    with translation.override((member and member.language) or translation.get_language()):
        dates = DateFormatter(zone=zone, now=timezone.localtime(clock.now(), zone))
        is_recent = dates.now.date() - found.since.astimezone(zone).date() <= timedelta(days=1)
        since = dates.distance(found.since) if is_recent else dates.on_day(found.since)
        text = ngettext(
            "%(count)d wrong try with your password, PIN or code since %(since)s.",
            "%(count)d wrong tries with your password, PIN or code since %(since)s.",
            found.count,
        )
        what_to_do = (
            _("If that was not you, choose a new password.")
            if member and member.role == Role.OWNER
            else _("If that was not you, tell an owner.")
        )
        happened = text % {"count": found.count, "since": since}
        messages.warning(request, f"{happened} {what_to_do}")
