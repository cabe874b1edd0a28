"""Results as JSON Lines: a header, one line per frame, a summary.

The format is that of ``labels.schema.json`` beside this module, and is described for people in
``docs/labels.md``.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final, Protocol

from engine.frame import Discontinuity
from engine.recognitions import RecognitionTracker
from engine.sinks.part_file import PartFile, write_error
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.frame import Frame
    from engine.results import FrameResult
    from engine.sources.base import SourceInfo
    from models.spec import HeadSpec, Manifest

    Line = dict[str, Any]
    MakeWriter = Callable[[Path, Line], "LabelWriter"]

LABELS_SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class LabelHeader:
    """What the labels are of, and what made them.

    Attributes
    ----------
    source_title, source_kind
        Never with a password.
    size
        Width and height of the picture, in pixels: the frame of reference of boxes.
    heads
        Of the bundle; they name the labels.
    backend
        Runtime and device.
    stride
        Only every so many frames of the source was to be processed.
    """

    source_title: str
    source_kind: str
    size: tuple[int, int]
    bundle_name: str
    bundle_version: str
    heads: tuple[HeadSpec, ...]
    backend: str
    stride: int = 1

    @classmethod
    def of(
        cls, manifest: Manifest, info: SourceInfo, backend: str, *, stride: int = 1
    ) -> LabelHeader:
        """Return the header of a run."""
        return cls(
            info.title,
            info.kind.value,
            (info.width, info.height),
            manifest.name,
            manifest.version,
            manifest.heads,
            backend,
            stride,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the header line."""
        width, height = self.size
        return {
            "type": "header",
            "schema": LABELS_SCHEMA,
            "software": f"longtake {_software_version()}",
            "source": {
                "title": self.source_title,
                "kind": self.source_kind,
                "width": width,
                "height": height,
            },
            "bundle": {"name": self.bundle_name, "version": self.bundle_version},
            "backend": self.backend,
            **({"stride": self.stride} if self.stride > 1 else {}),
            "heads": {
                head.name: {
                    "kind": head.kind.value,
                    "labels": [label.en for label in head.labels],
                    "thresholds": list(head.thresholds),
                }
                for head in self.heads
            },
        }


class LabelLines:
    """Turns results into the lines of ``labels.schema.json``, whatever they are written as."""

    def __init__(self, header: LabelHeader) -> None:
        self._heads = {head.name: head for head in header.heads}
        self._boxes = next((h for h in header.heads if h.kind is HeadKind.BOXES), None)
        self._intervals = RecognitionTracker(
            [head for head in header.heads if head.kind is HeadKind.ACTIONS]
        )
        self._stride = header.stride
        self._frames = 0
        self._lost = 0
        self._last_index: int | None = None
        self._first_s: float | None = None
        self._last_s = 0.0

    def frame(self, result: FrameResult) -> Line:
        """Take the next result and return its line."""
        self._intervals.update(result)
        self._frames += 1
        # A live source numbers the frames it lost, too; a jump leaves frames out on purpose.
        if self._last_index is not None and result.discontinuity is not Discontinuity.SEEK:
            self._lost += max(0, result.index - self._last_index - 1) // self._stride
        self._last_index = result.index
        self._first_s = result.pts_s if self._first_s is None else self._first_s
        self._last_s = result.pts_s
        return {
            "type": "frame",
            "index": result.index,
            "pts_s": round(result.pts_s, 6),
            "detections": list(self._detections(result)),
            "actions": self._actions(result.actions),
            "discontinuity": result.discontinuity.value if result.discontinuity else None,
            **self._about_memory(result),
        }

    def _actions(self, actions: Mapping[str, NDArray[np.float32]]) -> Line:
        return {
            head: dict(
                zip(
                    (label.en for label in self._heads[head].labels),
                    (round(float(p), 4) for p in probability),
                    strict=True,
                )
            )
            for head, probability in actions.items()
        }

    def _about_memory(self, result: FrameResult) -> Line:
        """Return what is said only where there is something to say."""
        line: Line = {}
        if result.persons:
            line["persons"] = [
                {"track_id": person.track_id, "actions": self._actions(person.actions)}
                for person in result.persons
            ]
        if result.event is not None:
            line["memory"] = {
                "cause": result.event.cause.value,
                "reaction": result.event.reaction.value,
                "kept": round(result.event.kept, 4),
            }
        if result.held:
            line["held"] = True
        if result.shown is not None:
            line["shown"] = {
                head: [
                    label.en
                    for label, shown in zip(self._heads[head].labels, which, strict=True)
                    if shown
                ]
                for head, which in result.shown.items()
            }
        return line

    def summary(self) -> Line:
        """Return the last line: counts, and what was recognised when."""
        seconds = self._last_s - self._first_s if self._first_s is not None else 0.0
        return {
            "type": "summary",
            "frames": self._frames,
            "seconds": round(seconds, 6),
            "fps": round((self._frames - 1) / seconds, 4) if seconds > 0 else None,
            "drops": self._lost,
            "intervals": [
                {
                    "head": seen.head,
                    "label": seen.label,
                    "start_s": round(seen.start_s, 6),
                    "end_s": round(seen.end_s, 6),
                    "peak": round(seen.peak, 4),
                }
                for seen in self._intervals.finish()
            ],
        }

    def _detections(self, result: FrameResult) -> Iterator[Line]:
        found = result.detections
        for xyxy, confidence, class_id, track_id in zip(
            found.xyxy.tolist(),
            found.confidence.tolist(),
            found.class_id.tolist(),
            found.track_id.tolist(),
            strict=True,
        ):
            assert self._boxes is not None
            yield {
                "xyxy": [round(value, 1) for value in xyxy],
                "label": self._boxes.labels[class_id].en,
                "confidence": round(confidence, 4),
                "track_id": track_id if track_id >= 0 else None,
            }


