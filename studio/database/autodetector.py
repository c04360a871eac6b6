"""The comparison of the models with the migrations, without the texts for people."""

from typing import Any

from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState

NAMES = ["verbose_name", "verbose_name_plural"]


class SchemaAutodetector(MigrationAutodetector):
    """An autodetector that ignores labels, help texts, error messages and choices.

    The database does not store them, so a new reason or a better label needs no migration.
    """

    def __init__(self, from_state: ProjectState, to_state: ProjectState, *args: Any) -> None:
        for state in (from_state, to_state):
            for model in state.models.values():
                remove_texts(model)
        super().__init__(from_state, to_state, *args)


def remove_texts(model: ModelState) -> None:
    for name in NAMES:
        model.options.pop(name, None)
    for constraint in model.options.get("constraints", []):
        constraint.violation_error_message = constraint.default_violation_error_message
    for field in model.fields.values():
        field._verbose_name = None  # type: ignore[attr-defined]
        field.help_text = ""
        field.choices = None
        field._error_messages = None  # type: ignore[attr-defined]
