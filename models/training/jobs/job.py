"""What every head of a bundle is asked for, and what all of them have at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from models.data.compiled import F32
from models.data.look import Look

if TYPE_CHECKING:
    from pathlib import Path

    from models.data.compiled import Arithmetic
    from models.encoders.efficientnet_lite import EfficientNetLite0
    from models.network import HeadPlan
    from models.spec import HeadSpec


BODY: Final = "body"
"""Name of the body reader's weights, and of what is kept for it."""


@dataclass(frozen=True)
class Workshop:
    """Where things lie, and what all heads share.

    Attributes
    ----------
    shared
        Holds ``data``, the data sets, and ``teachers``, networks to learn from.
    work
        Where what can be recomputed is kept.
    encoder
        Frozen.
    """

    shared: Path
    work: Path
    encoder: EfficientNetLite0
    rate_hz: float
    threads: int
    _looks: dict[tuple[Arithmetic, int], Look] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def data(self) -> Path:
        """The folder of data sets."""
        return self.shared / "data"

    def look(self, arithmetic: Arithmetic = F32, people: int = 1) -> Look:
        """Return the encoder with the trained body reader, computing as roughly as asked.

        Parameters
        ----------
        people
            See `models.data.look.Look`.
        """
        if (arithmetic, people) not in self._looks:  # compiling one takes a second
            self._looks[arithmetic, people] = Look(
                self.encoder,
                self.weights(BODY),
                self.work / BODY,
                people=people,
                threads=self.threads,
                arithmetic=arithmetic,
            )
        return self._looks[arithmetic, people]

    def weights(self, name: str) -> Path:
        """Return where the trained head `name` lies."""
        folder = self.work / "heads"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.safetensors"


class HeadJob(Protocol):
    """One head of a bundle."""

    @property
    def weights(self) -> Path:
        """Where the trained weights lie, or will."""

    def train(self) -> None:
        """Train on everything there is."""

    def evaluate(self) -> dict[str, float]:
        """Return figures on what was not trained on, named ``<data set>.<figure>``."""

    def plan(self) -> HeadPlan:
        """Return what it takes to build the head."""

    def spec(self) -> HeadSpec:
        """Return how the bundle's manifest describes it."""