class LabelWriter(Protocol):
    """Writes lines in a format. Opens its file when made; errors are `OSError`.

    ``made(path, header) → add(frame)* → finish(summary)``; `close` ends it early.
    """

    def add(self, frame: Line) -> None:
        """Write a frame's line."""

    def finish(self, summary: Line) -> None:
        """Write what comes last, and close."""

    def close(self) -> None:
        """Close as it stands; nothing where it is closed already."""


class LabelSink:
    """Writes labels in one format; complete files appear under their name, others stay ``.part``.

    Parameters
    ----------
    make_writer
        Called with the path to write and the header's line.
    """

    def __init__(self, path: Path, header: LabelHeader, make_writer: MakeWriter) -> None:
        self._part, self._lines = PartFile(path), LabelLines(header)
        with self._errors():
            self._writer = make_writer(self._part.path, header.as_json())

    def write(self, frame: Frame, result: FrameResult) -> None:
        """Write one frame."""
        with self._errors():
            self._writer.add(self._lines.frame(result))

    def close(self) -> None:
        """Write the summary and give the file its name."""
        with self._errors():
            self._writer.finish(self._lines.summary())
        self._part.finish()

    def abort(self) -> None:
        """Leave what was written so far in the ``.part``, without a summary."""
        with suppress(OSError):  # nothing can be saved from a full disk
            self._writer.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise write_error(self._part.target, error) from error


class JsonlWriter:
    """Writes the lines as they are."""

    def __init__(self, path: Path, header: Line) -> None:
        self._file = path.open("w", encoding="utf-8", buffering=1)
        try:
            self.add(header)
        except OSError:
            with suppress(OSError):
                self._file.close()
            raise

    def add(self, frame: Line) -> None:
        """Write a line."""
        self._file.write(json.dumps(frame, ensure_ascii=False, separators=(",", ":")) + "\n")

    def finish(self, summary: Line) -> None:
        """Write the last line, and close."""
        self.add(summary)
        self._file.close()

    def close(self) -> None:
        """Close without a summary."""
        self._file.close()


class JsonlSink(LabelSink):
    """Writes a line per frame as JSON."""

    def __init__(self, path: Path, header: LabelHeader) -> None:
        super().__init__(path, header, JsonlWriter)


def read_labels(path: Path) -> Iterator[Line]:
    """Yield the lines of a label file; a line cut off by a crash, the last one, is left out."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)


def _software_version() -> str:
    try:
        return version("longtake")
    except PackageNotFoundError:
        return "(not installed)"
