"""Labels in the formats of other programs. `docs/labels.md` describes each.

A format is a `engine.sinks.labels.LabelWriter` that takes the lines of a JSON Lines file, so that
labels come out alike whether they are written during a run or converted later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.errors import SinkError
from engine.sinks.label_formats.activitynet import ActivityNetWriter
from engine.sinks.label_formats.ass import AssWriter
from engine.sinks.label_formats.boris import BorisWriter
from engine.sinks.label_formats.coco import CocoWriter
from engine.sinks.label_formats.csv import CsvWriter
from engine.sinks.label_formats.mot import MotWriter
from engine.sinks.label_formats.subtitles import SrtWriter, WebVttWriter
from engine.sinks.label_formats.yolo import YoloWriter
from engine.sinks.labels import JsonlWriter, LabelSink, read_labels
from engine.sinks.part_file import PartFile, write_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.sinks.labels import LabelHeader, Line, MakeWriter


@dataclass(frozen=True, slots=True)
class LabelFormat:
    """One format.

    Attributes
    ----------
    name
        As on the command line.
    title
        As people call it.
    suffix
        What its files end in when nobody says otherwise.
    endings
        Further endings that mean this format and no other.
    holds
        ``"boxes"``, ``"actions"`` or both: what of the labels it can carry.
    """

    name: str
    title: str
    suffix: str
    make_writer: MakeWriter
    endings: tuple[str, ...] = ()
    holds: tuple[str, ...] = ("boxes", "actions")


_BOXES, _ACTIONS = ("boxes",), ("actions",)

FORMATS: Final[dict[str, LabelFormat]] = {
    one.name: one
    for one in (
        LabelFormat("jsonl", "JSON Lines", ".jsonl", JsonlWriter),
        LabelFormat("csv", "CSV", ".csv", CsvWriter),
        LabelFormat("coco", "COCO", ".coco.json", CocoWriter, holds=_BOXES),
        LabelFormat("mot", "MOT Challenge", ".mot.txt", MotWriter, holds=_BOXES),
        LabelFormat("yolo", "YOLO", ".yolo.zip", YoloWriter, (".zip",), holds=_BOXES),
        LabelFormat("webvtt", "WebVTT", ".vtt", WebVttWriter, holds=_ACTIONS),
        LabelFormat("srt", "SubRip", ".srt", SrtWriter, holds=_ACTIONS),
        LabelFormat(
            "activitynet", "ActivityNet", ".activitynet.json", ActivityNetWriter, holds=_ACTIONS
        ),
        LabelFormat("boris", "BORIS", ".boris.csv", BorisWriter, holds=_ACTIONS),
        LabelFormat("ass", "Advanced SubStation Alpha", ".ass", AssWriter),
    )
}


def format_of(path: Path, name: str | None = None) -> LabelFormat:
    """Return the format called `name`, else the one that `path` ends in, else JSON Lines.

    Raises
    ------
    SinkError
        When there is no such format, or an ending that several share does not tell which.
    """
    if name is not None:
        if name not in FORMATS:
            raise SinkError(f'There is no label format "{name}".', f"Known: {', '.join(FORMATS)}.")
        return FORMATS[name]
    lower = path.name.lower()
    fits = [
        (len(ending), one)
        for one in FORMATS.values()
        for ending in (one.suffix, *one.endings)
        if lower.endswith(ending)
    ]
    if fits:
        return max(fits, key=lambda fit: fit[0])[1]
    if lower.endswith(".json"):
        raise SinkError(
            f"{path.name} may mean COCO or ActivityNet.",
            "Say which: --labels-format coco or activitynet, or end it in .coco.json.",
        )
    return FORMATS["jsonl"]


def make_label_sink(path: Path, header: LabelHeader, name: str | None = None) -> LabelSink:
    """Return a sink that writes labels in the format called `name`, or that `path` ends in.

    Raises
    ------
    SinkError
        When there is no such format, or nothing can be written there.
    """
    return LabelSink(path, header, format_of(path, name).make_writer)


def convert_labels(source: Path, target: Path, name: str | None = None) -> int:
    """Write the labels in the JSON Lines file `source` in another format; return the frames.

    Raises
    ------
    SinkError
        When `source` is no whole label file of ours, or `target` cannot be written.
    """
    chosen = format_of(target, name)
    lines = _lines(source)
    header = next(lines, None)
    if header is None or header.get("type") != "header":
        raise _no_labels(source)
    part = PartFile(target, source=source)
    frames, summary = 0, None
    try:
        writer = chosen.make_writer(part.path, header)
        try:
            for line in lines:
                if line["type"] == "summary":
                    summary = line
                else:
                    writer.add(line)
                    frames += 1
            if summary is not None:
                writer.finish(summary)
        finally:
            writer.close()
    except (KeyError, TypeError) as error:
        part.discard()
        raise _no_labels(source) from error
    except OSError as error:
        raise write_error(target, error) from error
    if summary is None:
        part.discard()
        raise SinkError(
            f"{source} has no summary: the run that wrote it was stopped.",
            "Run longtake annotate to its end and convert that.",
        )
    part.finish()
    return frames


def _lines(source: Path) -> Iterator[Line]:
    try:
        yield from read_labels(source)
    except OSError as error:
        raise SinkError(f"{source} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # neither UTF-8 nor JSON
        raise _no_labels(source) from error


def _no_labels(source: Path) -> SinkError:
    return SinkError(
        f"{source} is no label file of Longtake.",
        "Give one that longtake annotate --labels OUT.jsonl wrote.",
    )
