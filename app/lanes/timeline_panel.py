"""The timeline: tools, scale and lanes, and which stretch of time they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.lanes.content import Lane, LaneFilter, action_lanes, events, track_lanes
from app.lanes.filter_edit import FilterEdit
from app.lanes.lane_picture import LanesScene
from app.lanes.lanes_canvas import LanesCanvas
from app.lanes.ruler import Ruler
from app.lanes.scale import TimeScale
from app.theme import GRID_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.record.history import History, Mark
    from app.stream import Stream

_LIVE_S: Final = 60.0
_STEP: Final = 1.6
_ICON: Final = QSize(16, 16)


class TimelinePanel(QFrame):
    """Follows a stream; the user may look elsewhere.

    While `following`, a view that does not hold everything turns its pages with the playhead, and
    that of a live source scrolls. Panning or zooming by hand ends it for a live source.
    """

    seek_asked = Signal(float)

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timelinePanel")
        self._language = language
        self._stream: Stream | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._marks: tuple[Mark, ...] = ()
        self._part: tuple[float | None, float | None] = (None, None)
        self._scale, self._following, self._playing = TimeScale(), True, False
        self._position_s = 0.0
        self._pointer_s: float | None = None
        self.canvas, self.ruler = LanesCanvas(), Ruler()
        self.filter_text = FilterEdit()
        self.only_recognised, self.tracks = QToolButton(), QToolButton()
        self.live_button = QToolButton()
        self._empty = QLabel()
        self._arrange()
        self._connect()

    @property
    def scale(self) -> TimeScale:
        """Which stretch of time is in view."""
        return self._scale

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes shown, from top to bottom."""
        return self.canvas.scene.lanes

    def events(self) -> list[float]:
        """Return the moments that the keys for events go to, of the lanes wanted as of now."""
        return events(self.lanes_now(), self._marks)

    def lanes_now(self) -> tuple[Lane, ...]:
        """Return the lanes wanted, as of now: shown are those of a moment ago, if it is shown."""
        self._gather()
        return self._shown()

    # -- what is shown ---------------------------------------------------------------------------

    def begin(self, stream: Stream | None) -> None:
        """Show a stream from its beginning; None shows nothing."""
        self._stream, self._lanes, self._marks = stream, (), ()
        self._following, self._position_s, self._pointer_s = True, 0.0, None
        if stream is None:
            self._scale = TimeScale()
        elif not (stream.request.resumed and stream.info.duration_s):
            # With another model it is the same recording: one goes on looking at the same part.
            self._scale = TimeScale.whole(0.0, stream.info.duration_s or 1.0)
        self.live_button.setVisible(stream is not None and stream.info.live)
        self.refresh()

    def refresh(
        self,
        part: tuple[float | None, float | None] = (None, None),
        *,
        playing: bool = False,
    ) -> None:
        """Show what has come since, and the part between the in and out points."""
        self._part, self._playing = part, playing
        self._gather()
        if self._stream is not None:
            self._bound(self._stream.history)
        self._draw()

    def look_like(self, other: TimelinePanel) -> None:
        """Look at what another panel on the same stream looks at."""
        self.filter_text.setText(other.filter_text.text())
        self.only_recognised.setChecked(other.only_recognised.isChecked())
        self.tracks.setChecked(other.tracks.isChecked())
        self._scale = other.scale
        self.follow(other.live_button.isChecked())
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        bar, former = self._scroller.verticalScrollBar(), other._scroller.verticalScrollBar()
        bar.setValue(former.value())

    def show_position(self, position_s: float) -> None:
        """Move the playhead, and turn the page with it."""
        self._position_s = position_s
        if self._following and self._playing:
            turned = self._scale.showing(position_s)
            if turned != self._scale:
                self._scale = turned
                self._draw()
        self._show_moment()

    def fit(self) -> None:
        """Bring everything into view."""
        self._look(TimeScale.whole(self._scale.lower_s, self._scale.upper_s))

    def zoom(self, factor: float, at_s: float | None = None) -> None:
        """Go nearer, about a time or the playhead."""
        self._look(self._scale.zoomed(factor, self._position_s if at_s is None else at_s))

    def pan(self, delta_s: float) -> None:
        """Look later or earlier."""
        self._look(self._scale.panned(delta_s))

    def follow(self, on: bool = True) -> None:
        """Keep up with a live source, or stay."""
        self._following = on
        self.live_button.setChecked(on)
        self.refresh(self._part, playing=self._playing)

    # -- inside ----------------------------------------------------------------------------------

    def _gather(self) -> None:
        if self._stream is None:
            return
        history = self._stream.history
        self._marks = tuple(history.marks())
        actions = action_lanes(history, self._language)
        box_head = self._stream.predictor.box_head
        # What happened comes first: a bundle has more labels than the panel has room.
        self._lanes = (
            *(lane for lane in actions if lane.bars),
            *track_lanes(history.tracks(), box_head, self._language),
            *(lane for lane in actions if not lane.bars),
        )

    def _bound(self, history: History) -> None:
        stream, span = self._stream, history.span()
        if stream is None or span is None:
            return
        duration_s = stream.info.duration_s
        if not stream.info.live and duration_s:
            self._scale = self._scale.bounded(min(0.0, span[0]), max(duration_s, span[1]))
            return
        followed_s = _LIVE_S if self._scale.fits else self._scale.span_s
        self._scale = self._scale.bounded(span[0], max(span[1], span[0] + 1.0))
        if self._following:
            self._scale = self._scale.latest(max(followed_s, 1.0))

    def _look(self, scale: TimeScale) -> None:
        if self._stream is not None and self._stream.info.live:
            self._following = scale.end_s >= scale.upper_s
            self.live_button.setChecked(self._following)
        self._scale = scale
        self._draw()

    def _draw(self) -> None:
        if self._stream is None:
            self._empty.setVisible(True)
            self.canvas.setVisible(False)
            return
        lanes = self._shown()
        columns = round(self.canvas.content_width * self.devicePixelRatioF())
        envelope = self._stream.history.envelope(self._scale.start_s, self._scale.end_s, columns)
        seekable = self._stream.info.seekable
        scene = LanesScene(lanes, self._scale, envelope, self._marks, *self._part)
        self.canvas.show_scene(scene, seekable)
        self.ruler.show_scale(self._scale, self._marks, self._part, seekable)
        self._empty.setVisible(not lanes)
        self.canvas.setVisible(bool(lanes))
        self._show_moment()

    def _show_moment(self) -> None:
        seconds = self._position_s if self._pointer_s is None else self._pointer_s
        values = self._stream.history.at(seconds) if self._stream else None
        self.canvas.show_moment(self._position_s, self._pointer_s, values)
        self.ruler.show_moment(self._position_s, self._pointer_s)

    def _shown(self) -> tuple[Lane, ...]:
        wanted = LaneFilter(
            self.filter_text.text(), self.only_recognised.isChecked(), self.tracks.isChecked()
        )
        return tuple(lane for lane in self._lanes if wanted.takes(lane))

    def _point(self, seconds: float | None) -> None:
        self._pointer_s = seconds
        self._show_moment()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new width."""
        super().resizeEvent(event)
        self._draw()

    def _connect(self) -> None:
        self.canvas.seek_asked.connect(self.seek_asked)
        self.ruler.seek_asked.connect(self.seek_asked)
        self.canvas.pointed.connect(self._point)
        self.canvas.panned.connect(self.pan)
        self.canvas.zoomed.connect(self.zoom)
        self.filter_text.textChanged.connect(lambda _: self._draw())
        self.only_recognised.toggled.connect(lambda _: self._draw())
        self.tracks.toggled.connect(lambda _: self._draw())
        self.live_button.clicked.connect(lambda: self.follow())

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_tools())
        ruler_row = QHBoxLayout()
        ruler_row.setSpacing(0)
        ruler_row.addWidget(self.ruler)
        column.addLayout(ruler_row)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self._empty.setProperty("muted", True)
        self._empty.setText(self.tr("No lane matches. What is recognised appears here over time."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        rows.addWidget(self._empty)
        rows.addWidget(self.canvas)
        rows.addStretch()
        scroller = self._scroller = QScrollArea()
        scroller.setWidget(inner)
        scroller.setWidgetResizable(True)
        scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroller.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        column.addWidget(scroller, 1)
        ruler_row.addSpacing(scroller.verticalScrollBar().sizeHint().width())
        self.setMinimumHeight(14 * GRID_PX)

    def _make_tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(2 * GRID_PX, GRID_PX // 2, 2 * GRID_PX, GRID_PX // 2)
        row.setSpacing(GRID_PX // 2)
        self.filter_text.setPlaceholderText(self.tr("Filter labels"))
        self.filter_text.setAccessibleName(self.tr("Filter labels"))
        self.filter_text.setClearButtonEnabled(True)
        self.filter_text.setFixedWidth(19 * GRID_PX)
        row.addWidget(self.filter_text)
        _label(self.only_recognised, self.tr("Recognised only"), checked=False)
        _label(self.tracks, self.tr("Tracks"), checked=True)
        _label(self.live_button, self.tr("Follow"), checked=True)
        row.addWidget(self.only_recognised)
        row.addWidget(self.tracks)
        row.addStretch()
        row.addWidget(self.live_button)
        zooms = (
            ("zoom-out", self.tr("Zoom out"), lambda: self.zoom(1 / _STEP)),
            ("zoom-in", self.tr("Zoom in"), lambda: self.zoom(_STEP)),
            ("zoom-fit", self.tr("Show everything"), self.fit),
        )
        for name, explanation, act in zooms:
            button = QToolButton()
            button.setIcon(icon(name))
            button.setIconSize(_ICON)
            button.setToolTip(explanation)
            button.setAccessibleName(explanation)
            button.clicked.connect(act)
            row.addWidget(button)
        return row


def _label(button: QToolButton, text: str, *, checked: bool) -> None:
    button.setText(text)
    button.setCheckable(True)
    button.setChecked(checked)
    button.setAccessibleName(text)
