"""How the desk says a date, a phone number and a request."""

from datetime import datetime, timedelta
from uuid import uuid4

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil

from purchases.access import Action, Member
from purchases.models import EXPIRING_WITHIN

register = template.Library()


@register.simple_tag(takes_context=True)
def request_fields(context: Context) -> SafeString:
    """The hidden fields of every form that changes a count: the token of this site, a fresh id
    for what the person may ask for, made before they click, and the page to come back to."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="request_id" value="{}">'
        '<input type="hidden" name="next" value="{}">',
        context["csrf_token"],
        uuid4(),
        context["here"],
    )


@register.filter
def may(member: Member | None, action: Action) -> bool:
    return member is not None and member.may(action)


@register.filter
def day(moment: datetime) -> str:
    """ "12 Jan"; with the year where it is not this one."""
    local = timezone.localtime(moment)
    return date_format(local, "j M" if local.year == timezone.localdate().year else "j M Y")


@register.filter
def exactly(moment: datetime) -> str:
    """ "Mon 12 January 2026, 18:00", for a tooltip."""
    return date_format(timezone.localtime(moment), "D j F Y, H:i")


@register.filter
def distance(moment: datetime) -> str:
    """ "in 5 days", "today", "yesterday", "11 days ago", "in 4 months": calendar days up to a
    month, the largest unit beyond."""
    now = timezone.now()
    days = (timezone.localdate(moment) - timezone.localdate(now)).days
    match days:
        case 0:
            return "today"
        case 1:
            return "tomorrow"
        case -1:
            return "yesterday"
        case _ if abs(days) <= 30:
            return f"in {days} days" if days > 0 else f"{-days} days ago"
        case _ if days > 0:
            return f"in {timeuntil(moment, now, depth=1)}"
        case _:
            return f"{timesince(moment, now, depth=1)} ago"


@register.filter
def is_soon(moment: datetime) -> bool:
    """Whether an expiry, still to come, is near enough to mention."""
    return timedelta(0) < moment - timezone.now() <= EXPIRING_WITHIN


@register.filter
def phone_end(phone: str) -> str:
    """ "…4417", enough to tell two clients of one name apart."""
    digits = "".join(filter(str.isdigit, phone))
    return f"…{digits[-4:]}" if digits else ""
