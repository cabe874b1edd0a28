"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verdict(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line of the report.

    Attributes
    ----------
    check
        What was checked, in words.
    detail
        One sentence: what was found, or why it could not be checked.
    figures
        By name, with units in the names.
    """

    check: str
    verdict: Verdict
    detail: str
    figures: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def judged(
        cls, check: str, passed: bool, detail: str, figures: Mapping[str, float] | None = None
    ) -> Outcome:
        """Return a line that passed or failed."""
        return cls(check, Verdict.PASSED if passed else Verdict.FAILED, detail, figures or {})

    @classmethod
    def skipped(cls, check: str, why: str) -> Outcome:
        """Return a line for what cannot be checked here."""
        return cls(check, Verdict.SKIPPED, why)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "check": self.check,
            "verdict": self.verdict.value,
            "detail": self.detail,
            "figures": {name: round(value, 9) for name, value in self.figures.items()},
        }
