"""What a row of the desk says, worked out once in Python.

A page has fifty rows. What is asked of the template language for each, above all `{% url %}`,
`{% blocktranslate %}` and the same attribute once more, was most of the time that a page took.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from purchases.models import Purchase
from purchases.templatetags.desk import day, exactly, machine, number, phone_end

register = template.Library()

# A dict: that is where `row.client` is looked up first.
Row = dict[str, Any]


@register.filter
def row(purchase: Purchase) -> Row:
    """The words of a purchase's row; of those that it may lack, None or nothing."""
    client, total, used = purchase.client, purchase.sessions_total, purchase.sessions_used
    return {
        "id": str(purchase.pk),
        "url": url_of("purchase_detail", purchase.pk),
        "reinstate_url": url_of("reinstate", purchase.pk),
        "use_url": url_of("use", purchase.pk),
        "client": str(client),
        "client_url": url_of("client_detail", purchase.client_id),
        "email": client.email,
        "has_phone": bool(client.phone),
        "phone": phone_end(client.phone or ""),
        "offer": str(purchase.offer),
        "bought": said(purchase.purchased_at),
        "is_paid": purchase.is_paid,
        "total": total,
        "used": used,
        "left": purchase.sessions_remaining,
        "used_of_total": used_of(used, total),
        "expires": None if purchase.never_expires else said(purchase.expires_at),
        "why_not_reinstate": purchase.why_not_reinstate,
        "why_not_use": purchase.why_not_use,
    }


def said(moment: datetime) -> dict[str, str]:
    """A moment for people, exactly, and for machines."""
    local = timezone.localtime(moment)
    return {"day": day(local), "exactly": exactly(local), "machine": machine(local)}


def url_of(name: str, pk: UUID) -> str:
    """What `reverse` gives, which is asked once for all rows."""
    return _url_of_any(name, get_script_prefix()).replace(str(ANY), str(pk))


ANY = UUID(int=0)


@lru_cache
def _url_of_any(name: str, _script_prefix: str) -> str:
    return reverse(f"purchases:{name}", args=[ANY])


@register.filter
def used_of(used: int | None, total: int | None) -> str:
    """ "3 of 10 used", or "3 used" where there is no total."""
    if total is None:
        return ngettext("%(used)s used", "%(used)s used", used or 0) % {"used": number(used)}
    words = ngettext("%(used)s of %(total)s used", "%(used)s of %(total)s used", total)
    return words % {"used": number(used), "total": number(total)}


@register.filter
def left_of(left: int, total: int) -> str:
    """ "7 of 10 left"."""
    words = ngettext("%(left)s of %(total)s left", "%(left)s of %(total)s left", total)
    return words % {"left": number(left), "total": number(total)}


@register.filter
def bought(moment: dict[str, str]) -> str:
    return gettext("bought %(time)s") % {"time": moment["exactly"]}


@register.filter
def to_reinstate(row: Row) -> str:
    return gettext("Reinstate a session for %(client)s, %(offer)s") % row


@register.filter
def to_choose_reason(row: Row) -> str:
    return gettext("Reinstate a session for %(client)s, %(offer)s: choose the reason") % row


@register.filter
def to_reinstate_with_reason(row: Row) -> str:
    return gettext("Reinstate with a reason, for %(client)s, %(offer)s") % row


@register.filter
def to_use(row: Row) -> str:
    return gettext("Use a session of %(client)s, %(offer)s") % row
