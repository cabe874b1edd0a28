"""What a test of a lesson has shown, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.lessons.manifest import Doubtful, Outcome


def sentence(finding: Doubtful, names: Mapping[str, str]) -> str:
    """Return one doubt as a sentence that says what to do.

    Parameters
    ----------
    names
        Of actions in the interface's language, by their names in English.
    """
    text = _TEXTS[finding.doubt]() if finding.doubt in _TEXTS else finding.doubt
    return text.format(
        label=names.get(finding.label, finding.label),
        other=names.get(finding.other, finding.other),
        count=finding.count,
        of=finding.of,
    )


def summary(result: Outcome) -> str:
    """Return the outcome in one sentence."""
    if result.accuracy is None:
        return QCoreApplication.translate(
            "Findings", "Not tested: leaving a take out needs at least two of each action."
        )
    if result.good:
        text = QCoreApplication.translate(
            "Findings", "Good: {0} of the takes were recognised, each left out in turn."
        )
    else:
        text = QCoreApplication.translate(
            "Findings",
            "Not good enough yet: {0} of the takes were recognised, each left out in turn.",
        )
    return text.format(f"{100 * result.accuracy:.0f} %")


_TEXTS = {
    "few-takes": lambda: QCoreApplication.translate(
        "Findings", "“{label}” has {count} takes: record at least {of}."
    ),
    "short-takes": lambda: QCoreApplication.translate(
        "Findings",
        "{count} of {of} takes of “{label}” are shorter than 0.7 s: show the whole movement.",
    ),
    "nobody-seen": lambda: QCoreApplication.translate(
        "Findings",
        "In {count} of {of} takes of “{label}” nobody was found most of the time: "
        "stand in full view.",
    ),
    "no-background": lambda: QCoreApplication.translate(
        "Findings",
        "Nothing shows what is none of the actions: one of them will always be named. "
        "Record some background.",
    ),
    "like-another": lambda: QCoreApplication.translate(
        "Findings",
        "“{label}” was taken for “{other}” in {count} of {of} takes: record more takes of both, "
        "or show them more differently.",
    ),
    "like-background": lambda: QCoreApplication.translate(
        "Findings",
        "“{label}” was not noticed in {count} of {of} takes: it is too alike to what is none of "
        "the actions. Mark it more tightly, or record more takes.",
    ),
    "false-alarms": lambda: QCoreApplication.translate(
        "Findings",
        "“{other}” was seen in {count} of {of} stretches that show none of the actions: "
        "record more background.",
    ),
    "one-place": lambda: QCoreApplication.translate(
        "Findings",
        "All takes are from one recording: how well it does elsewhere is not known.",
    ),
}
