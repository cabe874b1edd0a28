"""The best weights of a training, and when to give up hoping for better ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from safetensors import safe_open

from models.training.zoo_checkpoint import replace_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from models.recurrent import Recurrent


class EarlyStop:
    """Ends a training that no longer gets better, and brings back the best weights.

    Parameters
    ----------
    path
        File of the best weights; a run that goes on finds them there.
    patience
        Epochs without a better one after which it ends.
    """

    def __init__(self, path: Path, patience: int) -> None:
        self._path, self._patience = path, patience
        self._loss, self._epoch = float("inf"), 0
        if path.exists():
            with safe_open(path, "pt") as stored:
                self._loss = float(stored.metadata()["loss"])
                self._epoch = int(stored.metadata()["epoch"])

    def is_over(self, epoch: int) -> bool:
        """Tell whether nothing got better for too many epochs up to this one."""
        return epoch - self._epoch >= self._patience

    def consider(self, network: Recurrent, epoch: int, loss: float) -> None:
        """Keep the weights if they are the best so far."""
        if loss < self._loss:
            self._loss, self._epoch = loss, epoch
            noted = {"loss": repr(loss), "epoch": str(epoch)}
            replace_tensors(self._path, network.state_dict(), noted)

    def restore(self, network: Recurrent) -> None:
        """Bring back the best weights."""
        with safe_open(self._path, "pt") as stored:
            network.load_state_dict({name: stored.get_tensor(name) for name in stored.keys()})
