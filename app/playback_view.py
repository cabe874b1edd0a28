"""Keeps the window's panels in step with the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint

from app.icons import icon
from app.lanes.content import label_colours
from app.recent import shown_name
from app.seek_preview import SeekPreview
from app.timeline import TimelineState
from models.spec import HeadKind

if TYPE_CHECKING:
    from app.live_painter import RenderedFrame
    from app.main_window import MainWindow
    from app.record.history import Mark
    from app.session import Session
    from app.stream import Stream
    from engine.backends import BackendProbe
    from engine.recognitions import Recognition
    from engine.status import PipelineStatus
    from models.spec import Label


class PlaybackView(QObject):
    """Listens to the session; the only place that moves data from it into widgets."""

    def __init__(self, session: Session, window: MainWindow, language: str) -> None:
        super().__init__(window)
        self._session, self._window, self._language = session, window, language
        self._probed = False
        self._names: dict[tuple[str, str], str] = {}
        self._colours: dict[tuple[str, str], str] = {}
        self._intervals: tuple[Recognition, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        session.opening.connect(self._show_opening)
        session.opened.connect(self.show_opened)
        session.failed.connect(self._show_failed)
        session.frame_ready.connect(self._show_frame)
        session.status_changed.connect(self._show_status)
        session.ended.connect(self._show_stopped)
        session.closed.connect(self._show_closed)
        session.marks_changed.connect(self._show_timeline)
        self.preview = SeekPreview(window)
        bar = window.transport.timeline
        bar.pointed.connect(self._show_preview)
        bar.left.connect(self.preview.leave)
        window.inspector.picture_wanted.connect(session.show_again)
        self._show_closed()

    def look_for_models(self) -> None:
        """List the bundles."""
        self._session.background(_list_bundles, self._show_bundles, owner=self)

    def look_for_backends(self) -> None:
        """Probe the runtimes, which imports them: only when someone wants to choose."""
        if not self._probed:
            self._probed = True
            self._session.background(_probe_backends, self._show_backends, owner=self)

    def show_opened(self, stream: Stream) -> None:
        """Show a stream from its beginning."""
        window = self._window
        self._names = {
            (head.name, label.en): label.zh if self._language == "zh" else label.en
            for head in stream.manifest.heads
            if head.kind is HeadKind.ACTIONS
            for label in head.labels
        }
        self._colours = label_colours(stream.history.heads)
        self._intervals, self._marks = (), ()
        info = stream.info
        rate = f" · {info.rate_hz:.4g} fps" if info.rate_hz else ""
        from engine.sources import DEMO

        name = self.tr("Demo") if stream.request.address == DEMO else info.title
        window.top_bar.show_source(name, f"{info.width} × {info.height}{rate}")
        window.setWindowTitle(f"{name} — Longtake")
        window.banner.hide()
        window.stage.setCurrentWidget(window.video)
        window.video.show_frame(self._session.frame)
        window.video.announce_area()
        backend = stream.predictor.backend
        window.status.show_backend(backend.name, backend.device)
        title = stream.manifest.title
        window.top_bar.name_bundle(
            stream.request.bundle, title.zh if self._language == "zh" else title.en
        )
        window.transport.show_speed(stream.request.speed)
        window.transport.setVisible(True)
        self.preview.clear()
        self.preview.thumbnails = stream.thumbnails
        window.timeline.begin(stream)
        window.inspector.begin(stream)
        window.docks.refresh()
        self._enable(open_=True, recording=info.seekable)
        self._show_timeline()

    def _show_opening(self, address: str) -> None:
        window = self._window
        window.top_bar.show_source(shown_name(address), self.tr("opening…"))
        window.status.show_status(None)
        window.status.show_opening()
        window.side_panel.clear()
        self._enable(open_=False, recording=False)

    def _show_failed(self, message: str, hint: str) -> None:
        self._window.banner.show_error(message, hint)
        if self._session.stream is None:
            self._show_closed()
        self._window.actions_.show_playing(False)

    def _show_closed(self) -> None:
        window = self._window
        window.setWindowTitle("Longtake")
        window.top_bar.show_source("", "")
        window.video.show_frame(None)
        window.stage.setCurrentWidget(window.welcome)
        window.transport.setVisible(False)
        self.preview.clear()
        self.preview.thumbnails = None
        window.timeline.begin(None)
        window.inspector.begin(None)
        window.docks.refresh()
        window.side_panel.clear()
        window.status.show_status(None)
        self._enable(open_=False, recording=False)

    def _show_frame(self, frame: RenderedFrame) -> None:
        self._window.video.show_frame(frame)
        self._window.timeline.show_position(frame.result.pts_s)
        self._show_timeline()

    def _show_status(self, status: PipelineStatus) -> None:
        self._window.status.show_status(status)
        backward = self._window.commands.shuttle.back_speed > 0
        self._window.actions_.show_playing(self._session.playing or backward)
        stream, frame = self._session.stream, self._session.frame
        if stream is None or frame is None:
            return
        self._window.status.show_rate(status.model_hz, stream.manifest.input.rate_hz)
        self._intervals = tuple(stream.history.intervals())
        self._marks = tuple(stream.history.marks())
        self._show_timeline()
        if self._window.timeline.isVisible():
            part = (self._session.in_s, self._session.out_s)
            self._window.timeline.refresh(part, playing=self._session.playing)
        if self._window.inspector.isVisible():
            self._window.inspector.refresh()
        if self._window.side_panel.isVisible():
            confidence = self._session.style.confidence
            self._window.side_panel.show_stream(stream, frame, confidence)

    def _show_preview(self, seconds: float, text: str) -> None:
        bar = self._window.transport.timeline
        foot = bar.mapTo(self._window, QPoint(round(bar.x_of(seconds)), 0))
        self.preview.point(seconds, text, foot)

    def _show_stopped(self) -> None:
        self._window.actions_.show_playing(False)

    def _show_timeline(self) -> None:
        session, stream = self._session, self._session.stream
        if stream is None:
            return
        state = TimelineState(
            position_s=session.position_s,
            duration_s=stream.info.duration_s,
            seekable=stream.info.seekable,
            in_s=session.in_s,
            out_s=session.out_s,
            intervals=self._intervals,
            marks=self._marks,
            names=self._names,
            colours=self._colours,
        )
        self._window.transport.show_timeline(state, stream.info.live)

    def _show_bundles(self, offered: list[tuple[str, Label]]) -> None:
        request = self._session.request
        chinese = self._language == "zh"
        rows = [(address, title.zh if chinese else title.en) for address, title in offered]
        self._window.top_bar.show_bundles(rows, request.bundle if request else self._window.bundle)

    def _show_backends(self, probes: list[BackendProbe]) -> None:
        request = self._session.request
        chosen = request.backend if request else self._window.backend
        self._window.top_bar.show_backends(probes, chosen)

    def _enable(self, *, open_: bool, recording: bool) -> None:
        actions = self._window.actions_
        for action in actions.needing_stream:
            action.setEnabled(open_)
        for action in actions.needing_recording:
            action.setEnabled(recording)
        actions.play.setIcon(icon("pause" if self._session.playing else "play"))


def _list_bundles() -> list[tuple[str, Label]]:
    from engine.lessons.attach import list_taught

    return list_taught()


def _probe_backends() -> list[BackendProbe]:
    from engine.backends import probe_backends

    return probe_backends()
