r"""What a model bundle says about its model: the manifest and the graph's naming contract.

This module is read by the engine, so it imports neither torch nor any runtime.

The graph (``model.onnx``) of every bundle follows one contract:

=====================  =====================  ==========================================
tensor                 shape, dtype           meaning
=====================  =====================  ==========================================
in  ``frame``          (B, H, W, 3) uint8     RGB picture at `InputSpec` size
in  ``dt_s``           (B,) float32           seconds since the frame of the last step
in  ``<state>``        (B, \*shape) float32    one per `Manifest.state` entry
out ``next.<state>``   as ``<state>``         the state to pass in with the next frame
out ``<head>.probability``  (B, L) float32    action head: one probability per label
out ``<head>.boxes``   (B, N, 4) float32      box head: x1 y1 x2 y2 as fractions of the picture
out ``<head>.confidence``   (B, N) float32    box head: probability of the best class
out ``<head>.class_id``     (B, N) int64      box head: the best class
=====================  =====================  ==========================================

State tensors are named ``<head>.<cell>``, for example ``actions.lstm1.h``; what several heads
share is named ``shared.<cell>``. The initial state is all zeros; after a reset the engine passes
zeros and ``dt_s`` = 1 / `InputSpec.rate_hz`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt, model_validator

SCHEMA_VERSION: Final = 1
FRAME_INPUT: Final = "frame"
DT_INPUT: Final = "dt_s"
NEXT_PREFIX: Final = "next."
SHARED_STATE: Final = "shared"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class _Frozen(BaseModel):
    """Immutable, and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Frozen):
    """One class: its name in exports (``en``) and in the Chinese interface (``zh``)."""

    en: Annotated[str, Field(min_length=1, max_length=64)]
    zh: Annotated[str, Field(min_length=1, max_length=64)]


class HeadKind(StrEnum):
    """What a head puts out."""

    ACTIONS = "actions"
    BOXES = "boxes"


class Activation(StrEnum):
    """How an action head's probabilities relate: independent, or summing to one."""

    SIGMOID = "sigmoid"
    SOFTMAX = "softmax"


class HeadSpec(_Frozen):
    """One head of the network.

    Attributes
    ----------
    name
        Key of the head in results and in tensor names.
    labels
        Class names by class index.
    thresholds
        Per label: from which probability on it is shown and counted as recognised.
    quiet
        Labels that mean "nothing to report" (background): measured and exported like the others,
        but neither shown as a recognition nor counted as an interval.
    """

    name: Name
    kind: HeadKind
    labels: Annotated[tuple[Label, ...], Field(min_length=1, max_length=2000)]
    thresholds: tuple[Probability, ...]
    activation: Activation = Activation.SIGMOID
    quiet: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> HeadSpec:
        names = [label.en for label in self.labels]
        if len(set(names)) != len(names):
            raise ValueError(f"head {self.name!r} names a label twice")
        if len(self.thresholds) != len(names):
            raise ValueError(
                f"head {self.name!r} has {len(names)} labels but {len(self.thresholds)} thresholds"
            )
        if unknown := set(self.quiet) - set(names):
            raise ValueError(f"head {self.name!r} quiets labels it lacks: {sorted(unknown)}")
        return self

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the graph outputs that belong to this head."""
        parts = (
            ("probability",)
            if self.kind is HeadKind.ACTIONS
            else ("boxes", "confidence", "class_id")
        )
        return tuple(f"{self.name}.{part}" for part in parts)


class Fit(StrEnum):
    """How a picture is brought to the input size."""

    STRETCH = "stretch"
    """Both sides scaled on their own; box fractions are fractions of the picture."""


class InputSpec(_Frozen):
    """What the graph takes. Normalisation happens inside the graph.

    Attributes
    ----------
    width, height
        Pixels.
    rate_hz
        Frame rate the recurrent heads were trained at (the middle of the range, if a range).
    """

    width: Annotated[int, Field(ge=16, le=4096)]
    height: Annotated[int, Field(ge=16, le=4096)]
    rate_hz: PositiveFloat
    fit: Fit = Fit.STRETCH


class TensorSpec(_Frozen):
    """A float32 state tensor; ``shape`` is without the batch dimension."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,127}$")]
    shape: Annotated[tuple[PositiveInt, ...], Field(min_length=1, max_length=6)]


class Provenance(_Frozen):
    """Where the weights come from."""

    created: str
    command: str
    data: tuple[str, ...] = ()
    licence: str = "Apache-2.0"


class Manifest(_Frozen):
    """``manifest.json`` of a model bundle.

    Attributes
    ----------
    files
        sha256, in hex, of every other file of the bundle by its name.
    metrics
        Measured figures, flat, on data not trained on (see the model card for protocols).
    """

    schema_version: int = SCHEMA_VERSION
    name: Name
    version: str
    title: Label
    input: InputSpec
    state: tuple[TensorSpec, ...]
    heads: Annotated[tuple[HeadSpec, ...], Field(min_length=1)]
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]
    provenance: Provenance
    metrics: dict[str, float] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Manifest:
        heads = [head.name for head in self.heads]
        if len(set(heads)) != len(heads):
            raise ValueError("two heads have the same name")
        states = [tensor.name for tensor in self.state]
        if len(set(states)) != len(states):
            raise ValueError("two state tensors have the same name")
        if orphans := [s for s in states if s.split(".", 1)[0] not in {*heads, SHARED_STATE}]:
            raise ValueError(f"state tensors that belong to no head: {orphans}")
        return self

    def head(self, name: str) -> HeadSpec:
        """Return the head called `name`; raises `KeyError` when there is none."""
        for head in self.heads:
            if head.name == name:
                return head
        raise KeyError(name)
