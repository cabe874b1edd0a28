"""From takes to a lesson on disk."""

from __future__ import annotations

import re
import zlib
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from engine.errors import BundleError
from engine.lessons.attach import probe_sight
from engine.lessons.manifest import Doubtful, LessonManifest, Outcome, TakeRecord
from engine.lessons.material import TeachingError
from engine.lessons.store import save_lesson
from models.spec import Label
from models.teaching.takes import BACKGROUND

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.bundle import Bundle
    from engine.lessons.store import Lesson
    from engine.lessons.viewing import Viewer
    from models.teaching.course import Taught
    from models.teaching.judge import Verdict
    from models.teaching.takes import Take

THRESHOLD: Final = 0.5
"""From which probability on an action counts as recognised, unless the user says otherwise."""


def lesson_name(title: str) -> str:
    """Return a title as a lesson can be named by it: lower case, digits, hyphens.

    A title in other letters than Latin ones, such as 厨房, gives ``lesson-`` and its checksum.

    Raises
    ------
    TeachingError
        If there is no letter in it.
    """
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    name = re.sub(r"^[^a-z]+", "", name)
    if name:
        return name
    if any(letter.isalpha() for letter in title):
        return f"lesson-{zlib.crc32(title.strip().encode()):08x}"
    raise TeachingError(
        f"A lesson cannot be named {title!r}.", "Its name needs at least one letter."
    )


def tested(verdict: Verdict) -> Outcome:
    """Return a verdict as it is stored."""
    findings = tuple(
        Doubtful(**{**asdict(finding), "doubt": finding.doubt.value})
        for finding in verdict.findings
    )
    return Outcome(
        accuracy=verdict.accuracy,
        frame_accuracy=verdict.frame_accuracy,
        good=verdict.good,
        findings=findings,
    )


def keep_lesson(
    name: str,
    title: Label,
    bundle: Bundle,
    viewer: Viewer,
    takes: Sequence[Take],
    taught: Taught,
    *,
    addresses: Mapping[str, str],
    chinese: Mapping[str, str],
    thresholds: Mapping[str, float] | None = None,
) -> Lesson:
    """Save what was taught; see `engine.lessons.store.save_lesson`.

    Parameters
    ----------
    bundle
        Without lessons.
    addresses
        Of takes that can be looked at again, by their ids.
    chinese
        Names of actions in Chinese; an action without one keeps its own name.
    thresholds
        Of actions that have one of their own.
    """
    if name in {head.name for head in bundle.manifest.heads}:
        raise BundleError(
            f"The bundle {bundle.manifest.name!r} has a head {name!r} already.",
            "Give the lesson another name.",
        )
    actions = [label for label in taught.labels if label != BACKGROUND]
    manifest = LessonManifest(
        name=name,
        title=title,
        bundle=bundle.manifest.name,
        model_sha256=bundle.model_sha256,
        labels=tuple(Label(en=label, zh=chinese.get(label) or label) for label in actions),
        thresholds=tuple((thresholds or {}).get(label, THRESHOLD) for label in actions),
        background=BACKGROUND in taught.labels,
        takes=tuple(
            TakeRecord(
                id=take.id,
                label=take.label,
                source=take.source[:512],
                address=addresses.get(take.id, ""),
                start_s=take.start_s,
                end_s=take.end_s,
                person_share=take.person_share,
            )
            for take in takes
        ),
        tested=tested(taught.verdict),
        created=datetime.now(UTC).date().isoformat(),
        files={},
    )
    sight = probe_sight(viewer.reader, viewer.backend, viewer.manifest)
    return save_lesson(manifest, taught.head, sight, takes)
