"""Fields for values that other programs write and Python cannot represent."""

from typing import Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler


class ClampedDateTimeField(models.DateTimeField):  # type: ignore[type-arg]  # generic in the stubs alone
    """A timestamptz that reads infinity and years outside Python's range as the year 9999 or 1000.

    Other programs write `expires_at = 'infinity'` for "never".
    """

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> tuple[str, Any]:
        late, early = "timestamptz '9999-12-01 00:00Z'", "timestamptz '1000-01-02 00:00Z'"
        clamped = f"WHEN {sql} > {late} THEN {late} WHEN {sql} < {early} THEN {early} ELSE {sql}"
        return f"CASE {clamped} END", [*params, *params, *params]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return a plain DateTimeField for migrations, because the column is a timestamptz."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs
