"""How the desk says a date, a phone number and a request."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import template
from django.contrib.humanize.templatetags.humanize import ordinal
from django.template import Context
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from purchases.allowances import AllowanceUse
from purchases.dates import DateFormatter
from purchases.member import Action, Member
from purchases.models import ExpiryEvent, SessionEvent

register = template.Library()


@register.simple_tag(takes_context=True)
def request_fields(context: Context) -> SafeString:
    """The hidden fields of every form that changes a count: the token of this site, a fresh id
    for what the person may ask for, made before they click, the page to come back to, and who
    was acting when the page was made: at a shared desk it may be somebody else by now."""
    return fields_of_requests(context)()


def fields_of_requests(context: Context | dict[str, Any]) -> Callable[[], SafeString]:
    """Makes `request_fields` for one form after another of a page."""
    member: Member | None = getattr(context.get("request"), "member", None)
    fields = Markup(
        '<input type="hidden" name="csrfmiddlewaretoken" value="%s">'
        '<input type="hidden" name="next" value="%s">'
        '<input type="hidden" name="by" value="%s">'
        '<input type="hidden" name="request_id" value="'
    ) % (str(context["csrf_token"]), context["here"], member.user_id if member else "")
    return lambda: mark_safe(f'{fields}{uuid4()}">')  # noqa: S308


@register.filter
def may(member: Member | None, action: Action) -> bool:
    return member is not None and member.may(action)


@register.filter
def how_often(use: AllowanceUse) -> str:
    """ "2nd in 30 days"."""
    days = use.allowance.days
    words = ngettext("%(ordinal)s in %(days)d day", "%(ordinal)s in %(days)d days", days)
    return words % {"ordinal": ordinal(use.ordinal), "days": days}


@register.filter
def day(moment: datetime) -> str:
    return DateFormatter().day(moment)


@register.filter
def on_day(moment: datetime) -> str:
    return DateFormatter().on_day(moment)


@register.filter
def at_time(moment: datetime) -> str:
    return DateFormatter().at_time(moment)


@register.filter
def full(moment: datetime) -> str:
    return DateFormatter().full(moment)


@register.simple_tag
def just_now() -> str:
    dates = DateFormatter()
    return dates.full(dates.now)


@register.filter
def iso(moment: datetime) -> str:
    return DateFormatter().iso(moment)


@register.filter
def distance(moment: datetime) -> str:
    return DateFormatter().distance(moment)


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
