"""Takes: stretches of video that show an action, or none, as the encoder saw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.teaching.head import averages

if TYPE_CHECKING:
    from numpy.typing import NDArray

BACKGROUND: Final = ""
"""Label of takes that show none of the actions."""
MOST_EXAMPLES: Final = 48
"""Of one take; of a longer one they are spread over it."""
_SETTLING_S: Final = 0.3
_SETTLING_SHARE: Final = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One showing of an action.

    Attributes
    ----------
    id
        Name of its file; unique within a lesson.
    label
        The action's name in English; `BACKGROUND` for none of them.
    source
        Where it is from, for people; without a password.
    start_s, end_s
        The part that shows it, in the source's time.
    times_s
        (T,) of the frames read, a little before `start_s` included, so that memory is filled.
    readings
        (T, R) float16, see `models.teaching.reading.Reader`.
    person_share
        Share of the frames in which a person was found.
    """

    id: str
    label: str
    source: str
    start_s: float
    end_s: float
    times_s: NDArray[np.float64]
    readings: NDArray[np.float16]
    person_share: float = 1.0

    @property
    def seconds(self) -> float:
        """Length of the part that shows it."""
        return self.end_s - self.start_s

    def examples(self) -> NDArray[np.float32]:
        """Return (N, R) averages of the frames that count: the first moments show too little."""
        rows = averages(self.readings.astype(np.float32), self.times_s)
        settled_s = self.start_s + min(_SETTLING_S, _SETTLING_SHARE * self.seconds)
        counts = (self.times_s >= settled_s - 1e-6) & (self.times_s <= self.end_s + 1e-6)
        places = np.flatnonzero(counts) if counts.any() else np.array([len(rows) - 1])
        if len(places) > MOST_EXAMPLES:
            places = places[np.linspace(0, len(places) - 1, MOST_EXAMPLES).astype(np.intp)]
        found: NDArray[np.float32] = rows[places]
        return found
