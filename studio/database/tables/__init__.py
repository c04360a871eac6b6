"""Changes that other programs made to the tables of the site, each with its repair.

`schema.drift` compares the objects that the migrations create. This package looks for objects that
were added, and takes the look of `attach` at the four shared tables again.
"""

from dataclasses import dataclass

from studio.database.schema import History, actual_schema
from studio.database.tables.additions import additions
from studio.database.tables.default_rights import default_rights
from studio.database.tables.finding import Finding
from studio.database.tables.hazards import hazards
from studio.database.tables.shared import look_of_attach

__all__ = ["Finding", "Findings", "findings"]


@dataclass(frozen=True)
class Findings:
    errors: list[Finding]
    warnings: list[Finding]


def findings(history: History) -> Findings:
    """Return what stops the site or its ledgers, and what may stop an action."""
    actual = actual_schema()
    errors, warnings = look_of_attach(history, actual)
    found = hazards()
    return Findings(
        [*errors, *additions(history, actual), *(each for each in found if each.is_error)],
        [*warnings, *(each for each in found if not each.is_error), *default_rights()],
    )
