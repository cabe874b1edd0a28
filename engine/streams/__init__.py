"""Many streams in one process, over one model."""

from engine.streams.group import StreamGroup, StreamId, StreamPhase, StreamReport
from engine.streams.pace import WatchedSource
from engine.streams.shared_model import Lane, SharedModel

__all__ = [
    "Lane",
    "SharedModel",
    "StreamGroup",
    "StreamId",
    "StreamPhase",
    "StreamReport",
    "WatchedSource",
]
