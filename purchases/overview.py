"""Render the numbers of the desk's first page. They are in Jinja, as the rows are."""

from functools import partial

from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from markupsafe import Markup

from purchases.formatting import number
from purchases.queries import Overview
from purchases.queries.overview import MOST
from purchases.rows import rendered, translated, url_of


def overview_html(overview: Overview) -> SafeString:
    """Return the numbers, each with a link to its list."""
    reinstated, expiring, unpaid, clients = overview
    expire = ngettext(
        "%(n)s pack expires within a week", "%(n)s packs expire within a week", expiring
    )
    return rendered(
        "overview.html",
        _=partial(translated, get_language()),
        url_of=partial(url_of, get_script_prefix()),
        reinstated=counted(
            ngettext("%(n)s given back today", "%(n)s given back today", reinstated), reinstated
        ),
        lists=[
            ("expiring", expiring, counted(expire, expiring)),
            (
                "unpaid",
                unpaid,
                counted(ngettext("%(n)s not paid", "%(n)s not paid", unpaid), unpaid),
            ),
        ],
        # A client who got several sessions back is named once.
        clients=dict(clients),
    )


def counted(text: str, count: int) -> Markup:
    """Return "<strong>3</strong> not paid". MOST is "100+", because counting stops there."""
    n = f"{number(MOST - 1)}+" if count == MOST else number(count)
    return Markup(text.replace("%(n)s", "<strong>%(n)s</strong>")) % {"n": n}  # noqa: S704
