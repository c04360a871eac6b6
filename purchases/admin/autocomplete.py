"""The rows that a choice of the admin offers while a person types."""

import re
from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import HttpRequest

from purchases.admin.strict_query import MAX_SEARCH, PAGE_NUMBER, refuse

NAMES = {"app_label", "model_name", "field_name", "term", "page"}


class StrictAutocompleteView(AutocompleteJsonView):
    """The view of Django, for fields that a form of the admin completes only."""

    def process_request(self, request: HttpRequest) -> Any:
        """Answer 400 to parameters and values that no form of the admin writes."""
        asked = request.GET
        for name in asked.keys() - NAMES:
            refuse(name)
        if not re.fullmatch(PAGE_NUMBER, asked.get("page", "1")):
            refuse("page")
        if len(asked.get("term", "")) > MAX_SEARCH:
            refuse("term")
        field = tuple(asked.get(name, "") for name in ("app_label", "model_name", "field_name"))
        if field not in self.completed_fields():
            refuse("field_name")
        return super().process_request(request)

    def completed_fields(self) -> set[tuple[str, ...]]:
        """Return the app, model and name of each field that a registered admin completes."""
        assert self.admin_site is not None
        admins = list(self.admin_site._registry.values())
        forms: list[Any] = [*admins]
        forms += [inline for model_admin in admins for inline in model_admin.inlines]
        return {
            (form.model._meta.app_label, form.model._meta.model_name, name)
            for form in forms
            for name in form.autocomplete_fields
        }
