"""Compare a form with a client that somebody else changed since the form was loaded."""

from __future__ import annotations

from dataclasses import dataclass

from purchases.clients.forms import RULES, version
from purchases.models import Client


@dataclass(frozen=True)
class StaleForm:
    """The values for the fields, and what somebody else stored in a field that this person changed
    as well."""

    values: dict[str, str]
    stored: dict[str, str]
    # The fields that only somebody else changed: they show the new value.
    updated: set[str]


def stale_form(client: Client, seen: str, typed: dict[str, str]) -> StaleForm | None:
    """Return what to show if the client differs from the versions that the page showed, or None.

    A field that this person did not change gets the stored value. Otherwise the typed value stays
    and the stored one is shown beside it.
    """
    shown = dict(zip(RULES, seen.split("-"), strict=False))
    values, stored, updated = dict(typed), {}, set()
    is_stale = False
    for name in RULES:
        now = getattr(client, name) or ""
        if shown.get(name) == version(now):
            continue
        is_stale = True
        if version(typed[name]) == version(now):
            continue
        if version(typed[name]) == shown.get(name):
            values[name] = now
            updated.add(name)
        else:
            stored[name] = now
    return StaleForm(values, stored, updated) if is_stale else None
