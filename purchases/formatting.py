"""Dates, counts, names and phone numbers as the desk shows them.

Each function is a filter of both template engines.
"""

from datetime import datetime
from functools import lru_cache

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from purchases.allowances import AllowanceUse
from purchases.dates import DateFormatter
from purchases.models import ExpiryEvent, SessionEvent


def how_often(use: AllowanceUse) -> str:
    """ "2nd in 30 days"."""
    days = use.allowance.days
    words = ngettext("%(ordinal)s in %(days)d day", "%(ordinal)s in %(days)d days", days)
    return words % {"ordinal": ordinal(use.ordinal), "days": days}


def day(moment: datetime) -> str:
    return DateFormatter().day(moment)


def on_day(moment: datetime) -> str:
    return DateFormatter().on_day(moment)


def at_time(moment: datetime) -> str:
    return DateFormatter().at_time(moment)


def full(moment: datetime) -> str:
    return DateFormatter().full(moment)


def iso(moment: datetime) -> str:
    return DateFormatter().iso(moment)


def distance(moment: datetime) -> str:
    return DateFormatter().distance(moment)


def number(count: int | None) -> str:
    """ "1,000", as the language at hand writes it, and a dash where there is none. For people:
    values of forms and data- attributes stay as they are."""
    if count is None:
        return "–"
    # Below a thousand there is nothing to group, in any language.
    return str(count) if 0 <= count < 1000 else number_format(count, force_grouping=True)


def expiry(moment: datetime | None) -> str:
    """ "12 Jan", or "never"; infinity is read as the year 9999."""
    return gettext("never") if moment is None or moment.year == 9999 else day(moment)


def who(event: SessionEvent | ExpiryEvent) -> str:
    """The name of the person who asked for it, and of the owner who confirmed it."""
    if not event.request:
        return gettext("another program")
    actor, approver = event.request.actor, event.request.approved_by
    if approver is None:
        return actor.get_short_name()
    return gettext("%(actor)s, confirmed by %(owner)s") % {
        "actor": actor.get_short_name(),
        "owner": approver.get_short_name(),
    }


def phone_end(phone: str) -> str:
    """ "…4417", enough to tell two clients of one name apart."""
    digits = "".join(filter(str.isdigit, phone))
    return f"…{digits[-4:]}" if digits else ""


def within(left: int, total: int) -> int:
    """What a bar can show of a count that another program took out of its bounds."""
    return max(0, min(left, total))


def typed(text: str | None) -> str:
    """What somebody typed, put back into its field. HTML has no NUL: it is seen as “�” there."""
    return (text or "").replace("\0", "�")


def used_of(used: int | None, total: int | None) -> str:
    """ "3 of 10 used", or "3 used" where there is no total."""
    return used_in_words(translation.get_language(), used, total)


@lru_cache(maxsize=4_000)
def used_in_words(_language: str | None, used: int | None, total: int | None) -> str:
    if total is None:
        return ngettext("%(used)s used", "%(used)s used", used or 0) % {"used": number(used)}
    words = ngettext("%(used)s of %(total)s used", "%(used)s of %(total)s used", total)
    return words % {"used": number(used), "total": number(total)}


@lru_cache(maxsize=4_000)
def left_in_words(_language: str | None, left: int, total: int) -> str:
    """ "7 of 10 left"."""
    words = ngettext("%(left)s of %(total)s left", "%(left)s of %(total)s left", total)
    return words % {"left": number(left), "total": number(total)}


def used_is_missing(total: int) -> Markup:
    words = ngettext(
        "Used sessions are missing;<br>%(total)s were bought",
        "Used sessions are missing;<br>%(total)s were bought",
        total,
    )
    return Markup(words) % {"total": number(total)}  # noqa: S704, the words are ours


FILTERS = {
    function.__name__: function
    for function in (
        how_often,
        day,
        on_day,
        at_time,
        full,
        iso,
        distance,
        number,
        expiry,
        who,
        phone_end,
        within,
        typed,
        used_of,
        used_is_missing,
    )
}
