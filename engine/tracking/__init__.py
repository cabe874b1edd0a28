"""Identities: which box of this frame is which box of the last."""

from engine.tracking.byte_tracker import ByteTracker, TrackerState

__all__ = ["ByteTracker", "TrackerState"]
