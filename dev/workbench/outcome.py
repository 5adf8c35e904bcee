"""What a part of the tests came to."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Outcome:
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    log: Path | None = None
    seconds: float = 0.0

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def total(outcomes):
    """The sum of all parts, in the words that the build server reads."""
    return Outcome(
        "all",
        sum(outcome.passed for outcome in outcomes),
        sum(outcome.failed for outcome in outcomes),
        sum(outcome.skipped for outcome in outcomes),
    )
