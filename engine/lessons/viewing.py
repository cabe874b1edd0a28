"""Looks at takes through a bundle's encoder, once; what it saw is kept and learnt from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.base import initial_state
from engine.errors import SourceError
from engine.lessons.attach import make_reader
from engine.lessons.taught_backend import without_own
from engine.redact import redact
from engine.sources import open_source
from models.teaching.head import see, state_spec
from models.teaching.takes import Take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from engine.backends.base import Backend, State
    from engine.frame import Frame
    from models.spec import Manifest

LEAD_S: Final = 1.0
"""Seen before a take begins, so that memory is filled as it is when a stream plays."""
_MOST_HZ: Final = 16.0
"""Frames in between are left out: half the work, and measured to be as good."""
_STILL_S: Final = 0.5
_MARGIN_S: Final = 0.5
_PIECE_S: Final = 4.0
_SHORTEST_PIECE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a source: what to look at.

    Attributes
    ----------
    label
        What it shows; `models.teaching.takes.BACKGROUND` for none of the actions.
    start_s, end_s
        None is the beginning or the end.
    """

    id: str
    label: str
    address: str
    start_s: float | None = None
    end_s: float | None = None


Moment = tuple[float, "NDArray[np.uint8]"]
"""Time in seconds, and (H, W, 3) uint8 RGB at the bundle's input size."""


class Viewer:
    """Runs a bundle over takes. For one thread; the runtime is its own, not a stream's.

    Raises
    ------
    BundleError
        If the bundle cannot be taught.
    """

    def __init__(self, manifest: Manifest, backend: Backend) -> None:
        self.manifest, self.backend = manifest, backend
        self.reader = make_reader(manifest)
        own = {spec.name: np.zeros((1, *spec.shape), np.float32) for spec in state_spec()}
        self.initial_state: State = {**initial_state(manifest), **own}

    def view_part(self, part: Part, check: Callable[[], None] | None = None) -> Take:
        """Look at a stretch of a recording, or at a folder of stills shown twice a second.

        Parameters
        ----------
        check
            Called before each frame; whatever it raises ends the work.

        Raises
        ------
        SourceError
            When the source cannot be opened or has nothing there.
        """
        source = open_source(part.address)
        try:
            start_s = part.start_s or 0.0
            if start_s > LEAD_S and source.info.seekable:
                source.seek(start_s - LEAD_S)
            moments = self._moments(source.read, part.end_s, stills=not source.info.related)
            return self.view(part, source.info.title, _checked(moments, check))
        finally:
            source.close()

    def view(self, part: Part, title: str, moments: Iterable[Moment]) -> Take:
        """Look at frames in order; those before ``part.start_s`` only fill the memory."""
        state = self.initial_state
        times: list[float] = []
        rows: list[NDArray[np.float16]] = []
        known: list[bool] = []
        for pts_s, rgb in moments:
            if times and pts_s - times[-1] < 1 / _MOST_HZ:
                continue
            passed_s = pts_s - times[-1] if times else 1.0 / self.manifest.input.rate_hz
            dt_s = np.full(1, passed_s, np.float32)
            output = self.backend.step(rgb[np.newaxis], dt_s, without_own(state))
            seen = see(self.reader, state, output.state, output.heads, dt_s)
            state = {**output.state, **seen.state}
            times.append(pts_s)
            rows.append(seen.reading[0].astype(np.float16))
            known.append(bool(seen.known[0]))
        start_s = part.start_s if part.start_s is not None else (times[0] if times else 0.0)
        if not times or times[-1] < start_s:
            raise SourceError(
                f'"{title}" has no picture from {start_s:.2f} s on.', "Choose another part."
            )
        end_s = times[-1] if part.end_s is None else min(part.end_s, times[-1])
        return Take(
            part.id,
            part.label,
            title,
            start_s,
            end_s,
            np.asarray(times, np.float64),
            np.stack(rows),
            float(np.mean(known)),
        )

    def _moments(
        self, read: Callable[[], Frame | None], end_s: float | None, *, stills: bool
    ) -> Iterator[Moment]:
        spec, number = self.manifest.input, 0
        while (frame := read()) is not None:
            pts_s = number * _STILL_S if stills else frame.pts_s
            if end_s is not None and pts_s > end_s + 1e-6:
                return
            yield pts_s, frame.picture.rgb(spec.width, spec.height)
            number += 1


def background_parts(
    address: str, taken: Sequence[tuple[float, float]], duration_s: float, most: int
) -> list[Part]:
    """Return stretches of a recording between and around those taken, as background.

    Parameters
    ----------
    taken
        (start, end) of what shows an action, in seconds.
    most
        How many at most; they are spread over the recording.
    """
    pieces: list[tuple[float, float]] = []
    end_s = 0.0
    for start_s, next_s in [*sorted(taken), (duration_s + _MARGIN_S, math.inf)]:
        begin_s = end_s + (_MARGIN_S if end_s else 0.0)
        room_s = start_s - _MARGIN_S - begin_s
        if room_s >= _SHORTEST_PIECE_S:
            count = math.ceil(room_s / _PIECE_S)
            step_s = room_s / count
            pieces += [(begin_s + k * step_s, begin_s + (k + 1) * step_s) for k in range(count)]
        end_s = max(end_s, next_s)
    if len(pieces) > most:
        pieces = [pieces[round(k * (len(pieces) - 1) / max(1, most - 1))] for k in range(most)]
    name = redact(address)
    return [
        Part(f"background-{k + 1}", "", address if name == address else "", start_s, end_s)
        for k, (start_s, end_s) in enumerate(pieces)
    ]


def _checked(moments: Iterator[Moment], check: Callable[[], None] | None) -> Iterator[Moment]:
    for moment in moments:
        if check is not None:
            check()
        yield moment
