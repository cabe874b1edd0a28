"""Where a pipeline is in its life, and its figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.errors import LongtakeError
    from engine.sources.base import SourceStatus


class RunState(StrEnum):
    """Where a pipeline is in its life."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"
    STOPPED = "stopped"


class Delivery(StrEnum):
    """What happens when frames come faster than the model runs."""

    LOSSLESS = "lossless"
    """The source waits: every frame is processed."""
    LATEST = "latest"
    """Old frames are dropped, counted, and the next one processed carries a gap."""


@dataclass(frozen=True, slots=True)
class PipelineStatus:
    """Snapshot, readable from any thread.

    Attributes
    ----------
    captured, processed, dropped, discarded, replayed
        Frames so far; captured is the sum of the others and of those in hand or in the buffer.
        Dropped: the model was too slow for a live source. Discarded: a seek or the end of the run
        made them moot. Replayed: run through the model on the way to the target of a seek.
    discontinuities
        Frames so far into which memory did not simply carry on.
    position_s
        pts_s of the frame processed last; None before the first.
    held
        Frames so far that the model left out, since they came faster than the rate trained at;
        they are among those processed.
    model_hz
        Frames per second of *stream* time that the model looked at of late; what it was trained at
        is in the bundle's manifest. 0 before there is a figure.
    memory_s
        How far back memory reaches at the frame shown last, in seconds of stream time.
    source_hz, processed_hz
        Frames per second of wall time over the last second or so; 0 before there is a figure.
    inference_ms, latency_ms
        Running means: time in the predictor; capture → result handed to the sinks.
    error
        Why the state is FAILED.
    """

    state: RunState
    source: SourceStatus
    captured: int = 0
    processed: int = 0
    dropped: int = 0
    discarded: int = 0
    replayed: int = 0
    discontinuities: int = 0
    position_s: float | None = None
    held: int = 0
    model_hz: float = 0.0
    memory_s: float = 0.0
    source_hz: float = 0.0
    processed_hz: float = 0.0
    inference_ms: float = 0.0
    latency_ms: float = 0.0
    error: LongtakeError | None = None
