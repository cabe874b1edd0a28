"""What happens to memory where the stream breaks, and how steady labels are shown."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from app.memory.event_words import cause_words, reaction_words
from app.theme import GRID_PX
from engine.frame import Cause
from engine.smoothing import Smoothing
from engine.state import DEFAULTS, POSSIBLE, Reaction, StatePolicy, Treatment

_USUAL_HALF_LIFE_S: Final = 1.0
CHOSEN: Final = tuple(cause for cause in Cause if len(POSSIBLE[cause]) > 1)
"""Causes where there is something to choose."""


class MemoryDialog(QDialog):
    """One row for each cause; what is chosen holds at once, from the next frame on."""

    chosen = Signal(object, object)

    def __init__(
        self, policy: StatePolicy, smoothing: Smoothing | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Memory"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._longest_gap_s = policy.longest_gap_s
        self._rows = {cause: _Row(cause) for cause in CHOSEN}
        self.steady = QCheckBox(self.tr("Steady the labels shown"))
        self.steady.setToolTip(
            self.tr(
                "A label stays a little longer and does not flicker at its threshold. "
                "Probabilities are shown and exported as they are."
            )
        )
        self._arrange()
        for cause, row in self._rows.items():
            row.show(policy.treatment(cause))
        self.steady.setChecked(smoothing is not None)
        self._connect()

    @property
    def policy(self) -> StatePolicy:
        """What the rows say."""
        treatments = {cause: row.treatment() for cause, row in self._rows.items()}
        return StatePolicy(treatments, self._longest_gap_s)

    @property
    def smoothing(self) -> Smoothing | None:
        """What the check box says."""
        return Smoothing() if self.steady.isChecked() else None

    def row(self, cause: Cause) -> tuple[QComboBox, QDoubleSpinBox]:
        """Return the fields of a cause: what is done, and the half-life."""
        return self._rows[cause].reaction, self._rows[cause].half_life

    def reset(self) -> None:
        """Take back every choice."""
        for cause, row in self._rows.items():
            row.show(DEFAULTS[cause])
        self.steady.setChecked(False)
        self._tell()

    def _connect(self) -> None:
        for row in self._rows.values():
            row.reaction.activated.connect(self._tell)
            row.half_life.valueChanged.connect(self._tell)
        self.steady.toggled.connect(self._tell)

    def _tell(self) -> None:
        self.chosen.emit(self.policy, self.smoothing)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(2 * GRID_PX)
        intro = QLabel(self.tr("What happens to the model's memory where the stream breaks:"))
        intro.setWordWrap(True)
        column.addWidget(intro)
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * GRID_PX)
        grid.setVerticalSpacing(GRID_PX)
        names = cause_words()
        for line, (cause, row) in enumerate(self._rows.items()):
            label = QLabel(names[cause])
            label.setBuddy(row.reaction)
            row.reaction.setAccessibleName(names[cause])
            row.half_life.setToolTip(self.tr("Time after which half of the memory is left"))
            row.half_life.setAccessibleName(self.tr("Half-life"))
            grid.addWidget(label, line, 0)
            grid.addWidget(row.reaction, line, 1)
            grid.addWidget(row.half_life, line, 2)
        column.addLayout(grid)
        column.addWidget(self.steady)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText(self.tr("Close"))
        usual = buttons.addButton(
            self.tr("Back to the defaults"), QDialogButtonBox.ButtonRole.ResetRole
        )
        usual.clicked.connect(self.reset)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


class _Row:
    """The two fields of a cause."""

    def __init__(self, cause: Cause) -> None:
        self.reaction = QComboBox()
        words = reaction_words()
        for reaction in POSSIBLE[cause]:
            self.reaction.addItem(words[reaction], reaction)
        self.half_life = QDoubleSpinBox(minimum=0.1, maximum=600.0, decimals=1, singleStep=0.5)
        self.half_life.setSuffix(QCoreApplication.translate("Fields", " s"))
        self.reaction.currentIndexChanged.connect(self._refresh)

    def show(self, treatment: Treatment) -> None:
        self.reaction.setCurrentIndex(self.reaction.findData(treatment.reaction))
        self.half_life.setValue(treatment.half_life_s or _USUAL_HALF_LIFE_S)
        self._refresh()

    def treatment(self) -> Treatment:
        reaction = Reaction(self.reaction.currentData())
        decays = reaction is Reaction.DECAY
        return Treatment(reaction, self.half_life.value() if decays else None)

    def _refresh(self) -> None:
        self.half_life.setVisible(self.reaction.currentData() == Reaction.DECAY)
