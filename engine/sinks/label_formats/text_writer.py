"""What writers of text files have in common."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from engine.sinks.labels import Line


class TextWriter:
    """An open text file and the header it belongs to; formats say what goes into it."""

    def __init__(self, path: Path, header: Line) -> None:
        self.header = header
        # Every format here has its own idea of line ends: none is translated.
        self.file = path.open("w", encoding="utf-8", newline="")
        try:
            self.begin()
        except BaseException:
            with suppress(OSError):
                self.file.close()
            raise

    @property
    def title(self) -> str:
        """Name of the recording."""
        return str(self.header["source"]["title"])

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, pixels."""
        source = self.header["source"]
        return int(source["width"]), int(source["height"])

    def labels(self, kind: str) -> list[str]:
        """Return the labels of all heads of a kind, ``"boxes"`` or ``"actions"``, in order."""
        heads = self.header["heads"].values()
        return [label for head in heads if head["kind"] == kind for label in head["labels"]]

    def begin(self) -> None:
        """Write what comes first."""

    def add(self, frame: Line) -> None:
        """Write a frame's line; nothing in formats of intervals."""

    def end(self, summary: Line) -> None:
        """Write what comes last."""

    def finish(self, summary: Line) -> None:
        """Write what comes last, and close."""
        self.end(summary)
        self.file.close()

    def close(self) -> None:
        """Close as it stands."""
        self.file.close()


def frame_s(summary: Line) -> float:
    """Return how long a picture is on show, seconds, on the average; a tenth where unknown."""
    return 1.0 / summary["fps"] if summary["fps"] else 0.1
