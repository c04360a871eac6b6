"""Render the rows of the desk, fifty on a page, which take most of its time.

Their templates are in Jinja, which compiles them; templates/rows/README.md has the measurement. The
filters of `formatting` work in both template engines.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, cast
from uuid import UUID, uuid4

from django.template import Context, engines
from django.template.backends.jinja2 import Jinja2
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from purchases.cancelled_class.candidates import Candidate
from purchases.dates import DateFormatter
from purchases.days import last_moment
from purchases.formatting import FILTERS, left_after, left_in_words, phone_end, used_in_words
from purchases.member import Member
from purchases.models import Purchase, SessionRequest


def environment(**options: Any) -> Environment:
    """Return the Jinja environment with the filters of the desk."""
    options |= {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    jinja = Environment(**options)  # noqa: S701, Django turns the escaping on
    jinja.filters |= FILTERS
    # No row uses Jinja's default globals, and each row would copy them.
    jinja.globals = {}
    return jinja


def purchase_rows(
    context: Context, purchases: Iterable[Purchase], changed: bool = False
) -> SafeString:
    """Return the rows of purchases, with the buttons that the acting member may use."""
    page = page_context(context) | {"changed": changed}
    rows = [rendered("purchase_row.html", row_context(purchase, page)) for purchase in purchases]
    return mark_safe("\n".join(rows))  # noqa: S308


def people_rows(people: Iterable[Candidate]) -> SafeString:
    """Return the rows of clients of a cancelled class, each with the box of its pack."""
    dates = DateFormatter()
    return rendered(
        "people.html",
        people=people,
        dates=dates,
        _=partial(translated, dates.language),
        used_of=partial(used_in_words, dates.language),
    )


def page_context(context: Context | dict[str, Any]) -> dict[str, Any]:
    names = ["may_act", "may_exceed", "must_give_reason"]
    dates = DateFormatter()
    return {
        "reason_menu": reason_menu(dates.language),
        **{name: context.get(name) for name in names},
        "allowance_uses": context.get("allowance_uses") or {},
        "reasons": SessionRequest.Reason,
        "dates": dates,
        "request_fields": request_fields_factory(context),
        "url_of": partial(url_of, get_script_prefix()),
        "_": partial(translated, dates.language),
        "used_of": partial(used_in_words, dates.language),
        "left_of": partial(left_in_words, dates.language),
        "left_after": partial(left_after, dates.language),
    }


def row_context(purchase: Purchase, page: dict[str, Any]) -> dict[str, Any]:
    client_allowance_uses = page["allowance_uses"].get(purchase.client_id, {})
    row = row_values(purchase, page["dates"], page["url_of"])
    return {**page, **row, "client_allowance_uses": client_allowance_uses}


@lru_cache
def translated(_language: str | None, text: str) -> Markup:
    """Translate a text, cached by language. The argument must be the active language; it is the
    cache key here and below."""
    return Markup(translation.gettext(text))  # noqa: S704, as Django's own tag has it


@lru_cache
def reason_menu(language: str | None) -> SafeString:
    """Return the menu of reasons for clients without reinstatements, which is equal in all rows."""
    _ = partial(translated, language)
    return rendered(
        "reason_menu.html", _=_, reasons=SessionRequest.Reason, client_allowance_uses={}
    )


def rendered(template: str, *context: dict[str, Any], **more: Any) -> SafeString:
    jinja = cast("Jinja2", engines["jinja2"])
    return mark_safe(jinja.env.get_template(template).render(*context, **more))  # noqa: S308


def row_values(
    purchase: Purchase, dates: DateFormatter, url_of: Callable[..., str]
) -> dict[str, Any]:
    """Return the values that the row of a purchase shows. Missing values are None or empty."""
    client, offer, pk = purchase.client, purchase.offer, str(purchase.pk)
    expires_at = None if purchase.never_expires else purchase.expires_at
    return {
        "id": pk,
        "url": url_of("purchase_detail", pk),
        "reinstate_url": url_of("reinstate", pk),
        "use_url": url_of("use", pk),
        "client": str(client),
        "client_url": url_of("client_detail", purchase.client_id),
        "client_since": client.created_at,
        "email": client.email,
        "has_phone": bool(client.phone),
        "phone": phone_end(client.phone or ""),
        "offer": str(offer),
        "is_subscription": offer.offer_type == "subscription",
        "bought": date_parts(purchase.purchased_at, dates),
        "not_paid": None if purchase.is_paid else not_paid(purchase.payment_status),
        "total": purchase.sessions_total,
        "used": purchase.sessions_used,
        "left": purchase.sessions_remaining,
        "expires": expires_at and expiry_parts(expires_at, dates),
        "expires_when": expires_at and dates.distance(last_moment(expires_at)),
        "expires_soon": expires_at and dates.is_soon(expires_at),
        "has_expired": purchase.has_expired,
        "reinstate_refusal": purchase.reinstate_refusal,
        "use_refusal": purchase.use_refusal,
    }


def date_parts(timestamp: datetime, dates: DateFormatter) -> dict[str, str]:
    """Return a time as a short date, as a full date and time, and in ISO 8601."""
    local = timestamp.astimezone(dates.zone)
    return {
        "day": dates.day(local),
        "full": dates.full(local),
        "iso": dates.iso(local),
    }


def expiry_parts(expires_at: datetime, dates: DateFormatter) -> dict[str, str]:
    """Return an expiry as its last good day, as a full date and time, and in ISO 8601."""
    return date_parts(expires_at, dates) | {"day": dates.day(last_moment(expires_at))}


def not_paid(payment_status: str | None) -> str:
    match payment_status:
        case "refunded":
            return gettext("refunded")
        case "failed":
            return gettext("payment failed")
        case _:
            return gettext("not paid")


def url_of(script_prefix: str, name: str, pk: UUID | str | int) -> str:
    """Return the URL of a view, with one call of `reverse` for all rows."""
    before, after = _around_the_key(name, isinstance(pk, int), script_prefix)
    return f"{before}{pk}{after}"


@lru_cache
def _around_the_key(name: str, is_number: bool, _script_prefix: str) -> tuple[str, str]:
    any_key = 0 if is_number else UUID(int=0)
    before, _, after = reverse(f"purchases:{name}", args=[any_key]).rpartition(str(any_key))
    return before, after


def request_fields_factory(context: Context | dict[str, Any]) -> Callable[[], SafeString]:
    """Return a function that renders the hidden fields of a form, with a new request id each."""
    member: Member | None = getattr(context.get("request"), "member", None)
    fields = Markup(
        '<input type="hidden" name="csrfmiddlewaretoken" value="%s">'
        '<input type="hidden" name="next" value="%s">'
        '<input type="hidden" name="by" value="%s">'
        '<input type="hidden" name="request_id" value="'
    ) % (str(context["csrf_token"]), context["here"], member.pk if member else "")
    return lambda: mark_safe(f'{fields}{uuid4()}">')  # noqa: S308
