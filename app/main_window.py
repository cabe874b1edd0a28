"""The main window: panels and commands put together around one session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QMainWindow,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from app.actions import Actions
from app.banner import Banner
from app.capture.capture_commands import CaptureCommands
from app.commands import Commands
from app.docks import Docks
from app.grid.grid_window import addresses_of
from app.grid.opening import GridOpening
from app.lanes.lane_menu import LaneMenu
from app.lanes.timeline_panel import TimelinePanel
from app.leaving import ask_to_leave, tell_unfinished
from app.memory.choice import chosen_memory
from app.memory.inspector_panel import InspectorPanel
from app.menus import Menus
from app.opening import Opening
from app.place import from_text, to_text
from app.playback_view import PlaybackView
from app.recent import without_credentials
from app.settings import Settings, save_settings
from app.side_panel import SidePanel
from app.status_bar import StatusBar
from app.stream import OpenRequest
from app.tools import TOOLS, Tools
from app.top_bar import TopBar
from app.transport import TransportBar
from app.video_view import VideoView
from app.welcome import Welcome

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent

    from app.session import Session
    from app.stream import Stream


class MainWindow(QMainWindow):
    """Shows one session. Made anew when theme or language change; the session goes on.

    Parameters
    ----------
    session
        Outlives the window.
    settings
        Changed as the user chooses, saved when the window closes.
    language
        ``"en"`` or ``"zh"``: of label names; the interface follows the installed translator.
    bundle, backend
        For this run only; None takes the settings.
    """

    look_changed = Signal()

    def __init__(
        self,
        session: Session,
        settings: Settings,
        language: str,
        *,
        bundle: str | None = None,
        backend: str | None = None,
    ) -> None:
        super().__init__()
        self._session, self._settings, self.language = session, settings, language
        self.bundle, self.backend = bundle or settings.bundle, backend or settings.backend
        self._asks = True
        self.setWindowTitle("Longtake")
        self.setAcceptDrops(True)
        self.actions_ = Actions(self)
        self.menus = Menus(self.actions_, session, settings, self)
        self.menus.fill(self.menuBar())
        self.banner, self.video = Banner(), VideoView()
        self.welcome = Welcome(self.actions_, settings.recent)
        self.top_bar = TopBar(self.actions_, self.menus.open_menu)
        self.transport = TransportBar(self.actions_)
        self.side_panel, self.timeline = SidePanel(language), TimelinePanel(language)
        self.inspector = InspectorPanel(language)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self._lay_out()
        self.docks = Docks(self, settings)
        self.playback = PlaybackView(session, self, language)
        self.commands = Commands(self, session, settings)
        self.tools = Tools(self, session, settings)
        self.lane_menu = LaneMenu(self, session)
        self.grid = GridOpening(self, session, settings)
        self.capture = CaptureCommands(self, session)
        self._connect_opening()
        self._restore()
        if session.stream is not None:
            self.playback.show_opened(session.stream)

    # -- opening ---------------------------------------------------------------------------------

    def open_address(
        self,
        address: str,
        *,
        start_s: float | None = None,
        hold_at_s: float | None = None,
        speed: float = 1.0,
        part: tuple[float | None, float | None] = (None, None),
    ) -> None:
        """Open anything `engine.sources.open_source` takes; see `app.stream.OpenRequest`."""
        self.banner.hide()
        policy, smoothing = chosen_memory(self._settings)
        self.tools.open_with_credentials(
            OpenRequest(
                address,
                bundle=self.bundle,
                backend=self.backend,
                confidence=self._settings.confidence,
                remember=self._settings.remember_live,
                start_s=start_s,
                hold_at_s=hold_at_s,
                speed=speed,
                policy=policy,
                smoothing=smoothing,
                per_track=self._settings.per_track,
                precision=self._settings.precision,
                part=part,
            )
        )

    def _connect_opening(self) -> None:
        opening = Opening(self.actions_, self.menus, self._settings, self)
        opening.address_chosen.connect(self.open_address)
        opening.keeping_asked.connect(self.tools.keep_credentials)
        self.welcome.recent_chosen.connect(self.open_address)
        self.capture.address_chosen.connect(self.open_address)
        self.welcome.camera_asked.connect(opening.show_cameras)
        self.top_bar.backends_wanted.connect(self.playback.look_for_backends)
        self.menus.theme_chosen.connect(self._choose_theme)
        self.menus.language_chosen.connect(self._choose_language)
        self._session.opened.connect(self._note_opened)

    def _note_opened(self, stream: Stream) -> None:
        self._settings.remember(without_credentials(stream.request.address))
        save_settings(self._settings)

    # -- looks -----------------------------------------------------------------------------------

    def _choose_theme(self, theme: str) -> None:
        self._settings.theme = theme  # type: ignore[assignment]
        self.look_changed.emit()

    def _choose_language(self, language: str) -> None:
        self._settings.language = language  # type: ignore[assignment]
        self.look_changed.emit()

    def set_full_screen(self, on: bool) -> None:
        """Show the picture and the transport bar alone, or everything again."""
        for widget in (self.menuBar(), self.tool_bar, self.status):
            widget.setVisible(not on)
        self.docks.hide_all(on)
        # Who had a maximised window gets one back.
        state, full = self.windowState(), Qt.WindowState.WindowFullScreen
        self.setWindowState(state | full if on else state & ~full)

    def _lay_out(self) -> None:
        self.stage = QStackedWidget()
        self.stage.addWidget(self.welcome)
        self.stage.addWidget(self.video)
        self.video.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # out of a field that was typed into
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.stage, 1)
        column.addWidget(self.transport)
        self.setCentralWidget(centre)
        self.tool_bar = QToolBar(movable=False, floatable=False)
        self.tool_bar.setObjectName("topToolBar")
        self.tool_bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.tool_bar.addWidget(self.top_bar)
        self.addToolBar(self.tool_bar)

    def _restore(self) -> None:
        settings, a = self._settings, self.actions_
        for action, on in (
            (a.show_boxes, settings.show_boxes),
            (a.show_actions, settings.show_actions),
            (a.show_memory, settings.show_memory),
            (a.hide_people, settings.hide_people),
        ):
            action.setChecked(on)
        a.loop.setChecked(self._session.loop)
        self.top_bar.show_confidence(settings.confidence)
        self.resize(1280, 800)
        if settings.geometry:
            self.restoreGeometry(from_text(settings.geometry))
        self.docks.restore()
        self.commands.apply_overlays()
        # After the first paint, so that the window is there at once.
        QTimer.singleShot(0, self.playback.look_for_models)

    def take_over(self, old: MainWindow) -> None:
        """Take the place of a window in another look: what was open there and looked at is here."""
        self.setGeometry(old.normalGeometry())
        full = Qt.WindowState.WindowFullScreen
        self.setWindowState(old.windowState() & ~full)
        self.show()
        self.timeline.look_like(old.timeline)
        self.inspector.compare_box.setChecked(old.inspector.compare_box.isChecked())
        self.inspector.activation.look_like(old.inspector.activation)
        was_full, tools = old.isFullScreen(), old.open_tools()
        old.retire()
        self.actions_.full_screen.setChecked(was_full)
        for name in tools:
            getattr(self.actions_, name).trigger()

    def open_tools(self) -> list[str]:
        """Return the commands whose dialogs, in which one may go on working, are open."""
        return [
            dialog.objectName()
            for dialog in self.findChildren(QDialog)
            if dialog.isVisible() and dialog.objectName() in TOOLS
        ]

    def retire(self) -> None:
        """Make way for a window that takes this one's place."""
        self._close_dialogs()
        self.hide()
        self.deleteLater()

    def _close_dialogs(self) -> None:
        """Let each keep what is to be gone on with."""
        for dialog in self.findChildren(QDialog):
            dialog.close()

    def close_unasked(self) -> None:
        """Close, whatever is not finished: nobody is there to be asked, or has been."""
        self._asks = False
        self.close()

    # -- events ----------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and addresses."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self.welcome.show_drop(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Calm down."""
        self.welcome.show_drop(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped; several things are watched in the grid."""
        self.welcome.show_drop(False)
        event.acceptProposedAction()
        addresses = addresses_of(event.mimeData().urls())
        if len(addresses) > 1:
            self.grid.show(addresses)
        else:
            self.open_address(addresses[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the settings; ask first while something is not finished.

        The session is shut down by whoever made it.
        """
        self._close_dialogs()
        if self._asks and self.isVisible() and (unfinished := tell_unfinished(self._session)):
            event.ignore()
            ask_to_leave(self, self._session, unfinished)
            return
        # What fills the screen has no menus: the next run would begin without a way out.
        self.actions_.full_screen.setChecked(False)
        self._settings.geometry = to_text(self.saveGeometry())
        self.docks.keep()
        self.tools.keep_session()
        save_settings(self._settings)
        super().closeEvent(event)
