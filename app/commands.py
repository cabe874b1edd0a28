"""What the window's commands do to the session and the settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.dialogs.about_dialog import AboutDialog
from app.dialogs.command_palette import CommandPalette
from app.dialogs.memory_dialog import MemoryDialog
from app.dialogs.shortcuts_dialog import ShortcutsDialog
from app.lanes.content import next_event, previous_event
from app.memory.choice import chosen_memory, keep_memory
from app.place import show_tool
from app.rules.notice import show_notice
from app.shuttle import Shuttle
from app.snapshot import save_snapshot

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.session import Session
    from app.settings import Settings
    from engine.smoothing import Smoothing
    from engine.state import StatePolicy


class Commands(QObject):
    """Connects every `Actions` but those that open something."""

    def __init__(self, window: MainWindow, session: Session, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._session, self._settings = window, session, settings
        self.shuttle = Shuttle(session, self)
        self._connect_playing()
        self._connect_marks()
        self._connect_view()
        self._connect_model()
        window.actions_.apply_keys(settings.shortcuts)

    def _connect_playing(self) -> None:
        a, session, shuttle = self._window.actions_, self._session, self.shuttle
        a.close.triggered.connect(session.close_stream)
        a.quit.triggered.connect(self._window.close)
        a.play.triggered.connect(shuttle.toggle)
        a.step_back.triggered.connect(session.step_back)
        a.step_forward.triggered.connect(session.step_forward)
        a.second_back.triggered.connect(lambda: session.seek_by(-1.0))
        a.second_forward.triggered.connect(lambda: session.seek_by(1.0))
        a.to_start.triggered.connect(lambda: session.seek(0.0))
        a.shuttle_back.triggered.connect(shuttle.backward)
        a.hold.triggered.connect(shuttle.hold)
        a.shuttle_forward.triggered.connect(shuttle.forward)
        a.previous_event.triggered.connect(self._go_to_previous_event)
        a.next_event.triggered.connect(self._go_to_next_event)
        transport = self._window.transport
        shuttle.speed_changed.connect(transport.show_speed)
        transport.speed_chosen.connect(session.set_speed)
        transport.speed_chosen.connect(transport.show_speed)
        transport.timeline.seek_asked.connect(session.seek)
        self._window.timeline.seek_asked.connect(session.seek)

    def _connect_marks(self) -> None:
        a, session = self._window.actions_, self._session
        a.mark_in.triggered.connect(lambda: session.set_marks(session.position_s, session.out_s))
        a.mark_out.triggered.connect(lambda: session.set_marks(session.in_s, session.position_s))
        a.clear_marks.triggered.connect(lambda: session.set_marks(None, None))
        a.loop.toggled.connect(self._set_loop)
        a.export.triggered.connect(self._export)
        a.snapshot.triggered.connect(self._save_picture)
        self._window.status.exports.clicked.connect(self._export)
        session.exports.changed.connect(self._show_exports)
        a.rules.triggered.connect(self._edit_rules)
        session.rules.notified.connect(self._show_notice)

    def _connect_view(self) -> None:
        window, a = self._window, self._window.actions_
        for action in (a.show_boxes, a.show_actions, a.show_memory, a.hide_people):
            action.toggled.connect(self.apply_overlays)
        a.person_actions.setChecked(self._settings.person_actions)
        a.person_actions.toggled.connect(self._tell_people_apart)
        a.full_screen.toggled.connect(window.set_full_screen)
        a.full_screen.toggled.connect(a.leave_full_screen.setEnabled)
        a.leave_full_screen.triggered.connect(lambda: a.full_screen.setChecked(False))
        window.video.full_screen_asked.connect(a.full_screen.toggle)
        window.video.area_changed.connect(self._session.set_target)
        a.zoom_in.triggered.connect(lambda: window.timeline.zoom(1.6))
        a.zoom_out.triggered.connect(lambda: window.timeline.zoom(1 / 1.6))
        a.zoom_fit.triggered.connect(window.timeline.fit)
        a.palette.triggered.connect(lambda: CommandPalette(a.all(), window).open())
        a.find.triggered.connect(self._find)
        a.shortcuts.triggered.connect(self._edit_shortcuts)
        a.memory_settings.triggered.connect(self._edit_memory)
        a.about.triggered.connect(lambda: AboutDialog(window).open())

    def _connect_model(self) -> None:
        bar = self._window.top_bar
        bar.bundle_chosen.connect(self.choose_bundle)
        bar.backend_chosen.connect(self._choose_backend)
        bar.confidence_chosen.connect(self._choose_confidence)
        self._window.actions_.own_confidence.triggered.connect(self._use_own_confidence)

    def apply_overlays(self) -> None:
        """Draw what is switched on, and keep that."""
        a, settings = self._window.actions_, self._settings
        settings.show_boxes = a.show_boxes.isChecked()
        settings.show_actions = a.show_actions.isChecked()
        settings.show_memory = a.show_memory.isChecked()
        settings.hide_people = a.hide_people.isChecked()
        self._session.set_style(
            replace(
                self._session.style,
                boxes=settings.show_boxes,
                actions=settings.show_actions,
                memory=settings.show_memory,
                hide_people=settings.hide_people,
            )
        )

    def _tell_people_apart(self, on: bool) -> None:
        self._settings.person_actions = on
        self._session.reopen(per_track=self._settings.per_track)

    def _set_loop(self, on: bool) -> None:
        self._session.loop = on

    def _go_to_next_event(self) -> None:
        moment = next_event(self._window.timeline.events(), self._session.aim_s)
        if moment is not None:
            self._session.seek(moment)
        else:
            self._window.status.say(
                self.tr("No event after this, as far as it was played and as lanes are shown.")
            )

    def _go_to_previous_event(self) -> None:
        moment = previous_event(self._window.timeline.events(), self._session.aim_s)
        if moment is not None:
            self._session.seek(moment)
        else:
            self._window.status.say(self.tr("No event before this, as lanes are shown."))

    def _save_picture(self) -> None:
        stream, frame = self._session.stream, self._session.frame
        if stream is None or frame is None:
            return
        try:
            path = save_snapshot(frame.image, stream.info.title, frame.result.pts_s)
        except OSError as error:
            self._window.banner.show_error(self.tr("The picture was not saved."), str(error))
        else:
            self._window.status.say(self.tr("Saved {0}").format(path))

    def _show_exports(self) -> None:
        self._window.status.show_exports(self._session.exports)

    def _export(self) -> None:
        # Its engine parts take half a second to import: not before they are wanted.
        from app.exports.export_dialog import ExportDialog

        shown = self._window.findChild(ExportDialog)
        if shown is not None:
            shown.raise_()
            return
        self._session.pause()
        window = self._window
        dialog = ExportDialog(self._session, self._settings, window.language, window)
        show_tool(dialog, "export", self._settings)

    def _edit_rules(self) -> None:
        from app.rules.rules_dialog import RulesDialog

        shown = self._window.findChild(RulesDialog)
        if shown is not None:
            shown.show()  # it may have stepped aside, for a zone to be drawn
            shown.raise_()
            return
        window = self._window
        dialog = RulesDialog(self._session, window.video, window.language, window)
        dialog.left_unsaved.connect(self._tell_of_unsaved_rules)
        show_tool(dialog, "rules", self._settings)

    def _tell_of_unsaved_rules(self) -> None:
        self._window.status.say(self.tr("Changes to rules are followed once they are saved."))

    def _show_notice(self, rule: str, text: str) -> None:
        show_notice(self._window, rule, text)

    def _edit_memory(self) -> None:
        dialog = MemoryDialog(*chosen_memory(self._settings), self._window)
        dialog.chosen.connect(self._keep_memory)
        dialog.open()

    def _keep_memory(self, policy: StatePolicy, smoothing: Smoothing | None) -> None:
        keep_memory(self._settings, policy, smoothing)
        self._session.set_memory(policy, smoothing)

    def _find(self) -> None:
        from app.search.search_dialog import SearchDialog

        shown = self._window.findChild(SearchDialog)
        if shown is not None:
            shown.raise_()
            return
        window = self._window
        dialog = SearchDialog(self._session, self._settings, window.language, window)
        dialog.moment_chosen.connect(
            lambda address, at_s: window.open_address(address, start_s=at_s, hold_at_s=at_s)
        )
        show_tool(dialog, "find", self._settings)

    def _edit_shortcuts(self) -> None:
        dialog = ShortcutsDialog(self._window.actions_, self._settings.shortcuts, self._window)
        dialog.chosen.connect(self._keep_shortcuts)
        dialog.open()

    def _keep_shortcuts(self, chosen: dict[str, str]) -> None:
        self._settings.shortcuts = chosen
        self._window.actions_.apply_keys(chosen)

    def choose_bundle(self, name: str) -> None:
        """Go on with another model."""
        self._window.bundle = self._settings.bundle = name
        self._session.reopen(bundle=name)

    def _choose_backend(self, name: str) -> None:
        self._window.backend = self._settings.backend = name
        self._session.reopen(backend=name)

    def _use_own_confidence(self) -> None:
        self._choose_confidence(None)
        self._window.top_bar.show_confidence(None)

    def _choose_confidence(self, confidence: float | None) -> None:
        self._settings.confidence = confidence
        self._session.set_confidence(confidence)
