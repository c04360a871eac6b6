"""How the desk says a date, a phone number and a request."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import uuid4

from django import template
from django.contrib.humanize.templatetags.humanize import ordinal
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from purchases.access import Action, Member
from purchases.forgiveness import Forgiveness
from purchases.models import EXPIRING_WITHIN, ExpiryEvent, SessionEvent

register = template.Library()


@register.simple_tag(takes_context=True)
def request_fields(context: Context) -> SafeString:
    """The hidden fields of every form that changes a count: the token of this site, a fresh id
    for what the person may ask for, made before they click, the page to come back to, and who
    was acting when the page was made: at a shared desk it may be somebody else by now."""
    return fields_of_requests(context)()


def fields_of_requests(context: Context) -> Callable[[], SafeString]:
    """Makes `request_fields` for one form after another of a page."""
    member: Member | None = getattr(context.get("request"), "member", None)
    of_the_page = format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="next" value="{}">'
        '<input type="hidden" name="by" value="{}">',
        context["csrf_token"],
        context["here"],
        member.user_id if member else "",
    )
    one_more = '{}<input type="hidden" name="request_id" value="{}">'
    return lambda: format_html(one_more, of_the_page, uuid4())


@register.filter
def may(member: Member | None, action: Action) -> bool:
    return member is not None and member.may(action)


@register.filter
def how_often(forgiveness: Forgiveness) -> str:
    """ "2nd in 30 days"."""
    days = forgiveness.allowance.days
    words = ngettext("%(ordinal)s in %(days)d day", "%(ordinal)s in %(days)d days", days)
    return words % {"ordinal": ordinal(forgiveness.ordinal), "days": days}


@register.filter
def day(moment: datetime) -> str:
    """ "12 Jan"; with the year where it is not this one."""
    local = timezone.localdate(moment)
    # Translators: a date as Django's `date` filter writes it (j: 12, M: Jan, b: jan, F: January,
    # Y: 2026).
    pattern = pgettext("date", "j M") if is_of_this_year(local) else pgettext("date", "j M Y")
    return _written(local, pattern, get_language())


def is_of_this_year(local: date) -> bool:
    return local.year == timezone.localdate().year


@lru_cache(maxsize=4_000)
def _written(local: date, pattern: str, _language: str | None) -> str:
    """A desk shows the same days over and over, and Django takes long to write one."""
    return date_format(local, pattern)


@register.filter
def on_day(moment: datetime) -> str:
    """ "Mon 12 Jan", as one says it to somebody; with the year where it is not this one."""
    local = timezone.localdate(moment)
    # Translators: a date as Django's `date` filter writes it (D: Mon, j: 12, M: Jan, Y: 2026).
    pattern = pgettext("date", "D j M") if is_of_this_year(local) else pgettext("date", "D j M Y")
    return _written(local, pattern, get_language())


@register.filter
def at_time(moment: datetime) -> str:
    """ "Mon 12 Jan, 18:00"; with the year where it is not this one."""
    time = date_format(timezone.localtime(moment), pgettext("date", "H:i"))
    return gettext("%(day)s, %(time)s") % {"day": on_day(moment), "time": time}


@register.filter
def exactly(moment: datetime) -> str:
    """ "Mon 12 January 2026, 18:00", for a tooltip."""
    local = timezone.localtime(moment).replace(second=0, microsecond=0, tzinfo=None)
    # Translators: as above, with D: Mon and H:i: 18:00.
    return _written(local, pgettext("date", "D j F Y, H:i"), get_language())


@register.simple_tag
def just_now() -> str:
    return exactly(timezone.now())


@register.filter
def machine(moment: datetime) -> str:
    """For the attribute `datetime`, which HTML reads to the millisecond and no further."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


@register.filter
def distance(moment: datetime) -> str:
    """ "in 5 days", "today", "yesterday", "11 days ago", "in 4 months": calendar days up to a
    month, the largest unit beyond."""
    now, then = timezone.localtime(), timezone.localtime(moment)
    days = (then.date() - now.date()).days
    match days:
        case 0:
            return gettext("today")
        case 1:
            return gettext("tomorrow")
        case -1:
            return gettext("yesterday")
        case _ if abs(days) <= 30:
            ahead = ngettext("in %(count)d day", "in %(count)d days", days)
            ago = ngettext("%(count)d day ago", "%(count)d days ago", -days)
            return (ahead if days > 0 else ago) % {"count": abs(days)}
    # 31 days may be a minute less than a whole month.
    months = max(1, _whole_months(*sorted([now, then])))
    years = months // 12
    if years:
        ahead = ngettext("in %(count)d year", "in %(count)d years", years)
        ago = ngettext("%(count)d year ago", "%(count)d years ago", years)
    else:
        ahead = ngettext("in %(count)d month", "in %(count)d months", months)
        ago = ngettext("%(count)d month ago", "%(count)d months ago", months)
    return (ahead if days > 0 else ago) % {"count": years or months}


def _whole_months(early: datetime, late: datetime) -> int:
    months = (late.year - early.year) * 12 + late.month - early.month
    is_whole = (late.day, late.time()) >= (early.day, early.time())
    return months if is_whole else months - 1


@register.filter
def number(count: int | None) -> str:
    """ "1,000", as the language at hand writes it, and a dash where there is none. For people:
    values of forms and data- attributes stay as they are."""
    if count is None:
        return "–"
    # Below a thousand there is nothing to group, in any language.
    return str(count) if 0 <= count < 1000 else number_format(count, force_grouping=True)


@register.filter
def expiry(moment: datetime | None) -> str:
    """ "12 Jan", or "never"; infinity is read as the year 9999."""
    return gettext("never") if moment is None or moment.year == 9999 else day(moment)


@register.filter
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


@register.filter
def is_soon(moment: datetime) -> bool:
    """Whether an expiry, still to come, is near enough to mention."""
    return timedelta(0) < moment - timezone.now() <= EXPIRING_WITHIN


@register.filter
def phone_end(phone: str) -> str:
    """ "…4417", enough to tell two clients of one name apart."""
    digits = "".join(filter(str.isdigit, phone))
    return f"…{digits[-4:]}" if digits else ""


@register.filter
def within(left: int, total: int) -> int:
    """What a bar can show of a count that another program took out of its bounds."""
    return max(0, min(left, total))


@register.filter
def typed(text: str | None) -> str:
    """What somebody typed, put back into its field. HTML has no NUL: it is seen as “�” there."""
    return (text or "").replace("\0", "�")
