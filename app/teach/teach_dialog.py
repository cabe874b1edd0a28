"""Teach: name actions, show them, learn, see how good it is, and use it in the stream."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.i18n.engine_words import translated
from app.teach.dialog_parts import DialogParts
from app.teach.draft import Drafting
from app.teach.findings import sentence, summary
from app.teach.taking import Taking
from app.teach.unfinished import Lecture, Unfinished
from app.teach.work import Ticket, Workbench
from engine.errors import LongtakeError
from engine.lessons.learning import lesson_name, tested
from engine.lessons.store import list_lessons, load_lesson, pack_lesson, unpack_lesson
from models.spec import Label

if TYPE_CHECKING:
    from app.session import Session
    from app.settings import Settings
    from app.teach.draft import Draft
    from app.teach.work import Learnt
    from engine.lessons.manifest import LessonManifest, Outcome
    from engine.lessons.store import Lesson

_PROGRESS_POLL_MS: Final = 100


class TeachDialog(QDialog):
    """Not modal: the stream plays on while takes are marked, and while it learns.

    Every change can be undone, learning included. What is kept is a lesson on disk; what is not
    waits in `Unfinished` until the dialog is opened again.
    """

    lessons_changed = Signal()

    def __init__(
        self,
        session: Session,
        settings: Settings,
        language: str,
        parent: QWidget | None = None,
        *,
        bench: Workbench | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Teach"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._settings, self._language = session, settings, language
        request = session.request
        bundle = request.bundle if request else settings.bundle
        self.bench = bench or Workbench(bundle, request.backend if request else settings.backend)
        self.drafting = Drafting()
        self.unfinished = Unfinished.of(session)
        self.ticket: Ticket | None = None
        self.kept = ""
        self._saved: Draft | None = None
        self.parts = DialogParts(self, language)
        self.taking = Taking(session, self.bench, lambda: self.drafting, self.parts, self)
        self._timer = QTimer(self, interval=_PROGRESS_POLL_MS)
        self._timer.timeout.connect(self._show_progress)
        self._connect()
        self.refresh()
        session.background(self._list, self._show_lessons, self._say_error, owner=self)
        in_use = bundle.split("+")[1:]
        last = self.unfinished.last.get(self.bench.bundle_name, "")
        self._show_lesson(in_use[0] if in_use else last)

    # -- learning --------------------------------------------------------------------------------

    def learn(self) -> None:
        """Learn from the draft, in the background."""
        draft, ticket = self.drafting.now, Ticket()
        self.ticket = ticket
        self._timer.start()
        self.parts.say(self.tr("Learning…"))
        self._session.background(
            lambda: self.bench.learn(draft, ticket),
            lambda found: self._take_learnt(draft, found),
            self._fail,
            ticket.cancelled.set,
            owner=self,
        )
        self.refresh()

    def cancel(self) -> None:
        """Stop what is under way."""
        if self.ticket is not None:
            self.ticket.cancelled.set()

    def undo(self) -> None:
        """Take the last change back."""
        self.drafting.undo()
        self.parts.say("")
        self.refresh()

    def keep(self) -> None:
        """Save the lesson, then run it in the stream on show."""
        draft = self.drafting.now
        taught = draft.taught
        if taught is None:
            return
        title = self.parts.name.text().strip()
        try:
            name = lesson_name(title)
        except LongtakeError as error:
            self._say_error(error)
            return
        label = Label(en=title[:64], zh=title[:64])
        self._session.background(
            lambda: self.bench.keep(name, label, draft, taught, {}),
            lambda lesson: self._take_kept(lesson, draft),
            self._say_error,
            owner=self,
        )

    def use(self, on: bool) -> None:
        """Run the stream with the lesson, or without: after and before."""
        bundle = self.bench.bundle_name
        wanted = f"{bundle}+{self.kept}" if on and self.kept else bundle
        request = self._session.request
        if request is not None and request.bundle != wanted:
            self._session.reopen(bundle=wanted)

    def open_lesson(self, name: str) -> None:
        """Go on with a lesson kept before."""
        self._session.background(
            lambda: self.bench.load(name), self._take_loaded, self._say_error, owner=self
        )

    # -- what comes back -------------------------------------------------------------------------

    def _take_learnt(self, draft: Draft, found: Learnt | None) -> None:
        self._finish()
        if found is None:
            self.parts.say(self.tr("Stopped."))
        elif self.drafting.now is not draft:
            self.parts.say(self.tr("The takes have changed meanwhile: learn once more."))
        else:
            self.parts.say("")
            self.drafting.learnt(found.taught, found.rest, found.addresses)
            self.refresh()

    def _take_kept(self, lesson: Lesson, draft: Draft) -> None:
        if not self.kept:
            self.unfinished.drop(self.bench.bundle_name, "")
        self.kept, self._saved = lesson.manifest.name, draft
        self.parts.say(self.tr("Kept in {0}").format(lesson.folder))
        self._session.background(self._list, self._show_lessons, self._say_error, owner=self)
        self.lessons_changed.emit()
        self.parts.after.setChecked(True)
        self._session.reopen(bundle=f"{self.bench.bundle_name}+{self.kept}")
        self.refresh()

    def _take_loaded(self, found: tuple[Lesson, Draft]) -> None:
        lesson, draft = found
        self._put_aside()
        title = lesson.manifest.title.en
        self._go_on_with(lesson.manifest.name, Lecture(Drafting(draft), title))
        self.parts.show_outcome(*self._words(lesson.manifest.tested))

    def _finish(self) -> None:
        self._show_progress(over=True)
        self.ticket = None
        self._timer.stop()
        self.refresh()

    def _fail(self, error: LongtakeError) -> None:
        self._finish()
        self._say_error(error)

    def _say_error(self, error: LongtakeError) -> None:
        self.parts.say(translated(f"{error.message} {error.hint}".strip()), bad=True)

    # -- as files --------------------------------------------------------------------------------

    def pack(self) -> None:
        """Ask for a file, and write the lesson kept last into it."""
        name, bundle = self.kept, self.bench.bundle_name
        path, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save lesson"), f"{name}.zip", self.tr("Lessons") + " (*.zip)"
        )
        if path and name:
            self._session.background(
                lambda: pack_lesson(load_lesson(bundle, name), Path(path)),
                lambda _: self.parts.say(self.tr("Saved {0}").format(path)),
                self._say_error,
                owner=self,
            )

    def unpack(self) -> None:
        """Ask for a file with a lesson, and go on with that."""
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open lesson"), "", self.tr("Lessons") + " (*.zip)"
        )
        if path:
            self.unpack_from(Path(path))

    def unpack_from(self, path: Path) -> None:
        """Install a lesson from a file, and go on with it."""

        def work() -> tuple[Lesson, Draft]:
            lesson = unpack_lesson(path)
            return self.bench.load(lesson.manifest.name)

        self._session.background(work, self._take_unpacked, self._say_error, owner=self)

    def _take_unpacked(self, found: tuple[Lesson, Draft]) -> None:
        self._take_loaded(found)
        self._session.background(self._list, self._show_lessons, self._say_error, owner=self)
        self.lessons_changed.emit()

    # -- showing ---------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the draft, and enable what can be done with it."""
        draft, busy = self.drafting.now, self.ticket is not None
        parts = self.parts
        parts.material.show_draft(draft)
        parts.learn.setEnabled(draft.ready and not busy)
        parts.learn.setVisible(not busy)
        parts.cancel.setVisible(busy)
        parts.progress.setVisible(busy)
        parts.undo.setEnabled(self.drafting.can_undo and not busy)
        parts.keep.setEnabled(draft.taught is not None and bool(parts.name.text().strip()))
        for button in (parts.before, parts.after):
            button.setVisible(bool(self.kept))
            button.setEnabled(self._session.request is not None)
        parts.pack.setEnabled(bool(self.kept))
        if draft.taught is not None:
            parts.show_outcome(*self._words(tested(draft.taught.verdict)))
        elif not busy:
            parts.show_outcome("", good=True, doubts=[])
        self.taking.refresh()

    def _list(self) -> list[LessonManifest]:
        return list_lessons(self.bench.bundle_name)

    def _show_lessons(self, lessons: list[LessonManifest]) -> None:
        box = self.parts.lessons
        box.blockSignals(True)
        box.clear()
        box.addItem(self.tr("New lesson"), "")
        for lesson in lessons:
            title = lesson.title.zh if self._language == "zh" else lesson.title.en
            box.addItem(title, lesson.name)
        box.setCurrentIndex(max(0, box.findData(self.kept)))
        box.blockSignals(False)

    def _choose_lesson(self, index: int) -> None:
        self._put_aside()
        self._show_lesson(str(self.parts.lessons.itemData(index) or ""))

    def _show_lesson(self, name: str) -> None:
        """Go on with a lesson: as it was left here, or else as it is on disk."""
        lecture = self.unfinished.find(self.bench.bundle_name, name)
        if name and lecture is None:
            self.open_lesson(name)
            return
        self._go_on_with(name, lecture or Lecture())
        if lecture is not None and lecture.unsaved:
            self.parts.say(self.tr("You go on where you left off. It is not kept yet."))

    def _go_on_with(self, name: str, lecture: Lecture) -> None:
        self.kept, self.drafting, self._saved = name, lecture.drafting, lecture.saved
        self.parts.name.setText(lecture.title)
        request = self._session.request
        self.parts.after.setChecked(bool(name) and request is not None and "+" in request.bundle)
        self.refresh()

    def _put_aside(self) -> None:
        """Keep what was changed here at hand, for when it is gone on with."""
        if self.drafting.can_undo:
            lecture = Lecture(self.drafting, self.parts.name.text(), self._saved)
            self.unfinished.put(self.bench.bundle_name, self.kept, lecture)

    def _name_action(self, label: Label) -> None:
        if not self.drafting.name_action(label):
            self.parts.say(self.tr("There is an action “{0}” already.").format(label.en), bad=True)
        self.refresh()

    def _drop_action(self, name: str) -> None:
        self.drafting.drop_action(name)
        self.refresh()

    def _drop_take(self, take_id: str) -> None:
        self.drafting.drop_take(take_id)
        self.refresh()

    def _connect(self) -> None:
        parts, material = self.parts, self.parts.material
        material.action_named.connect(self._name_action)
        material.action_dropped.connect(self._drop_action)
        material.take_dropped.connect(self._drop_take)
        self.taking.changed.connect(self.refresh)
        parts.name.textChanged.connect(lambda _: self.refresh())
        parts.lessons.activated.connect(self._choose_lesson)
        parts.learn.clicked.connect(self.learn)
        parts.cancel.clicked.connect(self.cancel)
        parts.undo.clicked.connect(self.undo)
        parts.keep.clicked.connect(self.keep)
        parts.pack.clicked.connect(self.pack)
        parts.unpack.clicked.connect(self.unpack)
        parts.close.clicked.connect(self.close)
        parts.before.clicked.connect(lambda: self.use(False))
        parts.after.clicked.connect(lambda: self.use(True))

    def done(self, result: int) -> None:
        """Close, by Esc too; stop what is under way. The model goes when nothing uses it."""
        self.cancel()
        self._put_aside()
        self.taking.stop()
        self._session.background(self.bench.close, lambda _: None)
        super().done(result)

    def _words(self, result: Outcome) -> tuple[str, bool, list[str]]:
        chinese = self._language == "zh"
        names = {a.en: a.zh if chinese else a.en for a in self.drafting.now.actions}
        doubts = [sentence(finding, names) for finding in result.findings]
        return summary(result), result.good, doubts

    def _show_progress(self, *, over: bool = False) -> None:
        if self.ticket is not None:
            self.parts.show_progress(self.ticket.share, self.ticket.losses, over=over)
