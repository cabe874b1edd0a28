"""`longtake annotate`: an export with a progress bar, and what was recognised in words."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from app.export import ExportJob, ExportProgress, ExportSummary
from app.rules.follow import entries_json
from engine.directories import cache_dir
from engine.sinks.encoders import VideoOptions
from engine.state import StatePolicy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from app.overlay_style import OverlayStyle
    from engine.rules.model import RuleBook
    from engine.smoothing import Smoothing

_DEMO_NAME: Final = "longtake-demo.mp4"
_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class AnnotateOptions:
    """What the command line asks for; see `app.export.ExportJob`."""

    source: str
    video: Path | None = None
    labels: tuple[Path, ...] = ()
    bundle: str = "default"
    backend: str = "auto"
    precision: str = "f32"
    start_s: float | None = None
    end_s: float | None = None
    confidence: float | None = None
    language: str = "en"
    labels_format: str | None = None
    style: OverlayStyle | None = None
    quality: int = 23
    video_options: VideoOptions = field(default_factory=VideoOptions)
    soft: bool = False
    rules: RuleBook | None = None
    policy: StatePolicy = field(default_factory=StatePolicy)
    smoothing: Smoothing | None = None
    per_track: int = 0

    def job(self) -> ExportJob:
        """Return the export to run."""
        return ExportJob(
            self.bundle,
            self.backend,
            self.source,
            self.video,
            self.labels[0] if self.labels else None,
            self.start_s,
            self.end_s,
            self.confidence,
            self.language,
            self.style,
            self.quality,
            labels_format=self.labels_format,
            more_labels=self.labels[1:],
            video=self.video_options,
            soft=self.soft,
            rules=self.rules,
            policy=self.policy,
            smoothing=self.smoothing,
            precision=self.precision,
            per_track=self.per_track,
        )


def run_annotate(options: AnnotateOptions, *, quiet: bool, as_json: bool) -> None:
    """Do it and print a summary.

    Raises
    ------
    LongtakeError
        When it fails.
    """
    job = options.job()
    console = Console(stderr=True)
    with_bar = console.is_terminal and not (quiet or as_json)
    with _interrupt_finishes(job):
        summary = _run_with_bar(job, console) if with_bar else job.run(lambda progress: None)
    if as_json:
        print(json.dumps(_as_json(summary), ensure_ascii=False, indent=2))
    elif not quiet:
        for line in _describe(summary):
            print(line)


@contextmanager
def _interrupt_finishes(job: ExportJob) -> Iterator[None]:
    """Let Ctrl-C end a live stream, which has no end of its own; a second one breaks off."""

    def handle(signal_number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, before)
        if not job.finish():
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def annotate_demo() -> None:
    """Annotate the demo clip where there is no screen, and say what was seen."""
    print("There is no display, so no window: annotating the demo clip instead.")
    options = AnnotateOptions("demo", _writable_place() / _DEMO_NAME)
    run_annotate(options, quiet=False, as_json=False)
    print("For your own: longtake annotate CLIP -o OUT.mp4   (longtake --help lists the rest)")


def _writable_place() -> Path:
    """Return the current folder, or one of ours where that cannot be written."""
    here = Path.cwd()
    try:
        probe = here / f".{_DEMO_NAME}.probe"
        probe.touch()
        probe.unlink()
    except OSError:
        here = cache_dir()
        here.mkdir(parents=True, exist_ok=True)
    return here


def _run_with_bar(job: ExportJob, console: Console) -> ExportSummary:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[fps]:.0f} fps"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Annotating", total=None, fps=0.0)

        def show(progress: ExportProgress) -> None:
            share = progress.share
            bar.update(
                task,
                total=None if share is None else 1.0,
                completed=share or 0.0,
                fps=progress.fps,
            )

        return job.run(show)


def _as_json(summary: ExportSummary) -> dict[str, object]:
    return {
        "source": summary.source,
        "backend": summary.backend,
        "frames": summary.frames,
        "dropped": summary.dropped,
        "seconds": round(summary.seconds, 3),
        "fps": round(summary.fps, 2),
        "video": str(summary.video_path) if summary.video_path else None,
        "labels": str(summary.labels_path) if summary.labels_path else None,
        "more_labels": [str(path) for path in summary.more_labels],
        "rules": entries_json(summary.rule_log),
        "recognitions": [
            {
                "head": seen.head,
                "label": seen.label,
                "start_s": round(seen.start_s, 3),
                "end_s": round(seen.end_s, 3),
                "peak": round(seen.peak, 4),
            }
            for seen in summary.recognitions
        ],
    }


def _describe(summary: ExportSummary) -> Iterator[str]:
    dropped = f", {summary.dropped} dropped" if summary.dropped else ""
    yield (
        f"{summary.source}: {summary.frames} frames{dropped} in {summary.seconds:.1f} s "
        f"({summary.fps:.0f} fps, {summary.backend})"
    )
    seen = summary.recognitions
    yield "Recognised:" if seen else "No action was recognised."
    for item in seen[:_LISTED]:
        yield f"  {item.start_s:7.2f} - {item.end_s:7.2f} s  {item.label} ({item.peak:.0%})"
    if len(seen) > _LISTED:
        yield f"  … and {len(seen) - _LISTED} more"
    for entry in summary.rule_log:
        mark = "!" if entry.failed else " "
        yield f"Rule {entry.rule}: {mark} {entry.action or 'fired'} {entry.text}"
    labels = [("Labels", path) for path in (summary.labels_path, *summary.more_labels)]
    for title, path in (("Clip", summary.video_path), *labels):
        if path is not None:
            yield f"{title}: {path.resolve()}"
