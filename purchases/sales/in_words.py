"""The sessions and the last day of a sale, in words."""

from django.utils.translation import gettext, ngettext

from purchases.dates import DateFormatter
from purchases.days import last_moment
from purchases.formatting import number
from purchases.models import PurchaseEvent


def sold_in_words(event: PurchaseEvent) -> str:
    """Return "11 sessions until 27 Feb 2027." for the event of a sale."""
    sessions, expires_at = event.sessions_total, event.expires_at
    until = DateFormatter().day(last_moment(expires_at)) if expires_at else ""
    values = {"sessions": number(sessions), "day": until}
    if sessions is None:
        text = gettext("Its sessions are not counted. It is good until %(day)s.")
        return (text if until else gettext("Its sessions are not counted. It never expires.")) % (
            values
        )
    if until:
        text = ngettext(
            "%(sessions)s session until %(day)s.", "%(sessions)s sessions until %(day)s.", sessions
        )
    else:
        text = ngettext(
            "%(sessions)s session, which never expires.",
            "%(sessions)s sessions, which never expire.",
            sessions,
        )
    return text % values
