"""What a long run beside float32 found, as it is kept on disk, and whether that is good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from engine.backends.precision import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Cosine = Annotated[float, Field(ge=-1.0, le=1.0)]
SHORTEST_RUN: Final = 10_000
"""Frames that prove something: about six minutes at 30 a second, all in one memory."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Record):
    """The least that passes.

    Attributes
    ----------
    cosine
        Of each memory tensor, mean over the run.
    cosine_at_end
        The same over the last tenth of the run, where drift would show.
    top1, event_f1, box_f1
        Of each action head, of all its events, and of the boxes.
    """

    cosine: Cosine = 0.98
    cosine_at_end: Cosine = 0.98
    top1: Share = 0.98
    event_f1: Share = 0.95
    box_f1: Share = 0.95


class HeadDrift(_Record):
    """How far an action head says the same.

    Attributes
    ----------
    top1
        Share of frames with the same likeliest label, where nothing above its threshold counts as
        a label of its own.
    probability_error
        99th percentile, over frames, of the largest difference of a probability.
    events
        That float32 found.
    event_f1
        Of the events of both, paired one to one where the label is the same and they overlap by
        half; 1 where neither found any.
    """

    top1: Share
    probability_error: NonNegativeFloat
    events: NonNegativeInt
    event_f1: Share


class BoxDrift(_Record):
    """How far boxes are the same.

    Attributes
    ----------
    boxes
        That float32 found.
    f1
        Of the boxes of both, paired one to one within their class at an overlap of half or more.
    iou
        Mean overlap of the pairs.
    """

    boxes: NonNegativeInt
    f1: Share
    iou: Share


class MemoryDrift(_Record):
    """Cosine between a memory tensor of both: means over the run, its first and its last tenth."""

    mean: Cosine
    at_start: Cosine
    at_end: Cosine
    low: Cosine
    """First percentile over frames."""


class DriftReport(_Record):
    """A run, and where it holds: for this graph, runtime and processor only.

    Attributes
    ----------
    model_sha256
        Of the bundle's graph, which ran in float32.
    variant_sha256
        Of the graph that ran beside it; the same where only the arithmetic differs.
    backend, runtime, processor
        That computed both.
    frames
        Steps of both, in one memory without a reset.
    reference_ms, fast_ms
        Median times of a step, taken in turns.
    """

    bundle: str
    precision: Precision
    model_sha256: str
    variant_sha256: str
    backend: str
    runtime: str
    processor: str
    clips: tuple[str, ...]
    created: str
    frames: PositiveInt
    memory: dict[str, MemoryDrift]
    heads: dict[str, HeadDrift]
    boxes: BoxDrift | None
    reference_ms: NonNegativeFloat
    fast_ms: NonNegativeFloat
    limits: ClassVar[Limits] = Limits()  # this version's: none that a file brings along

    @property
    def speedup(self) -> float:
        """How many times as fast as float32 in the same runtime."""
        return self.reference_ms / max(self.fast_ms, 1e-6)

    @property
    def passed(self) -> bool:
        """Whether nothing was found against it."""
        return not self.failures

    @property
    def failures(self) -> tuple[str, ...]:
        """What was found against it, in words; worked out anew, never read from the file."""
        return tuple(self._failures())

    def summary(self) -> str:
        """Return one line for people."""
        said = [f"top-1 {h.top1:.1%}, events {h.event_f1:.3f}" for h in self.heads.values()]
        if self.boxes is not None:
            said.append(f"boxes {self.boxes.f1:.3f}")
        cosine = min((m.mean for m in self.memory.values()), default=1.0)
        figures = "; ".join([f"cosine {cosine:.4f}", *said])
        verdict = "accepted" if self.passed else f"refused ({self.failures[0]})"
        return (
            f"{self.precision.value} on {self.backend}: {verdict}, {self.speedup:.2f}× as fast, "
            f"{self.frames} frames: {figures}"
        )

    def _failures(self) -> Iterator[str]:
        yield from self._forgotten()
        yield from self._said_otherwise()
        if self.heads and not any(head.events for head in self.heads.values()):
            yield "nothing was recognised in the clips, so nothing could be compared"
        if self.boxes is not None and not self.boxes.boxes:
            yield "no object was found in the clips, so no box could be compared"
        elif self.boxes is not None and self.boxes.f1 < self.limits.box_f1:
            yield f"boxes agree by {self.boxes.f1:.3f}, not {self.limits.box_f1:g}"
        if self.frames < SHORTEST_RUN:
            yield f"{self.frames} frames prove nothing, it takes {SHORTEST_RUN}"

    def _forgotten(self) -> Iterator[str]:
        for name, drift in self.memory.items():
            for found, least, when in (
                (drift.mean, self.limits.cosine, ""),
                (drift.at_end, self.limits.cosine_at_end, " at the end of the run"),
            ):
                # Not found < least: a cosine that is no number has to fail.
                if not found >= least:
                    yield f"the memory {name} is alike by {found:.4f}{when}, not {least:g}"

    def _said_otherwise(self) -> Iterator[str]:
        for name, head in self.heads.items():
            if not head.top1 >= self.limits.top1:
                yield f"{name} says the same in {head.top1:.1%} of frames, not {self.limits.top1:g}"
            if not head.event_f1 >= self.limits.event_f1:
                yield f"events of {name} agree by {head.event_f1:.3f}, not {self.limits.event_f1:g}"
