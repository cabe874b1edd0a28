"""Measure a bundle on labelled data, with its memory and without."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.data.action_sets import READERS
from models.data.box_sets import read_box_set
from models.data.class_folders import PICTURES, RECORDINGS
from models.data.clip_formats import SplitChoice, read_clip_split, read_picture_split
from models.data.clips import read_clip
from models.data.known_clips import merged
from models.data.recordings import load_readable, read_recording
from models.data.splits import DataError, LabelledFile, place_of_group
from models.evaluation.boxes_bundle import BoxMeasurement, known_pictures
from models.evaluation.classes import confusion
from models.evaluation.stills import look_at, still_figures
from models.evaluation.streams import FASTEST_HZ, RATES_HZ, Watcher, conditions, figures
from models.network import load_network
from models.spec import HeadKind
from models.training.zoo_data import DataChoice, load_classes
from models.training.zoo_trainer import evaluate as evaluate_pictures
from models.zoo.bundled import StillClassifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.data.action_sets import LabelledClip
    from models.data.clips import Clip
    from models.data.splits import FileSplit
    from models.evaluation.graph import RunNetwork
    from models.spec import HeadSpec, Manifest

PARTS: Final = ("test", "validation", "train", "all")

_SET_HINT: Final = ". Where folders are named otherwise than labels, --set reads a known set"
_LONGEST_S: Final = 120.0
"""Of a longer recording only the beginning is looked at."""


@dataclass(frozen=True)
class Request:
    """What to measure on what.

    Attributes
    ----------
    folder
        Of the bundle.
    network
        The bundle, running.
    ran_on
        What it runs on and how, for people.
    known_set
        Key of `models.data.action_sets.READERS`, whose reader then names the labels; measured on is
        the split's test group, or all of the set if it names none. None: the format is recognised.
    part
        One of `PARTS`.
    head
        None takes the first head that knows the data's labels.
    rates_hz
        At which frame rates, besides.
    films
        Whether pictures with boxes are filmed, too: the only way to see what memory is worth.
    is_early
        See `models.evaluation.streams.Watcher`.
    """

    folder: Path
    manifest: Manifest
    data: Path
    network: RunNetwork
    ran_on: str
    split: SplitChoice = field(default_factory=SplitChoice)
    known_set: str | None = None
    part: str = "test"
    head: str | None = None
    rates_hz: tuple[float, ...] = RATES_HZ
    films: bool = True
    is_early: Callable[[float], bool] | None = None


@dataclass(frozen=True)
class Report:
    """What came out.

    Attributes
    ----------
    figures
        By condition, then by name.
    skipped
        A sentence for each file that is missing or cannot be read.
    confusion
        (L, L) counts, truth by answer, where every clip shows one thing throughout.
    warnings
        What to bear in mind.
    ran_on
        See `Request`.
    """

    head: str
    labels: tuple[str, ...]
    examples: int
    figures: dict[str, dict[str, float]]
    skipped: tuple[str, ...] = ()
    confusion: NDArray[np.int64] | None = None
    warnings: tuple[str, ...] = ()
    ran_on: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON; figures that could not be had are null."""
        return {
            "head": self.head,
            "examples": self.examples,
            "ran_on": self.ran_on,
            "figures": {
                condition: {k: None if np.isnan(v) else round(v, 4) for k, v in found.items()}
                for condition, found in self.figures.items()
            },
            "skipped": list(self.skipped),
            "warnings": list(self.warnings),
        }


def evaluate(request: Request) -> Report:
    """Measure a bundle.

    Raises
    ------
    DataError
        If the data cannot be used or no head knows its labels; the message says which.
    """
    if not request.manifest.state:
        report = _evaluate_pictures(request)
    else:
        report = _measure_of(request)(request)
    warnings = (*_warnings(request), *report.warnings)
    return replace(report, warnings=warnings, ran_on=request.ran_on)


