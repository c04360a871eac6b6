"""The result of an inspection."""

from dataclasses import dataclass, field


@dataclass
class Report:
    found: list[str] = field(default_factory=list)  # one sentence each
    refusals: list[str] = field(default_factory=list)  # each with what to change
    warnings: list[str] = field(default_factory=list)  # other programs may fail
    plan: list[str] = field(default_factory=list)

    def note(self, *sentences: str) -> None:
        self.found += sentences

    def refuse(self, *sentences: str) -> None:
        self.refusals += sentences

    def warn(self, *sentences: str) -> None:
        self.warnings += sentences

    def will(self, *sentences: str) -> None:
        self.plan += sentences

    def __str__(self) -> str:
        parts = {
            "Found:": self.found,
            "Warnings:": self.warnings,
            "What attach will do:": [] if self.refusals else self.plan,
        }
        return "\n\n".join(
            "\n".join([head, *(f"  - {sentence}" for sentence in sentences)])
            for head, sentences in parts.items()
            if sentences
        )
