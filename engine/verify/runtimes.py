"""Runtimes agree over a whole recording, each carrying its own memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from engine.predictor import Predictor
from engine.verify.outcome import Outcome
from models.spec import HeadKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.backends.base import Backend, State, StepOutput, Tensors
    from engine.bundle import Bundle
    from engine.sources.base import Source

MOST_DIFFERENCE: Final = 0.01
LEAST_COSINE: Final = 0.999
LEAST_AGREEMENT: Final = 0.99


class _Tap:
    """A backend that keeps what its heads said last."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.heads: Tensors = {}

    @property
    def name(self) -> str:
        return self._backend.name

    @property
    def device(self) -> str:
        return self._backend.device

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        output = self._backend.step(frame, dt_s, state)
        self.heads = output.heads
        return output

    def close(self) -> None:
        """Leave the backend open: whoever made it closes it."""


class _Stream:
    """One runtime's way through the recording."""

    def __init__(self, bundle: Bundle, backend: Backend, *, related: bool) -> None:
        self._tap = _Tap(backend)
        self._predictor = Predictor(bundle, self._tap, related=related)

    def take(self, frame: object) -> tuple[Tensors, NDArray[np.float32]]:
        """Return what the heads say, and all hidden state in a row."""
        self._predictor.process(frame)  # type: ignore[arg-type]
        carry = self._predictor.snapshot(frame).carry  # type: ignore[arg-type]
        state = carry.state if carry is not None else {}
        hidden = [value.ravel() for name, value in sorted(state.items()) if name.endswith(".h")]
        return self._tap.heads, np.concatenate(hidden) if hidden else np.ones(1, np.float32)


def check_runtimes(bundle: Bundle, reference: Backend, other: Backend, source: Source) -> Outcome:
    """Run `other` beside `reference` over every frame of `source`, which is closed at the end.

    Raises
    ------
    engine.errors.LongtakeError
        When the recording or a runtime breaks.
    """
    related = source.info.related
    first = _Stream(bundle, reference, related=related)
    second = _Stream(bundle, other, related=related)
    difference, cosine, agreed, asked, frames = 0.0, 1.0, 0, 0, 0
    try:
        while (frame := source.read()) is not None:
            said, hidden = first.take(frame)
            also_said, also_hidden = second.take(frame)
            frames += 1
            difference = max(difference, _difference(said, also_said))
            cosine = min(cosine, _cosine(hidden, also_hidden))
            for head in bundle.manifest.heads:
                if head.kind is HeadKind.ACTIONS:
                    name = head.output_names[0]
                    agreed += int(said[name][0].argmax() == also_said[name][0].argmax())
                    asked += 1
    finally:
        source.close()
    agreement = agreed / asked if asked else 1.0
    passed = (
        difference <= MOST_DIFFERENCE and cosine >= LEAST_COSINE and agreement >= LEAST_AGREEMENT
    )
    return Outcome.judged(
        f"{other.name} versus {reference.name}",
        passed,
        f"{frames} frames: probabilities differ by at most {difference:.2g}, hidden state by an "
        f"angle of cosine {cosine:.6f}, the likeliest label agrees in {agreement:.2%}",
        {
            "frames": float(frames),
            "largest_difference": difference,
            "least_cosine": cosine,
            "top1_agreement": agreement,
        },
    )


def _difference(one: Tensors, other: Tensors) -> float:
    """Return the largest difference between probabilities of actions and of boxes."""
    names = [name for name in one if name.endswith((".probability", ".confidence"))]
    return max(
        (float(np.abs(np.asarray(one[n], float) - other[n]).max(initial=0)) for n in names),
        default=0.0,
    )


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    a, b = one.astype(np.float64), other.astype(np.float64)
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    if lengths == 0:
        return 1.0 if np.array_equal(a, b) else 0.0
    return min(1.0, float(a @ b) / lengths)
