"""The clients who may be the same person as one that somebody adds or edits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Func, TextField, Value
from django.utils.translation import gettext

from purchases.models import MERGED, Client
from purchases.queries.client_ids import Search, find_client_ids
from purchases.queries.search import search_words

# A common word finds some of the clients only.
MAX_TERMS = 1_000
# A shorter number is an extension or a mistake.
FEWEST_DIGITS = 6


@dataclass(frozen=True)
class AlikeClient:
    client: Client
    # The names of the equal values, as in "same e-mail".
    why: str


def alike_clients(
    *,
    org_id: UUID,
    full_name: str,
    email: str | None,
    phone: str | None,
    but: UUID | None = None,
) -> list[AlikeClient]:
    """Return the org's clients with this name, e-mail or phone number, without the client `but`.

    The comparison of names ignores case, accents, spaces and apostrophes, and that of phone numbers
    all but the last nine digits. Merged records are left out, because the kept ones are found.
    """
    searches = [search_words(full_name), [email] if email else [], _last_digits(phone)]
    given = [Search(org_id, words) for words in searches if words]
    if not given:
        return []
    found = find_client_ids(given, limit=MAX_TERMS, whole_words=True, partial=True)
    ids = {client_id for each in found for client_id in each.client_ids}
    clients = (
        Client.objects.filter(pk__in=ids - {but}, org_id=org_id)
        .exclude(status=MERGED)
        .annotate(folded=_folded(F("full_name")), wanted=_folded(Value(full_name)))
        .order_by("full_name", "pk")
    )
    compared = [(client, _why(client, email, phone)) for client in clients]
    return [AlikeClient(client, ", ".join(why)) for client, why in compared if why]


def _folded(name: F | Value) -> Func:
    return Func(name, function="public.fold_for_search", output_field=TextField())


def _why(client: Client, email: str | None, phone: str | None) -> list[str]:
    columns = vars(client)
    why = []
    if columns["folded"] == columns["wanted"]:
        why.append(gettext("same name"))
    if email and (client.email or "").strip().casefold() == email.casefold():
        why.append(gettext("same e-mail"))
    if phone and _last_digits(phone) and _last_digits(client.phone) == _last_digits(phone):
        why.append(gettext("same phone number"))
    return why


def _last_digits(phone: str | None) -> list[str]:
    """Return the last nine digits as a list, which is empty if there are too few."""
    digits = re.sub(r"\D", "", phone or "")
    return [digits[-9:]] if len(digits) >= FEWEST_DIGITS else []
