"""The main window: panels and commands put together around one session."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QFileDialog,
    QMainWindow,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from app.actions import Actions
from app.banner import Banner
from app.dialogs.about_dialog import AboutDialog
from app.dialogs.address_dialog import AddressDialog
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.menus import Menus
from app.playback_view import PlaybackView
from app.recent import without_credentials
from app.settings import Settings, save_settings
from app.side_panel import SidePanel
from app.status_bar import StatusBar
from app.stream import OpenRequest
from app.top_bar import TopBar
from app.transport import TransportBar
from app.video_view import VideoView
from app.welcome import Welcome

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent

    from app.session import Session
    from app.stream import Stream

_DEFAULT_CONFIDENCE = 0.4


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
        self._session, self._settings, self._language = session, settings, language
        self.bundle, self.backend = bundle or settings.bundle, backend or settings.backend
        self.setWindowTitle("Longtake")
        self.setAcceptDrops(True)
        self.actions_ = Actions(self)
        self.menus = Menus(self.actions_, session, settings, self)
        self.menus.fill(self.menuBar())
        self.banner, self.video = Banner(), VideoView()
        self.welcome = Welcome(self.actions_, settings.recent)
        self.top_bar = TopBar(self.actions_, self.menus.open_menu)
        self.transport = TransportBar(self.actions_)
        self.side_panel = SidePanel(language)
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self._lay_out()
        self.playback = PlaybackView(session, self, language)
        self._connect_commands()
        self._restore()
        session.opened.connect(self._note_opened)
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
    ) -> None:
        """Open anything `engine.sources.open_source` takes; see `app.stream.OpenRequest`."""
        self.banner.hide()
        self._session.open(
            OpenRequest(
                address,
                bundle=self.bundle,
                backend=self.backend,
                confidence=self._settings.confidence,
                start_s=start_s,
                hold_at_s=hold_at_s,
                speed=speed,
            )
        )

    def _choose_video(self) -> None:
        patterns = "*.mp4 *.mov *.mkv *.avi *.webm *.m4v *.ts *.mpg *.mpeg *.wmv *.flv *.gif"
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Open video"),
            self._settings.last_folder,
            self.tr("Videos") + f" ({patterns});;" + self.tr("All files") + " (*)",
        )
        if path:
            self._settings.last_folder = str(Path(path).parent)
            self.open_address(path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(
            self, self.tr("Open folder of images"), self._settings.last_folder
        )
        if path:
            self._settings.last_folder = str(Path(path).parent)
            self.open_address(path)

    def _ask_address(self) -> None:
        dialog = AddressDialog(self)
        dialog.address_chosen.connect(self.open_address)
        dialog.open()

    def _show_cameras(self) -> None:
        self.menus.cameras.popup(self.cursor().pos())

    def _note_opened(self, stream: Stream) -> None:
        self._settings.remember(without_credentials(stream.request.address))
        save_settings(self._settings)

    # -- commands --------------------------------------------------------------------------------

    def _connect_commands(self) -> None:
        a, session = self.actions_, self._session
        a.open.triggered.connect(self._choose_video)
        a.open_folder.triggered.connect(self._choose_folder)
        a.open_address.triggered.connect(self._ask_address)
        a.open_demo.triggered.connect(lambda: self.open_address("demo"))
        a.close.triggered.connect(session.close_stream)
        a.quit.triggered.connect(self.close)
        a.play.triggered.connect(session.toggle)
        a.step_back.triggered.connect(session.step_back)
        a.step_forward.triggered.connect(session.step_forward)
        a.second_back.triggered.connect(lambda: session.seek_by(-1.0))
        a.second_forward.triggered.connect(lambda: session.seek_by(1.0))
        a.to_start.triggered.connect(lambda: session.seek(0.0))
        a.mark_in.triggered.connect(lambda: session.set_marks(session.position_s, session.out_s))
        a.mark_out.triggered.connect(lambda: session.set_marks(session.in_s, session.position_s))
        a.clear_marks.triggered.connect(lambda: session.set_marks(None, None))
        a.loop.toggled.connect(self._set_loop)
        a.export.triggered.connect(self._export)
        a.full_screen.toggled.connect(self._set_full_screen)
        for action in (a.show_boxes, a.show_actions, a.show_memory):
            action.toggled.connect(self._apply_overlays)
        a.show_panel.toggled.connect(self._show_panel)
        a.shortcuts.triggered.connect(lambda: ShortcutsDialog(a.all(), self).open())
        a.about.triggered.connect(lambda: AboutDialog(self).open())
        self.menus.address_chosen.connect(self.open_address)
        self.menus.theme_chosen.connect(self._choose_theme)
        self.menus.language_chosen.connect(self._choose_language)
        self.welcome.recent_chosen.connect(self.open_address)
        self.welcome.camera_asked.connect(self._show_cameras)
        self.top_bar.bundle_chosen.connect(self._choose_bundle)
        self.top_bar.backend_chosen.connect(self._choose_backend)
        self.top_bar.confidence_chosen.connect(self._choose_confidence)
        self.top_bar.backends_wanted.connect(self.playback.look_for_backends)
        self.transport.speed_chosen.connect(session.set_speed)
        self.transport.speed_chosen.connect(self.transport.show_speed)
        self.transport.timeline.seek_asked.connect(session.seek)
        self.video.area_changed.connect(session.set_target)
        self.video.full_screen_asked.connect(a.full_screen.toggle)

    def _set_loop(self, on: bool) -> None:
        self._session.loop = on

    def _choose_theme(self, theme: str) -> None:
        self._settings.theme = theme  # type: ignore[assignment]
        self.look_changed.emit()

    def _choose_language(self, language: str) -> None:
        self._settings.language = language  # type: ignore[assignment]
        self.look_changed.emit()

    def _choose_bundle(self, name: str) -> None:
        self.bundle = self._settings.bundle = name
        self._session.reopen(bundle=name)

    def _choose_backend(self, name: str) -> None:
        self.backend = self._settings.backend = name
        self._session.reopen(backend=name)

    def _choose_confidence(self, confidence: float) -> None:
        self._settings.confidence = confidence
        self._session.set_confidence(confidence)

    def _apply_overlays(self) -> None:
        a, settings = self.actions_, self._settings
        settings.show_boxes = a.show_boxes.isChecked()
        settings.show_actions = a.show_actions.isChecked()
        settings.show_memory = a.show_memory.isChecked()
        self._session.set_style(
            replace(
                self._session.style,
                boxes=settings.show_boxes,
                actions=settings.show_actions,
                memory=settings.show_memory,
            )
        )

    def _show_panel(self, shown: bool) -> None:
        self._settings.show_panel = shown
        self.dock.setVisible(shown)

    def _export(self) -> None:
        if self._session.stream is not None:
            # Its engine parts take half a second to import: not before they are wanted.
            from app.dialogs.export_dialog import ExportDialog

            self._session.pause()
            ExportDialog(self._session, self._settings, self._language, self).show()

    def _set_full_screen(self, on: bool) -> None:
        for widget in (self.menuBar(), self.tool_bar, self.status):
            widget.setVisible(not on)
        self.dock.setVisible(not on and self._settings.show_panel)
        self.showFullScreen() if on else self.showNormal()

    # -- layout ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.stage = QStackedWidget()
        self.stage.addWidget(self.welcome)
        self.stage.addWidget(self.video)
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
        self.dock = QDockWidget(self)
        self.dock.setObjectName("sideDock")
        self.dock.setTitleBarWidget(QWidget())
        self.dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.dock.setWidget(self.side_panel)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)

    def _restore(self) -> None:
        settings, a = self._settings, self.actions_
        shown = (settings.show_boxes, settings.show_actions, settings.show_memory)
        overlays = (a.show_boxes, a.show_actions, a.show_memory)
        for action, on in zip(overlays, shown, strict=True):
            action.setChecked(on)
        a.show_panel.setChecked(settings.show_panel)
        a.loop.setChecked(self._session.loop)
        self.top_bar.show_confidence(settings.confidence or _DEFAULT_CONFIDENCE)
        self.resize(1280, 800)
        if settings.geometry:
            self.restoreGeometry(QByteArray(base64.b64decode(settings.geometry)))
        self._apply_overlays()
        # After the first paint, so that the window is there at once.
        QTimer.singleShot(0, self.playback.look_for_models)

    def retire(self) -> None:
        """Make way for a window that takes this one's place."""
        self.hide()
        self.deleteLater()

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
        """Open what was dropped; the first, if several."""
        self.welcome.show_drop(False)
        url = event.mimeData().urls()[0]
        event.acceptProposedAction()
        self.open_address(url.toLocalFile() if url.isLocalFile() else url.toString())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the settings. The session is shut down by whoever made it."""
        self._settings.geometry = base64.b64encode(self.saveGeometry().data()).decode()
        save_settings(self._settings)
        super().closeEvent(event)
