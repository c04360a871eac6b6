"""The form of a row in the admin, with rules for what a person types."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django import forms

from purchases.input_rules import plain_line, plain_text

Rule = Callable[[Any], None]


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """Check the values that the person changed.

    Other programs fill the same tables. A row with odd values can still be saved, if the person
    changes its other fields.
    """

    # The rules of fields by name, besides those of every text.
    rules: ClassVar[dict[str, Rule]] = {}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in self.changed_data:
            value = self.cleaned_data.get(name)
            if value in self.fields[name].empty_values:
                continue
            try:
                for rule in self._rules_of(name):
                    rule(value)
            except forms.ValidationError as problem:
                self.add_error(name, problem)
        return cleaned

    def _rules_of(self, name: str) -> Iterator[Rule]:
        field = self.fields[name]
        if isinstance(field, forms.CharField):
            yield plain_text if isinstance(field.widget, forms.Textarea) else plain_line
        if name in self.rules:
            yield self.rules[name]
