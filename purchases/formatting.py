"""Dates, counts, names and phone numbers as the desk shows them.

Each function is a filter of both template engines.
"""

from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils import translation
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from purchases.allowances import AllowanceUse
from purchases.currencies import amount, decimals
from purchases.dates import DateFormatter
from purchases.days import last_moment
from purchases.models import (
    Client,
    ClientEvent,
    ExpiryEvent,
    Offer,
    OfferEvent,
    PurchaseEvent,
    SessionEvent,
)


def how_often(use: AllowanceUse) -> str:
    """Return "2nd in 30 days"."""
    days = use.allowance.days
    words = ngettext("%(ordinal)s in %(days)d day", "%(ordinal)s in %(days)d days", days)
    return words % {"ordinal": ordinal(use.ordinal), "days": days}


def day(timestamp: datetime) -> str:
    return DateFormatter().day(timestamp)


def whole_date(day: date) -> str:
    return DateFormatter().whole_date(day)


def on_day(timestamp: datetime) -> str:
    return DateFormatter().on_day(timestamp)


def at_time(timestamp: datetime) -> str:
    return DateFormatter().at_time(timestamp)


def full(timestamp: datetime) -> str:
    return DateFormatter().full(timestamp)


def iso(timestamp: datetime) -> str:
    return DateFormatter().iso(timestamp)


def distance(timestamp: datetime) -> str:
    return DateFormatter().distance(timestamp)


def number(count: int | None) -> str:
    """Return "1,000" in the active language, or a dash for None.

    Use it for text. Form values and data attributes need plain numbers.
    """
    if count is None:
        return "–"
    # Numbers below a thousand need no grouping in any language.
    return str(count) if 0 <= count < 1000 else number_format(count, force_grouping=True)


def money(cents: int, currency: str) -> str:
    """Return "200.00 AUD", or "200 JPY", with the decimals of the currency."""
    value = number_format(amount(cents, currency), decimals(currency), force_grouping=True)
    return f"{value} {currency.upper()}"


def expiry(expires_at: datetime | None) -> str:
    """Return "12 Jan", the last good day, in an HTML element with the exact time. Return "never"
    for None and infinity (read as the year 9999)."""
    if expires_at is None or expires_at.year == 9999:
        return gettext("never")
    dates = DateFormatter()
    return Markup('<time datetime="%s" title="%s">%s</time>') % (
        dates.iso(expires_at),
        dates.full(expires_at),
        dates.day(last_moment(expires_at)),
    )


def who(event: SessionEvent | ExpiryEvent | PurchaseEvent | ClientEvent) -> str:
    """Return the name of the actor as HTML, with the owner who approved it."""
    if not event.request:
        return gettext("another program")
    actor = event.request.actor
    approver = None if isinstance(event, ClientEvent) else event.request.approved_by
    if approver is None:
        return name_in_html(actor.get_short_name())
    names = {
        "actor": name_in_html(actor.get_short_name()),
        "owner": name_in_html(approver.get_short_name()),
    }
    text = gettext("%(actor)s, confirmed by %(owner)s")
    return mark_safe(conditional_escape(text) % names)  # noqa: S308


def name_in_html(name: str) -> SafeString:
    """Return a name with its own writing direction, which browsers do not translate."""
    return format_html('<bdi translate="no">{}</bdi>', name)


def program(event: SessionEvent | ExpiryEvent | PurchaseEvent | ClientEvent | OfferEvent) -> str:
    """Return the database role of the event. Mark the person for whom the role said it acts.

    The ledgers store "role for subject". The subject is what the session wrote into
    request.jwt.claims. Any session can write any name there.
    """
    role, claims, subject = event.db_role.partition(" for ")
    if not claims:
        return role
    return gettext("%(role)s, which says it acts for %(subject)s") % {
        "role": role,
        "subject": subject,
    }


def name_at(named: Client | Offer | None, org_id: UUID) -> str:
    """Return the name of a client or an offer that an event names. Names of another org stay
    hidden, and a deleted row is not named."""
    if named is None or named.org_id != org_id:
        return gettext("another studio, or deleted")
    return str(named)


def phone_end(phone: str) -> str:
    """Return "…4417", the last digits, to tell clients of the same name apart."""
    digits = "".join(filter(str.isdigit, phone))
    return f"…{digits[-4:]}" if digits else ""


def within(left: int, total: int) -> int:
    """Clamp a count to 0 … total, for a bar."""
    return max(0, min(left, total))


def typed(text: str | None) -> str:
    """Return typed text for its field, with NUL as “�” because HTML has no NUL."""
    return (text or "").replace("\0", "�")


def used_of(used: int | None, total: int | None) -> str:
    """Return "3 of 10 used", or "3 used" without a total."""
    return used_in_words(translation.get_language(), used, total)


@lru_cache(maxsize=4_000)
def used_in_words(_language: str | None, used: int | None, total: int | None) -> str:
    if total is None:
        return ngettext("%(used)s used", "%(used)s used", used or 0) % {"used": number(used)}
    words = ngettext("%(used)s of %(total)s used", "%(used)s of %(total)s used", total)
    return words % {"used": number(used), "total": number(total)}


@lru_cache(maxsize=4_000)
def left_in_words(_language: str | None, left: int, total: int) -> str:
    """Return "7 of 10 left"."""
    words = ngettext("%(left)s of %(total)s left", "%(left)s of %(total)s left", total)
    return words % {"left": number(left), "total": number(total)}


def left_after(language: str | None, used: int | None, total: int | None) -> str:
    """Return "7 of 10 left" for a used count, or "3 used" without a total."""
    if used is None or total is None:
        return used_in_words(language, used, total)
    return left_in_words(language, total - used, total)


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
        whole_date,
        on_day,
        at_time,
        full,
        iso,
        distance,
        last_moment,
        number,
        expiry,
        who,
        program,
        name_at,
        money,
        phone_end,
        within,
        typed,
        used_of,
        used_is_missing,
    )
}
