"""`longtake watch`: several streams opened, shown as a table, written as labels."""

from __future__ import annotations

import json
import math
import re
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.live import Live

from app.glance import GlanceSink
from app.recent import shown_name
from app.rules.follow import PATIENCE_S, RuleFollower
from app.watch_table import Watched, stream_json, stream_table
from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.errors import LongtakeError, SinkError
from engine.sinks.labels import JsonlSink, LabelHeader
from engine.streams import StreamGroup, StreamPhase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import FrameType

    from engine.predictor import Predictor
    from engine.rules.model import RuleBook
    from engine.sinks.base import Sink
    from engine.sources.base import SourceInfo
    from engine.streams import StreamReport

_REFRESH_S: Final = 0.25
_FINISH_S: Final = 3.0
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """What the command line asks for.

    Attributes
    ----------
    labels
        Folder for one JSONL file per stream; made if missing.
    seconds
        Wall time after which all streams are ended; None to go on until all are over.
    rules
        Followed in every stream.
    """

    sources: tuple[str, ...]
    bundle: str = "default"
    backend: str = "auto"
    labels: Path | None = None
    seconds: float | None = None
    stride: int = 1
    confidence: float | None = None
    precision: str = "f32"
    rules: RuleBook | None = None


def run_watch(options: WatchOptions, *, as_json: bool) -> None:
    """Do it until all streams are over, the time is up or Ctrl-C; print how it went.

    Raises
    ------
    LongtakeError
        When the model cannot be loaded, nothing can be written to the folder, or no stream at all
        could be opened.
    """
    bundle = load_bundle(options.bundle)
    if options.labels is not None:
        _make_folder(options.labels)
    backend = create_backend(
        bundle, options.backend, batch=len(options.sources), precision=options.precision
    )
    group = StreamGroup(bundle, backend, confidence=options.confidence, stride=options.stride)
    try:
        watched = [_join(group, options, n, a) for n, a in enumerate(options.sources, start=1)]
        _follow(group, watched, options, quiet=as_json)
        _finish_rules(watched)
        reports = _reports(group, watched)
    finally:
        group.close()
    if as_json:
        rows = [stream_json(one, report) for one, report in zip(watched, reports, strict=True)]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        Console().print(stream_table(watched, reports))
    if all(report.phase is StreamPhase.FAILED for report in reports):
        raise LongtakeError(f"None of the {len(reports)} streams could be watched.")


def _join(group: StreamGroup, options: WatchOptions, number: int, address: str) -> Watched:
    watched = Watched(number, shown_name(address))

    def make_sinks(info: SourceInfo, predictor: Predictor) -> Sequence[Sink]:
        watched.name = info.title
        watched.glance = GlanceSink(predictor.manifest)
        sinks: list[Sink] = [watched.glance]
        if options.rules is not None:
            watched.rules = RuleFollower(options.rules, address, info, predictor.manifest)
            sinks.append(watched.rules.sink)
        if options.labels is not None:
            watched.labels = options.labels / f"{number:02d}-{_file_name(info.title)}.jsonl"
            device = f"{predictor.backend.name} ({predictor.backend.device})"
            header = LabelHeader.of(predictor.manifest, info, device, stride=options.stride)
            sinks.append(JsonlSink(watched.labels, header))
        return sinks

    watched.stream_id = group.add(address, make_sinks)
    return watched


def _follow(
    group: StreamGroup, watched: Sequence[Watched], options: WatchOptions, *, quiet: bool
) -> None:
    """Show the table until it is over, then let every stream finish what it writes."""
    console = Console(stderr=True)
    shown = console.is_terminal and not quiet
    ends_s = time.monotonic() + (options.seconds or math.inf)
    with _interrupt_asks() as asked, _live(console, shown=shown) as live:
        while not asked.is_set() and (left_s := ends_s - time.monotonic()) > 0:
            if live is not None:
                live.update(stream_table(watched, _reports(group, watched)), refresh=True)
            if group.wait(min(_REFRESH_S, left_s)):
                break
        group.finish()
        group.wait(_FINISH_S)


def _finish_rules(watched: Sequence[Watched]) -> None:
    """Let what rules do come to its end, all of it within one patience."""
    ends_s = time.monotonic() + PATIENCE_S
    for one in watched:
        if one.rules is not None:
            one.rules.finish(max(0.0, ends_s - time.monotonic()))


@contextmanager
def _live(console: Console, *, shown: bool) -> Iterator[Live | None]:
    if not shown:
        yield None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield live


@contextmanager
def _interrupt_asks() -> Iterator[threading.Event]:
    """Let Ctrl-C set an event; a second one breaks off."""
    asked = threading.Event()

    def handle(signal_number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        asked.set()

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _reports(group: StreamGroup, watched: Sequence[Watched]) -> list[StreamReport]:
    return [group.report(one.stream_id) for one in watched]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"The folder {folder} cannot be made: {error.strerror}.") from error


def _file_name(title: str) -> str:
    """Return a title as a file name that every system takes."""
    return re.sub(r"[^\w.-]+", "-", title).strip("-.")[:_LONGEST_NAME] or "stream"
