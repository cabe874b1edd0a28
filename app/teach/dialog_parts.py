"""The widgets of the dialog, and how they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
)

from app.teach.curve import LossCurve
from app.teach.material_view import MaterialView
from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS: Final = 1000


class DialogParts(QObject):
    """Everything that is shown; knows nothing of what it is for."""

    def __init__(self, dialog: QDialog, language: str) -> None:
        super().__init__(dialog)
        self.name, self.lessons = QLineEdit(), QComboBox()
        self.material = MaterialView(language)
        self.take_part = QPushButton(self.tr("Add the part from in to out"))
        self.correct = QPushButton(self.tr("Correct what is named here"))
        self.record = QPushButton(self.tr("Record a take"))
        self.seconds = QSpinBox(minimum=1, maximum=15, value=3)
        self.seconds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count_down = QLabel()
        self.count_down.setObjectName("countDown")  # large: it is read from across the room
        self.learn = QPushButton(self.tr("Learn"))
        self.cancel = QPushButton(self.tr("Stop"))
        self.undo = QPushButton(self.tr("Undo"))
        self.progress = QProgressBar(textVisible=False, maximum=_STEPS)
        self.curve = LossCurve()
        self.outcome, self.doubts, self.note = QLabel(), QLabel(), QLabel()
        self.before, self.after = QToolButton(), QToolButton()
        self.keep = QPushButton(self.tr("Keep and use"))
        self.pack = QPushButton(self.tr("Save as file…"))
        self.unpack = QPushButton(self.tr("Open file…"))
        self.close = QPushButton(self.tr("Close"))
        self._explain()
        self._lay_out(dialog)

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a sentence at the foot."""
        self.note.setText(text)
        self.note.setProperty("bad", bad)
        self.note.style().polish(self.note)

    def show_outcome(self, text: str, good: bool, doubts: Sequence[str]) -> None:
        """Show how good the lesson is, and why not better."""
        self.outcome.setText(text)
        self.outcome.setProperty("warn", not good)
        self.outcome.style().polish(self.outcome)
        self.doubts.setText("\n".join(f"•  {doubt}" for doubt in doubts))
        self.doubts.setVisible(bool(doubts))

    def show_progress(self, share: float, losses: Sequence[float], *, over: bool = False) -> None:
        """Show how far it is."""
        self.progress.setValue(round(share * _STEPS))
        self.curve.show_losses(losses, over=over)
        self.curve.setVisible(bool(losses))

    def _explain(self) -> None:
        self.name.setPlaceholderText(self.tr("Name of the lesson, such as kitchen"))
        self.name.setAccessibleName(self.tr("Name of the lesson"))
        self.lessons.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.lessons.setAccessibleName(self.tr("Lessons kept"))
        self.lessons.setToolTip(self.tr("Go on with a lesson that was kept"))
        self.take_part.setToolTip(self.tr("Mark it in the window with I and O"))
        self.correct.setToolTip(
            self.tr(
                "Where the lesson names something wrongly: choose on the left what it really is, "
                "press this, and learn again"
            )
        )
        self.record.setToolTip(
            self.tr("After a count of three; meanwhile do nothing in particular")
        )
        self.seconds.setSuffix(self.tr(" s"))
        self.seconds.setAccessibleName(self.tr("Length of a take"))
        for choice, text in ((self.before, self.tr("Before")), (self.after, self.tr("After"))):
            choice.setText(text)
            choice.setCheckable(True)
        self.before.setChecked(True)
        self.before.setToolTip(self.tr("Run the stream without the lesson"))
        self.after.setToolTip(self.tr("Run the stream with the lesson"))
        for button in (
            self.take_part,
            self.correct,
            self.record,
            self.cancel,
            self.undo,
            self.pack,
            self.unpack,
            self.close,
        ):
            button.setAutoDefault(False)
        for button in (self.learn, self.keep):
            button.setProperty("primary", True)
            button.setAutoDefault(False)
        for label in (self.outcome, self.doubts, self.note):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.doubts.setProperty("muted", True)

    def _lay_out(self, dialog: QDialog) -> None:
        self._choice = QButtonGroup(dialog)
        self._choice.addButton(self.before)
        self._choice.addButton(self.after)
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.lessons)
        head.addWidget(self.unpack)
        taking = QGridLayout()
        taking.addWidget(self.take_part, 0, 0)
        taking.addWidget(self.correct, 0, 1)
        live = QHBoxLayout()
        live.addWidget(self.record)
        live.addWidget(self.seconds)
        live.addWidget(self.count_down)
        taking.addLayout(live, 0, 2)
        taking.setColumnStretch(3, 1)
        work = QHBoxLayout()
        work.addWidget(self.learn)
        work.addWidget(self.cancel)
        work.addWidget(self.undo)
        work.addWidget(self.progress, 1)
        work.addStretch()
        end = QHBoxLayout()
        end.addWidget(self.before)
        end.addWidget(self.after)
        end.addStretch()
        for button in (self.pack, self.close, self.keep):
            end.addWidget(button)
        column = QVBoxLayout(dialog)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(GRID_PX + GRID_PX // 2)
        column.addLayout(head)
        column.addWidget(self.material, 1)
        column.addLayout(taking)
        column.addWidget(_rule())
        column.addLayout(work)
        for widget in (self.curve, self.outcome, self.doubts, self.note):
            column.addWidget(widget)
        self.curve.setVisible(False)
        column.addLayout(end)
        dialog.resize(92 * GRID_PX, 84 * GRID_PX)


def _rule() -> QFrame:
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line
