"""What an order to train comes to, whatever its architecture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.recurrent import Recurrent
    from models.training.zoo_tasks import Figures, Task

_Truth = TypeVar("_Truth")


@dataclass(frozen=True)
class Project(Generic[_Truth]):
    """What is built, what it learns, and how it is written.

    Attributes
    ----------
    build
        Returns the network, untrained.
    write
        Writes the bundle of a trained network with its figures.
    """

    task: Task[_Truth]
    build: Callable[[], Recurrent]
    write: Callable[[Recurrent, Figures], None]