def _measure_of(request: Request) -> Callable[[Request], Report]:
    if _holds_boxes(request):
        return _evaluate_boxes
    inner = request.data.glob("*/*") if request.known_set is None else ()
    suffixes = {path.suffix.lower() for path in inner}
    stills = suffixes & PICTURES and not suffixes & RECORDINGS
    return _evaluate_stills if stills else _evaluate_clips


def _warnings(request: Request) -> tuple[str, ...]:
    every = request.known_set is not None and request.split.test_group is None
    whole = every or request.part in ("train", "all")
    if not whole or request.data.resolve().name not in request.manifest.provenance.data:
        return ()
    return (
        "The bundle was trained on a set of this name: these figures flatter. Those measured on "
        "what it was not trained on stand in its model card.",
    )


def _holds_boxes(request: Request) -> bool:
    heads = request.manifest.heads
    if request.head is not None:
        return _head(request, ()).kind is HeadKind.BOXES
    if all(head.kind is HeadKind.BOXES for head in heads):
        return True
    names = ("annotations", "Annotations", "train.json", "val.json", "labels")
    return any((request.data / name).exists() for name in names)


def _evaluate_pictures(request: Request) -> Report:
    """Measure one that reads pictures part by part: without memory each part votes alone.

    A step of its graph is a whole picture, so that takes the network itself.
    """
    network = load_network(request.folder)
    if not isinstance(network, StillClassifier):
        raise DataError(f"{request.folder} has no memory to be measured")
    config = network.plan.config
    choice = DataChoice(config.width, config.height, split=request.split)
    data = load_classes(network.plan.arch, request.data, choice)
    head = _head(request, data.classes)
    part = getattr(data, request.part, None)
    if part is None or data.classes != tuple(label.en for label in head.labels):
        raise DataError(f"{request.data}: its part or classes are not those of the bundle")
    found, counts = {}, None
    for name, memory in (("memory", True), ("no_memory", False)):
        score = evaluate_pictures(network.network, part, memory=memory)
        counts = score.confusion if memory else counts
        found[name] = {
            "accuracy": score.accuracy,
            "loss": score.loss,
            "calibration_error": score.calibration_error,
        }
    return Report(head.name, data.classes, len(part), found, data.skipped, counts)


def _evaluate_boxes(request: Request) -> Report:
    boxes = read_box_set(request.data)
    head = _head(request, boxes.classes, HeadKind.BOXES)
    names = tuple(label.en for label in head.labels)
    known = [name for name in boxes.classes if name in names]
    unknown = sorted(set(boxes.classes) - set(known))
    pictures = known_pictures(boxes.only(known), names, request.part)
    if not any((~picture.labels.ignored).any() for picture in pictures):
        raise DataError(f"{request.data}: nothing in this part is known to the head {head.name!r}")
    size = (request.manifest.input.width, request.manifest.input.height)
    measurement = BoxMeasurement(request.network, head.name, size, request.is_early)
    found = (
        measurement.figures(pictures, request.rates_hz)
        if request.films
        else measurement.stills(pictures)
    )
    left_out = (f"Not known, and not looked for: {', '.join(unknown)}.",) if unknown else ()
    return Report(head.name, names, len(pictures), found, boxes.skipped, warnings=left_out)


def _evaluate_stills(request: Request) -> Report:
    split = read_picture_split(request.data, request.split)
    files = _of_part(split, request.part)
    head = _head(request, split.classes, HeadKind.ACTIONS)
    scores, skipped = look_at(request.network, request.manifest.input, head, files)
    if not scores:
        raise DataError(f"{request.data}: no picture can be read")
    found, counts = still_figures(scores)
    labels = tuple(label.en for label in head.labels)
    return Report(head.name, labels, len(scores), {"stills": found}, tuple(skipped), counts)


