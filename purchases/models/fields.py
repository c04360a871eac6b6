"""Moments as other programs may leave them."""

from typing import Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler


class ClampedDateTimeField(models.DateTimeField):  # type: ignore[type-arg]  # generic in the stubs alone
    """A timestamptz whose infinities, and years that Python has not, are read as the year 9999 or
    1000: `expires_at = 'infinity'` is a way to say never, and must not take the page down."""

    def select_format(self, compiler: SQLCompiler, sql: str, params: Any) -> tuple[str, Any]:
        late, early = "timestamptz '9999-12-01 00:00Z'", "timestamptz '1000-01-02 00:00Z'"
        clamped = f"WHEN {sql} > {late} THEN {late} WHEN {sql} < {early} THEN {early} ELSE {sql}"
        return f"CASE {clamped} END", [*params, *params, *params]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """For the database, and so for migrations, it is a timestamptz like any other."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs
