"""The recurrent contract: state in, state out, nothing hidden in between."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from models.spec import TensorSpec

TensorState = Mapping[str, Tensor]
"""Named state tensors, each of shape (B, ...)."""

Nested = Tensor | Sequence["Nested"] | Mapping[str, "Nested"]
"""A tensor, or a tuple, list or mapping of such: features in, outputs out."""

T = TypeVar("T")


class Recurrent(nn.Module):
    """A network that takes one frame's input and its state, and returns its output and new state.

    ``forward(clip)`` gives the same numbers as folding ``step`` over the frames (to 1e-5 in fp32).
    State is never kept in the module: whoever runs it carries it.
    """

    @abstractmethod
    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return the names and shapes (without batch) of the state tensors."""

    @abstractmethod
    def step(
        self, features: Nested, state: TensorState, dt_s: Tensor
    ) -> tuple[Nested, TensorState]:
        """Take one frame.

        Parameters
        ----------
        features
            What the network reads, each tensor of shape (B, ...).
        state
            As returned by the previous step, or `init_state`.
        dt_s
            (B,) float32, seconds since the previous frame.

        Returns
        -------
        output, state
            Tensors of shape (B, ...), and the state to pass in with the next frame.
        """

    def init_state(self, batch: int) -> TensorState:
        """Return the state a stream starts from: zeros, on the device of the parameters."""
        like = next(self.parameters())
        return {
            spec.name: torch.zeros(batch, *spec.shape, device=like.device, dtype=like.dtype)
            for spec in self.state_spec()
        }

    def forward(self, clip: Nested, state: TensorState, dt_s: Tensor) -> tuple[Nested, TensorState]:
        """Take a clip of T frames; the default folds `step`.

        Parameters
        ----------
        clip
            As `features` of `step`, each tensor of shape (B, T, ...).
        dt_s
            (B, T) float32.

        Returns
        -------
        outputs, state
            As of `step`, outputs of shape (B, T, ...).
        """
        outputs = []
        for t in range(dt_s.shape[1]):
            output, state = self.step(at_frame(clip, t), state, dt_s[:, t])
            outputs.append(output)
        return stack_frames(outputs), state


def at_frame(clip: Nested, t: int) -> Nested:
    """Return frame `t` of every tensor of shape (B, T, ...)."""
    if isinstance(clip, Tensor):
        return clip[:, t]
    if isinstance(clip, Mapping):
        return {name: at_frame(value, t) for name, value in clip.items()}
    return tuple(at_frame(value, t) for value in clip)


def stack_frames(frames: Sequence[Nested]) -> Nested:
    """Join outputs of T steps, each tensor (B, ...), into (B, T, ...)."""
    first = frames[0]
    if isinstance(first, Tensor):
        return torch.stack([frame for frame in frames if isinstance(frame, Tensor)], dim=1)
    if isinstance(first, Mapping):
        return {
            name: stack_frames([frame[name] for frame in frames if isinstance(frame, Mapping)])
            for name in first
        }
    return tuple(
        stack_frames([frame[i] for frame in frames if not isinstance(frame, Mapping)])
        for i in range(len(first))
    )
