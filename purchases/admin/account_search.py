"""The admin's search for events by the user name of a person.

A join of the events with the requests and the accounts reads all of them. So the accounts are found
first, then their newest requests, then the events of these requests, each within bounds.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, QuerySet

from purchases.models import ClientRequest, SessionRequest
from purchases.queries.search import IsAnyOf

MAX_ACCOUNTS = 50
MAX_REQUESTS = 10_000


def accounts_named(term: str) -> list[int]:
    """Return the ids of the accounts whose user name contains the term."""
    named = get_user_model().objects.filter(username__icontains=term.strip())
    return list(named.order_by("username").values_list("pk", flat=True)[:MAX_ACCOUNTS])


def requested_by(
    events: QuerySet[Any], requests: type[SessionRequest | ClientRequest], account_ids: list[int]
) -> QuerySet[Any]:
    """Return the events of the newest requests of these accounts."""
    newest = requests.objects.filter(actor_id__in=account_ids).order_by("-asked_at")
    ids = ArraySubquery(newest.values("request_id")[:MAX_REQUESTS])
    return events.filter(IsAnyOf(F("request_id"), ids))


def typed_id(term: str) -> UUID | None:
    """Return the id of a row that a person typed, or None."""
    try:
        return UUID(term.strip())
    except ValueError:
        return None
