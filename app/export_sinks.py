"""What an export writes: a sink for each file that its job names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.rules.store import user_secrets
from engine.errors import SinkError
from engine.rules.dispatch import Dispatcher
from engine.rules.occasion import RuleLog
from engine.rules.sink import RuleSink
from engine.sinks.label_formats import make_label_sink
from engine.sinks.label_formats.ass import AssLook
from engine.sinks.labels import LabelHeader
from engine.sinks.mp4 import Mp4Sink
from engine.sinks.remux import Part
from engine.sinks.soft import SoftSink
from engine.sources import DEMO
from engine.sources.base import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from app.export import ExportJob
    from engine.results import FrameResult
    from engine.rules.occasion import LogEntry
    from engine.sinks.base import Sink
    from engine.sources.base import SourceInfo
    from models.spec import Manifest

    Draw = Callable[[NDArray[np.uint8], FrameResult, tuple[int, int]], None]

_RULES_TIMEOUT_S: Final = 30.0


def make_sinks(job: ExportJob, info: SourceInfo, manifest: Manifest, device: str) -> list[Sink]:
    """Open everything that `job` writes; nothing stays behind where one fails.

    Raises
    ------
    SinkError
        When something cannot be written.
    """
    header = LabelHeader.of(manifest, info, device)
    sinks: list[Sink] = []
    try:
        if job.video_path is not None:
            make = _soft_sink if job.soft else _video_sink
            sinks.append(make(job, job.video_path, info, manifest, header))
        if job.labels_path is not None:
            sinks.append(make_label_sink(job.labels_path, header, job.labels_format))
        sinks.extend(make_label_sink(path, header) for path in job.more_labels)
    except SinkError:
        for sink in sinks:
            sink.abort()
        raise
    return sinks


class RuleWatch:
    """The rules that a job follows, if any."""

    def __init__(self, job: ExportJob, info: SourceInfo, manifest: Manifest) -> None:
        self._dispatcher: Dispatcher | None = None
        self.sinks: list[Sink] = []
        if job.rules is None:
            return
        recording = recording_of(job.source_address) if info.kind is SourceKind.FILE else None
        self._dispatcher = Dispatcher(RuleLog(), user_secrets())
        self.sinks.append(
            RuleSink(job.rules, manifest.heads, info.title, self._dispatcher, recording=recording)
        )

    def finish(self) -> tuple[LogEntry, ...]:
        """Wait for actions under way, half a minute at most, and return the log."""
        if self._dispatcher is None:
            return ()
        self._dispatcher.close(_RULES_TIMEOUT_S)
        return tuple(self._dispatcher.log.entries())


def _video_sink(
    job: ExportJob, path: Path, info: SourceInfo, manifest: Manifest, header: LabelHeader
) -> Sink:
    return Mp4Sink(
        path,
        info,
        draw=_painter(job, manifest),
        quality=job.quality,
        end_s=job.end_s,
        options=job.video,
    )


def _soft_sink(
    job: ExportJob, path: Path, info: SourceInfo, manifest: Manifest, header: LabelHeader
) -> Sink:
    if info.kind is not SourceKind.FILE:
        raise SinkError(
            f"{info.title} cannot be exported with subtitles: there is no recording to copy.",
            "Export it as MP4.",
        )
    style = job.style
    names: dict[str, str] = {}
    if job.language == "zh":
        names = {label.en: label.zh for head in manifest.heads for label in head.labels}
    look = AssLook(names=names)
    if style is not None:
        look = AssLook(style.boxes, style.boxes and style.labels, style.actions, names)
    part = Part(job.start_s or 0.0, job.end_s)
    return SoftSink(path, recording_of(job.source_address), header, part, look)


def recording_of(address: str) -> Path:
    """Return the file that an address of a recording means."""
    if address == DEMO and not Path(address).exists():
        from assets import asset

        return asset("demo.mp4")
    path = Path(address)
    if not path.exists() and address.startswith("file:"):
        from urllib.parse import urlsplit
        from urllib.request import url2pathname

        return Path(url2pathname(urlsplit(address).path))
    return path.expanduser()


def _painter(job: ExportJob, manifest: Manifest) -> Draw:
    from app.overlay import OverlayPainter
    from app.overlay_strip import StripPainter
    from app.qt_application import ensure_gui_application

    ensure_gui_application()
    overlay = OverlayPainter(manifest, language=job.language, style=job.style)
    if job.style is None or not job.style.strip:
        return overlay.paint
    strip = StripPainter(manifest, job.language)

    def paint(image: NDArray[np.uint8], result: FrameResult, size: tuple[int, int]) -> None:
        overlay.paint(image, result, size, foot_px=strip.height(image.shape[0]))
        strip.paint(image, result)

    return paint
