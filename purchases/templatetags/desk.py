"""Template tags and filters of the desk, defined in `formatting` and `rows`."""

from collections.abc import Iterable
from uuid import UUID

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from purchases import rows
from purchases.cancelled_class.candidates import Candidate
from purchases.changed_values import ChangedValue, changed_values
from purchases.client_blocks import client_blocks as render_client_blocks
from purchases.dates import DateFormatter
from purchases.formatting import FILTERS
from purchases.member import Action, Member
from purchases.models import ExpiryEvent, Purchase, PurchaseEvent, SessionEvent
from purchases.overview import overview_html
from purchases.queries import ClientBlock, Overview
from purchases.seals import line_number

register = template.Library()
for name, function in FILTERS.items():
    register.filter(name, function)


@register.simple_tag(takes_context=True)
def request_fields(context: Context) -> SafeString:
    """Return the hidden fields of a form that changes a purchase.

    They are the CSRF token, a new request id (the idempotency key), the page to return to, and the
    acting member of the page, because another member may act when the form is sent.
    """
    return rows.request_fields_factory(context)()


@register.simple_tag(takes_context=True)
def purchase_rows(
    context: Context, purchases: Iterable[Purchase], changed: bool = False
) -> SafeString:
    return rows.purchase_rows(context, purchases, changed)


@register.simple_tag(takes_context=True)
def client_blocks(context: Context, blocks: list[ClientBlock]) -> SafeString:
    return render_client_blocks(context, blocks)


@register.simple_tag
def overview_numbers(numbers: Overview) -> SafeString:
    return overview_html(numbers)


@register.simple_tag
def people_rows(people: Iterable[Candidate]) -> SafeString:
    return rows.people_rows(people)


@register.filter
def may(member: Member | None, action: Action) -> bool:
    return member is not None and member.may(action)


@register.filter
def changes(event: PurchaseEvent, org_id: UUID) -> list[ChangedValue]:
    """Return what the event changed, with the values before and after it in words."""
    return changed_values(event, org_id)


@register.filter
def receipt_of(receipts: dict[str, str], event: SessionEvent | ExpiryEvent | PurchaseEvent) -> str:
    """Return "C1042 · A4F9-03C2-77E1", or the number alone if the line is not sealed yet."""
    number = line_number(event)
    return f"{number} · {receipts[number]}" if number in receipts else number


@register.simple_tag
def just_now() -> str:
    dates = DateFormatter()
    return dates.full(dates.now)
