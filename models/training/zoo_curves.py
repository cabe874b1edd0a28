"""Curves of a training for TensorBoard (``tensorboard --logdir FOLDER``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Curves:
    """Writes figures by epoch.

    Parameters
    ----------
    first_epoch
        From here on, what an earlier, killed run wrote is superseded.
    """

    def __init__(self, folder: Path, first_epoch: int) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder), purge_step=first_epoch)

    def add(self, epoch: int, figures: Mapping[str, float]) -> None:
        """Add a point to every curve, and write it out."""
        for name, value in figures.items():
            self._writer.add_scalar(name, value, epoch)
        self._writer.flush()

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()
