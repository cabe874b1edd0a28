"""What an export writes: a sink for each file that its job names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.rules.follow import recording_of
from engine.errors import SinkError
from engine.sinks.label_formats import make_label_sink
from engine.sinks.label_formats.ass import AssLook
from engine.sinks.labels import LabelHeader
from engine.sinks.mp4 import Mp4Sink
from engine.sinks.remux import Part
from engine.sinks.soft import SoftSink
from engine.sources.base import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from app.export import ExportJob
    from engine.results import FrameResult
    from engine.sinks.base import Sink
    from engine.sources.base import SourceInfo
    from models.spec import Manifest

    Draw = Callable[[NDArray[np.uint8], FrameResult, tuple[int, int]], None]


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
