"""Render the blocks of the desk's search: each client with their purchases.

The blocks are in Jinja, as the rows are.
"""

from functools import partial
from typing import Any

from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from purchases.formatting import number
from purchases.member import Member
from purchases.models import Purchase
from purchases.queries import ClientBlock
from purchases.rows import page_context, rendered, row_context


def client_blocks(context: Context, blocks: list[ClientBlock]) -> SafeString:
    """Return the blocks, with the buttons that the acting member may use."""
    page = page_context(context)
    sell_url = url_of_sale(context["request"].member)
    values = partial(block_values, page=page, sell_url=sell_url)
    html = (rendered("client_block.html", page | values(block)) for block in blocks)
    return mark_safe("\n".join(html))  # noqa: S308


def url_of_sale(member: Member) -> str:
    """Return the URL of the page that sells a pack, or "" if the member may not sell."""
    return reverse("purchases:sell") if member.may("sell") else ""


def block_values(block: ClientBlock, *, page: dict[str, Any], sell_url: str) -> dict[str, Any]:
    """Return the values that the block of a client shows. Missing values are None or empty."""
    client = block.client
    return {
        "id": str(client.pk),
        "url": page["url_of"]("client_detail", client.pk),
        "client": str(client),
        "email": client.email,
        "phone": client.phone,
        "client_since": client.created_at,
        "namesakes": namesakes(block.namesakes, str(client)),
        "sell_url": sell_url and f"{sell_url}?client={client.pk}",
        "current": rows(block.current, page),
        "earlier": rows(block.earlier, page),
        "earlier_count": earlier(len(block.earlier)),
        "more": more(block.more),
    }


def rows(purchases: list[Purchase], page: dict[str, Any]) -> SafeString:
    page = page | {"changed": False}
    html = (rendered("purchase_row.html", row_context(each, page)) for each in purchases)
    return mark_safe("\n".join(html))  # noqa: S308


def namesakes(count: int, name: str) -> str:
    """Return "2 people called Ana Ruiz", or "" if the name is the only one of the page."""
    if count < 2:
        return ""
    text = gettext('%(count)s people called <bdi translate="no">%(name)s</bdi>')
    return Markup(text) % {"count": number(count), "name": name}  # noqa: S704


def earlier(count: int) -> str:
    return ngettext("%(count)s earlier", "%(count)s earlier", count) % {"count": number(count)}


def more(count: int) -> str:
    """Return the text of the link to the purchases that the block leaves out."""
    if not count:
        return ""
    text = ngettext("%(count)s more purchase", "%(count)s more purchases", count)
    return text % {"count": number(count)}


def suggested_name(q: str) -> str:
    """Return the name of a new client for a search without a match: the query, if it has only
    letters. Words of small letters begin with a capital."""
    words = q.split()
    if not all(word.replace("-", "").replace("'", "").isalpha() for word in words):
        return ""
    return " ".join(word[0].upper() + word[1:] if word.islower() else word for word in words)
