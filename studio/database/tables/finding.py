"""One change of another program, and what undoes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    name: str
    repair: str  # a statement, or advice
    is_error: bool = True

    @classmethod
    def of(cls, sentence: str) -> "Finding":
        """Return the finding of a sentence of `attach`, which ends with its statement."""
        name, _, statement = sentence.partition(": ")
        return cls(name, statement)
