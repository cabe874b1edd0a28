"""Which places of the picture speak for a label: gradient times input, at the encoder's maps.

Grad-CAM (Selvaraju et al. 2017) with the gradient kept at every place instead of averaged: how much
the label's logit would fall, to first order, if what a place holds were taken away. The gradient
goes through one step of the recurrent head, from the memory that the stream has there; what was
seen in earlier frames is in that memory and not on the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.network import load_network

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray


class Attribution:
    """A bundle's network in PyTorch, for its gradients.

    Raises
    ------
    ValueError
        If the network has no encoder of its own to look at.
    OSError, KeyError, TypeError, RuntimeError
        As of `models.network.load_network`.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        self._network = load_network(folder).eval()
        encoder = getattr(self._network, "encoder", None)
        if not isinstance(encoder, nn.Module):
            raise ValueError("this model has no encoder whose maps could be looked at")
        for parameter in self._network.parameters():
            parameter.requires_grad_(False)
        self._encoder = encoder

    def map(
        self,
        rgb: NDArray[np.uint8],
        state: Mapping[str, NDArray[np.float32]],
        dt_s: float,
        output: str,
        label: int,
    ) -> NDArray[np.float32]:
        """Return where the evidence for a label is.

        Parameters
        ----------
        rgb
            (H, W, 3) at the bundle's input size.
        state
            Of one stream, before this frame.
        output
            Name of the action head's output.

        Returns
        -------
        NDArray
            (H / 16, W / 16), 0..1; all zero where nothing speaks for it.
        """
        leaves: list[Tensor] = []

        def cut(
            _module: nn.Module, _inputs: object, maps: tuple[Tensor, ...]
        ) -> tuple[Tensor, ...]:
            leaves.extend(map_.detach().requires_grad_(True) for map_ in maps)
            return tuple(leaves)

        hook = self._encoder.register_forward_hook(cut)
        try:
            outputs, _ = self._network.step(
                torch.from_numpy(rgb[np.newaxis]),
                {name: torch.from_numpy(value) for name, value in state.items()},
                torch.full((1,), dt_s),
            )
        finally:
            hook.remove()
        probability = outputs[output][0, label].clamp(1e-6, 1 - 1e-6)
        grads = torch.autograd.grad(torch.logit(probability), leaves, allow_unused=True)
        size = (rgb.shape[0] // 16, rgb.shape[1] // 16)
        total = torch.zeros(size)
        for leaf, grad in zip(leaves, grads, strict=True):
            if grad is not None:
                # Where nothing at all has moved, the root in the motion reader has no slope.
                slope = torch.nan_to_num(grad, nan=0.0, posinf=0.0, neginf=0.0)
                evidence = (leaf.detach() * slope).sum(dim=1, keepdim=True)
                share = size[0] * size[1] / (evidence.shape[2] * evidence.shape[3])
                spread = functional.interpolate(evidence, size, mode="bilinear") / share
                total += spread[0, 0]
        return _normalised(total.numpy())


def _normalised(evidence: NDArray[np.float32]) -> NDArray[np.float32]:
    positive = np.maximum(evidence, 0.0)
    peak = float(positive.max())
    return (positive / peak if peak > 0 else positive).astype(np.float32)
