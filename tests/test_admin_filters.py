"""The lists of the admin are filtered by their own filters only: other lookups answer 400.

The tests read the models from the registry, so that a new model is tested too.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin import ModelAdmin, site
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db.models import Field, Model
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from purchases.admin.strict_query import StrictQueryAdmin
from purchases.models import Org
from studio.accounts import security_log
from studio.models import Allowance, SecurityEvent, User
from tests.conftest import SignIn
from tests.factories import make_purchase

ROLES = ["olivia", "mia", "ada", "sue"]
LOOKUPS = {"exact", "in", "isnull", "regex", "iregex", "range", "contains", "startswith"}
ODD_VALUES = [
    "",
    " ",
    "(",
    "(.*)(.*)\\1\\2",
    "zz'); --",
    "\u202e",
    "-1",
    "NaN",
    "[]",
    "1,2",
    "9" * 30,
    "9" * 5000,
    "2020-01-01",
    "2020-13-01 00:00Z",
    "0001-01-01 00:00+23:59",
    "9999-12-31 23:59-23:59",
    "-infinity",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-00000000000",
]


@pytest.fixture
def sue(db: None) -> User:
    return User.objects.create_superuser("sue", first_name="Sue")


@pytest.fixture
def rows(northside: Org, southside: Org) -> None:
    """A row in each list, because an empty list has no filters."""
    for org in (northside, southside):
        make_purchase(org=org, expires_at=timezone.now() + timedelta(days=5))
        Allowance.objects.create(org=org, reason="", sessions=1)
        security_log.record(SecurityEvent.Kind.LOCKED, org_id=org.pk)


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def fields_of(model: type[Model], depth: int = 1) -> Iterator[tuple[str, "Field[Any, Any]"]]:
    """Yield the path of each field of a model, and of the models that it is related to."""
    for field in model._meta.get_fields():
        yield field.name, field  # type: ignore[misc]  # a relation has the lookups of a field
        if depth and field.related_model:
            for path, far in fields_of(field.related_model, depth - 1):
                yield f"{field.name}__{path}", far


def lookups_of(model: type[Model]) -> set[str]:
    """Return every lookup of every field, as the name of a parameter."""
    names = {"pk", "pk__in", "unknown", "unknown__regex"}
    for path, field in fields_of(model):
        lookups = {*getattr(field, "get_lookups", dict)(), *LOOKUPS}
        names |= {path, *(f"{path}__{lookup}" for lookup in lookups)}
    return names


class Visitor:
    """A user whose membership is read once: the tests send thousands of requests."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.member = getattr(user, "membership", None)

    def request(self, parameters: dict[str, str] | None = None) -> HttpRequest:
        request = RequestFactory().get("/", parameters)
        request.user = self.user
        request.member = self.member  # type: ignore[attr-defined]
        return request


@pytest.fixture
def visitor(role: str, request: pytest.FixtureRequest) -> Visitor:
    return Visitor(request.getfixturevalue(role))


def offered_filters(model_admin: "ModelAdmin[Any]", visitor: Visitor) -> set[str]:
    """Return the names of the parameters that the filters of the list offer to a user."""
    changelist = model_admin.get_changelist_instance(visitor.request())
    return {name for each in changelist.filter_specs for name in each.expected_parameters() if name}


def is_refused(model_admin: "ModelAdmin[Any]", visitor: Visitor, name: str, value: str) -> bool:
    """Return whether the list answers 400 to a filter. Load its rows if it does not."""
    request = visitor.request({name: value})
    # The list calls this method first. It is fast, and refuses nearly all lookups.
    if not model_admin.lookup_allowed(name, value, request):
        return True
    try:
        changelist = model_admin.get_changelist_instance(request)
    except (BadRequest, SuspiciousOperation):
        return True
    list(changelist.result_list)
    return False


def test_every_admin_is_strict() -> None:
    assert len(site._registry) > 8
    for model_admin in site._registry.values():
        assert isinstance(model_admin, StrictQueryAdmin), model_admin


@pytest.mark.parametrize("role", ROLES)
def test_a_list_is_filtered_by_the_lookups_of_its_own_filters_only(
    rows: None, visitor: Visitor
) -> None:
    for model, model_admin in site._registry.items():
        if not model_admin.has_view_permission(visitor.request()):
            continue
        accepted = {
            name
            for name in lookups_of(model) | offered_filters(model_admin, visitor)
            if not is_refused(model_admin, visitor, name, "True" if "isnull" in name else "1")
        }
        # Malformed times and ids are refused, so those filters are accepted with other values.
        offered = offered_filters(model_admin, visitor)
        assert accepted <= offered, model
        assert {name for name in offered - accepted if "isnull" in name} == set(), model


@pytest.mark.parametrize("role", ROLES)
def test_a_lookup_that_is_not_offered_gets_the_page_of_status_400(
    rows: None, signed_in: SignIn, visitor: Visitor
) -> None:
    browser = signed_in(visitor.user)
    for model, model_admin in site._registry.items():
        response = browser.get(list_of(model), {f"{model._meta.pk.name}__regex": "(.*)(.*)\\1\\2"})
        if model_admin.has_view_permission(visitor.request()):
            assert response.status_code == 400
            assert response.templates[0].name == "400.html"
        else:
            assert response.status_code == 403


def test_a_pin_cannot_be_guessed_by_a_filter(signed_in: SignIn, ada: User, rows: None) -> None:
    browser = signed_in(ada)
    for lookup in ("pin__regex", "pin__startswith", "pin", "wrong_tries__gt"):
        assert browser.get("/admin/studio/membership/", {lookup: "."}).status_code == 400


def test_odd_values_of_the_offered_filters_cause_no_error(rows: None, sue: User) -> None:
    visitor = Visitor(sue)
    for model_admin in site._registry.values():
        for name in offered_filters(model_admin, visitor):
            answers = {is_refused(model_admin, visitor, name, value) for value in ODD_VALUES}
            assert answers <= {True, False}


def test_links_of_the_filters_are_accepted(signed_in: SignIn, sue: User, rows: None) -> None:
    browser = signed_in(sue)
    for model, model_admin in site._registry.items():
        changelist = model_admin.get_changelist_instance(Visitor(sue).request())
        for each in changelist.filter_specs:
            link = str(list(each.choices(changelist))[-1]["query_string"])
            assert browser.get(list_of(model) + link).status_code == 200, link
