"""Template tags and filters of the desk. What they show is made in `formatting` and `rows`."""

from collections.abc import Iterable

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from purchases import rows
from purchases.dates import DateFormatter
from purchases.formatting import FILTERS
from purchases.member import Action, Member
from purchases.models import Purchase

register = template.Library()
for name, function in FILTERS.items():
    register.filter(name, function)


@register.simple_tag(takes_context=True)
def request_fields(context: Context) -> SafeString:
    """The hidden fields of every form that changes a count: the token of this site, a fresh id
    for what the person may ask for, made before they click, the page to come back to, and who
    was acting when the page was made: at a shared desk it may be somebody else by now."""
    return rows.request_fields_factory(context)()


@register.simple_tag(takes_context=True)
def purchase_rows(
    context: Context, purchases: Iterable[Purchase], changed: bool = False
) -> SafeString:
    return rows.purchase_rows(context, purchases, changed)


@register.filter
def may(member: Member | None, action: Action) -> bool:
    return member is not None and member.may(action)


@register.simple_tag
def just_now() -> str:
    dates = DateFormatter()
    return dates.full(dates.now)