def _evaluate_clips(request: Request) -> Report:
    labelled, missing = _labelled_clips(request)
    names = {interval.label for clip, _ in labelled for interval in clip.intervals}
    head = _head(request, tuple(sorted(names)), HeadKind.ACTIONS)
    frame = request.manifest.input

    def read(file: LabelledFile) -> Clip:
        size = (frame.width, frame.height)
        if file.path.is_dir():
            return read_recording(file, size, FASTEST_HZ, _LONGEST_S)
        return read_clip(file.path, size, FASTEST_HZ, _LONGEST_S)

    truths = {id(file): clip for clip, file in labelled}
    files, clips, unreadable = load_readable([file for _, file in labelled], read)
    watcher = Watcher(request.network, request.manifest, head, request.is_early)
    found, counts = {}, None
    for condition in conditions(frame.rate_hz, request.rates_hz):
        scores = [
            watcher.watch(truths[id(file)], clip, condition)
            for file, clip in zip(files, clips, strict=True)
        ]
        found[condition.name] = figures(scores, head)
        counts = confusion(scores) if counts is None else counts
    labels = tuple(label.en for label in head.labels)
    cut = [clip for clip in clips if clip.times_s[-1] > _LONGEST_S - 1]
    beginnings = f"Of {len(cut)} recordings only the first {_LONGEST_S:.0f} seconds were looked at."
    skipped = (*missing, *unreadable)
    warnings = (beginnings,) if cut else ()
    return Report(head.name, labels, len(clips), found, skipped, counts, warnings)


def _labelled_clips(
    request: Request,
) -> tuple[list[tuple[LabelledClip, LabelledFile]], list[str]]:
    """Return what is known of each recording with what there is to read, and what is missing."""
    if request.known_set is not None:
        clips = _of_group(list(READERS[request.known_set](request.data)), request)
        if not clips:
            raise DataError(f"{request.data} holds nothing of the set {request.known_set!r}")
        return [(clip, _whole(clip)) for clip in clips], []
    split = read_clip_split(request.data, request.split)
    watched = merged(_of_part(split, request.part), request.data)
    missing = [f"{path} is missing" for path in split.missing]
    return [(clip, _whole(clip)) for clip in watched], missing


def _of_part(split: FileSplit, wanted: str) -> list[LabelledFile]:
    return [file for part in PARTS[:3] if wanted in (part, "all") for file in getattr(split, part)]


def _of_group(clips: list[LabelledClip], request: Request) -> list[LabelledClip]:
    """Return the clips of the group that is asked for, or all."""
    wanted = request.split.test_group
    place_of_group(sorted({clip.group for clip in clips}), wanted)
    return [clip for clip in clips if wanted in (None, clip.group)]


def _whole(clip: LabelledClip) -> LabelledFile:
    return LabelledFile(clip.path, "", clip.group)


def _head(request: Request, labels: Sequence[str], kind: HeadKind | None = None) -> HeadSpec:
    """Return the head asked for, else the first that knows all, or else most, of the labels."""
    heads = {head.name: head for head in request.manifest.heads}
    if request.head is not None and request.head not in heads:
        raise DataError(f"the bundle has no head {request.head!r}, only {', '.join(heads)}")
    candidates = (
        [heads[request.head]]
        if request.head
        else [head for head in heads.values() if kind in (None, head.kind)]
    )
    if not candidates:
        raise DataError(f"the bundle has no head for this; it has {', '.join(heads)}")
    unknown = {
        head.name: sorted(set(labels) - {label.en for label in head.labels}) for head in candidates
    }
    best = min(candidates, key=lambda head: len(unknown[head.name]))
    if len(unknown[best.name]) == len(set(labels)) and labels:
        raise DataError(
            f"no head of the bundle knows {', '.join(sorted(labels)[:5])}; "
            f"{best.name!r} knows {', '.join(label.en for label in best.labels[:5])}"
            + (_SET_HINT if request.known_set is None else "")
        )
    return best
