"""ByteTrack: Zhang et al., Multi-Object Tracking by Associating Every Detection Box (ECCV 2022)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from engine.postprocess import box_iou
from engine.tracking import kalman
from engine.tracking.assignment import best_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.results import Detections

_SURE_IOU: Final = 0.2
_UNSURE_IOU: Final = 0.5
_TENTATIVE_IOU: Final = 0.3


class TrackPhase(IntEnum):
    """Where a track is in its life."""

    TENTATIVE = 0
    CONFIRMED = 1
    LOST = 2


@dataclass(frozen=True, slots=True)
class Tracks:
    """Tracks as a struct of arrays of equal length N.

    Attributes
    ----------
    track_id, class_id
        (N,) int32.
    phase
        (N,) int8 of `TrackPhase`.
    mean, covariance
        (N, 8) and (N, 8, 8) float64; see `engine.tracking.kalman`.
    seen_s
        (N,) float64, stream time of the last match.
    """

    track_id: NDArray[np.int32]
    class_id: NDArray[np.int32]
    phase: NDArray[np.int8]
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    seen_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.track_id)

    @classmethod
    def empty(cls) -> Tracks:
        """Return no tracks."""
        none = np.zeros(0, np.int32)
        return cls(
            none, none, np.zeros(0, np.int8), np.zeros((0, 8)), np.zeros((0, 8, 8)), np.zeros(0)
        )

    def select(self, which: NDArray[np.bool_]) -> Tracks:
        """Return the tracks that the mask names."""
        return Tracks(*(getattr(self, name)[which] for name in self.__slots__))

    def join(self, other: Tracks) -> Tracks:
        """Return these tracks, then the others."""
        return Tracks(
            *(np.concatenate((getattr(self, n), getattr(other, n))) for n in self.__slots__)
        )


@dataclass(frozen=True, slots=True)
class TrackerState:
    """Everything a tracker carries; immutable."""

    tracks: Tracks
    next_id: int
    pts_s: float | None


class ByteTracker:
    """Gives boxes identities that last.

    ::

        (sure box, nothing to match) → TENTATIVE ─matched→ CONFIRMED ⇄ LOST ─too long→ (removed)
                                           └─not matched→ (removed)

    Sure boxes are matched first, to tracks confirmed or lost; what remains of the confirmed tracks
    is then matched to unsure boxes, which are often the same object blurred or half hidden. Only
    boxes of one class match. In the first frame after a reset, tracks are confirmed at once.
    Identities are never used twice, resets included. All times are stream time.

    Parameters
    ----------
    longest_lost_s
        How long a track may be lost before it is removed.
    """

    LOW_FRACTION: ClassVar[float] = 0.7
    """Boxes down to this fraction of the least sure confidence are worth passing in."""

    def __init__(self, longest_lost_s: float = 1.0) -> None:
        self._longest_lost_s = longest_lost_s
        self._state = TrackerState(Tracks.empty(), 1, None)

    def reset(self) -> None:
        """Forget all tracks; new ones get new identities."""
        self._state = TrackerState(Tracks.empty(), self._state.next_id, None)

    def snapshot(self) -> TrackerState:
        """Return what is carried."""
        return self._state

    def restore(self, state: TrackerState) -> None:
        """Go back to where `state` was taken."""
        self._state = state

    def update(self, found: Detections, sure: NDArray[np.bool_], pts_s: float) -> Detections:
        """Take the boxes of the next frame.

        Parameters
        ----------
        found
            Sure and unsure boxes; `sure` is a mask (N,) over them.
        pts_s
            Stream time of the frame, later than the last one's.

        Returns
        -------
        Detections
            The sure boxes and those unsure ones that continue a track, with identities; -1 where
            a track is still tentative.
        """
        before = self._state
        fresh = before.pts_s is None
        tracks = self._moved(pts_s)
        matched = np.full(len(found), -1, np.intp)
        established = tracks.phase != TrackPhase.TENTATIVE
        _associate(tracks, established, found, sure, matched, _SURE_IOU)
        confirmed = tracks.phase == TrackPhase.CONFIRMED
        _associate(tracks, confirmed, found, ~sure, matched, _UNSURE_IOU)
        _associate(tracks, ~established, found, sure, matched, _TENTATIVE_IOU)

        tracks = self._corrected(tracks, found, matched, pts_s)
        track_id = np.full(len(found), -1, np.int32)
        hit = matched >= 0
        track_id[hit] = tracks.track_id[matched[hit]]

        new = np.flatnonzero(sure & ~hit)
        born = _born(found, new, before.next_id, pts_s, confirmed=fresh)
        if fresh:
            track_id[new] = born.track_id
        survivors = self._survivors(tracks, matched, pts_s)
        self._state = TrackerState(survivors.join(born), before.next_id + len(new), pts_s)
        return replace(found, track_id=track_id).select(sure | hit)

    def expected(self, found: Detections, pts_s: float) -> Detections:
        """Return boxes of the last frame where their tracks should be at `pts_s`.

        Nothing is remembered of it; boxes without an identity stay where they are.
        """
        tracks = self._moved(pts_s)
        place = {int(track): row for row, track in enumerate(tracks.track_id)}
        rows = np.array([place.get(int(track), -1) for track in found.track_id], np.intp)
        known = rows >= 0
        xyxy = found.xyxy.copy()
        xyxy[known] = kalman.to_xyxy(tracks.mean[rows[known]])
        return replace(found, xyxy=xyxy)

    def _moved(self, pts_s: float) -> Tracks:
        tracks, last_s = self._state.tracks, self._state.pts_s
        if last_s is None or not len(tracks):
            return tracks
        mean = tracks.mean.copy()
        # A lost track's size is not extrapolated: it would shrink or swell without bound.
        mean[tracks.phase == TrackPhase.LOST, 6:] = 0
        mean, covariance = kalman.predict(mean, tracks.covariance, pts_s - last_s)
        return replace(tracks, mean=mean, covariance=covariance)

    def _corrected(
        self, tracks: Tracks, found: Detections, matched: NDArray[np.intp], pts_s: float
    ) -> Tracks:
        hit = np.flatnonzero(matched >= 0)
        rows = matched[hit]
        if not len(rows):
            return tracks
        mean, covariance = tracks.mean.copy(), tracks.covariance.copy()
        mean[rows], covariance[rows] = kalman.correct(
            mean[rows], covariance[rows], kalman.to_measurement(found.xyxy[hit])
        )
        phase, seen_s = tracks.phase.copy(), tracks.seen_s.copy()
        phase[rows], seen_s[rows] = TrackPhase.CONFIRMED, pts_s
        return replace(tracks, mean=mean, covariance=covariance, phase=phase, seen_s=seen_s)

    def _survivors(self, tracks: Tracks, matched: NDArray[np.intp], pts_s: float) -> Tracks:
        """Mark what was not matched as lost; drop what was tentative or is lost too long."""
        missed = np.ones(len(tracks), bool)
        missed[matched[matched >= 0]] = False
        tentative = tracks.phase == TrackPhase.TENTATIVE
        forgotten = pts_s - tracks.seen_s > self._longest_lost_s
        phase = np.where(missed, np.int8(TrackPhase.LOST), tracks.phase)
        return replace(tracks, phase=phase).select(~(missed & (tentative | forgotten)))


def _associate(
    tracks: Tracks,
    eligible: NDArray[np.bool_],
    found: Detections,
    offered: NDArray[np.bool_],
    matched: NDArray[np.intp],
    least_iou: float,
) -> None:
    """Match eligible tracks without a box to offered boxes without a track; fills `matched`."""
    free = eligible.copy()
    free[matched[matched >= 0]] = False
    rows, columns = np.flatnonzero(free), np.flatnonzero(offered & (matched < 0))
    if not len(rows) or not len(columns):
        return
    overlap = box_iou(kalman.to_xyxy(tracks.mean[rows]), found.xyxy[columns])
    overlap[tracks.class_id[rows][:, None] != found.class_id[columns][None]] = 0
    for row, column in best_pairs(overlap):
        if overlap[row, column] >= least_iou:
            matched[columns[column]] = rows[row]


def _born(
    found: Detections, new: NDArray[np.intp], first_id: int, pts_s: float, *, confirmed: bool
) -> Tracks:
    mean, covariance = kalman.start(kalman.to_measurement(found.xyxy[new]))
    phase = TrackPhase.CONFIRMED if confirmed else TrackPhase.TENTATIVE
    return Tracks(
        np.arange(first_id, first_id + len(new), dtype=np.int32),
        found.class_id[new],
        np.full(len(new), phase, np.int8),
        mean,
        covariance,
        np.full(len(new), pts_s),
    )
