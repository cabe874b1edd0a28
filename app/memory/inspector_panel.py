"""The memory inspector: what each layer holds, how long, and what it is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.head_names import head_name
from app.memory.activation_view import ActivationView
from app.memory.comparison import ComparisonView, compare
from app.memory.heat_strip import GateChart, HeatStrip
from app.memory.measures import horizon_s
from app.panels.section import Section
from app.theme import GRID_PX

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from app.memory.probe import LayerMemory, MemoryView
    from app.stream import Stream

_LEAST_FRAMES: Final = 3
"""One frame tells nothing of how long anything is kept."""


class InspectorPanel(QScrollArea):
    """Asks its stream's `MemoryProbe` for what it shows, only while it is shown.

    What was played before it was asked for is not known: `picture_wanted` asks for the picture on
    show once more.
    """

    picture_wanted = Signal()

    def __init__(self, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sidePanel")
        self._language = language
        self._stream: Stream | None = None
        self.layer = QComboBox()
        self.layer.setAccessibleName(self.tr("Layer"))
        self.hidden = HeatStrip(self.tr("Hidden state"))
        self.cell = HeatStrip(self.tr("Cell state"))
        self.gates, self.horizon = GateChart(), QLabel()
        self.horizon.setWordWrap(True)
        self.activation = ActivationView(language)
        self.compare_box = QCheckBox(self.tr("What if it had no memory?"))
        self.comparison = ComparisonView()
        self.comparison.setVisible(False)
        self.compare_box.toggled.connect(self.comparison.setVisible)
        self.compare_box.toggled.connect(self._ask)
        self.layer.currentIndexChanged.connect(lambda _: self.refresh())
        self._arrange()

    def begin(self, stream: Stream | None) -> None:
        """Look at another stream; None at nothing."""
        self._stream = stream
        self.layer.clear()
        self.comparison.show_rows(())
        self._tell_probe()
        self.refresh()

    def refresh(self) -> None:
        """Show what has come since."""
        self._tell_probe()
        view = self._stream.memory.view() if self._stream else None
        if view is None or self._stream is None:
            self._show_layer(None, None)
            return
        if not self.layer.count():
            self.layer.blockSignals(True)
            actions = [head.name for head in self._stream.predictor.action_heads]
            # Actions first: their memory is what people ask about.
            for one in sorted(view.layers, key=lambda one: one.name.split(".")[0] not in actions):
                self.layer.addItem(_layer_name(one.name), one.name)
            self.layer.blockSignals(False)
        chosen = self.layer.currentData()
        self._show_layer(view, next((one for one in view.layers if one.name == chosen), None))
        if self.compare_box.isChecked():
            heads = self._stream.predictor.action_heads
            self.comparison.show_rows(compare(view, heads, self._language))

    def showEvent(self, event: QShowEvent) -> None:
        """Start to look."""
        super().showEvent(event)
        self._ask(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop: a panel that is not seen costs nothing."""
        super().hideEvent(event)
        self._tell_probe()

    def _ask(self, more: bool) -> None:
        self._tell_probe()
        if more:
            self.picture_wanted.emit()

    def _tell_probe(self) -> None:
        if self._stream is not None:
            seen = self.isVisible()
            self._stream.memory.want(watching=seen, comparing=seen and self.compare_box.isChecked())

    def _show_layer(self, view: MemoryView | None, layer: LayerMemory | None) -> None:
        nothing = np.zeros((0, 0), np.float32)
        self.hidden.show_values(nothing if layer is None else layer.hidden)
        self.cell.show_values(nothing if layer is None else layer.cell)
        if view is None or layer is None or len(view.times_s) < _LEAST_FRAMES:
            self.gates.show_lines()
            self.horizon.setText(
                self.tr("Play something: the model's memory appears here, frame by frame.")
            )
            return
        self.gates.show_lines(
            (self.tr("carried over"), layer.carried),
            (self.tr("output gate"), layer.output_gate),
            span_s=float(view.times_s[-1] - view.times_s[0]),
        )
        seconds, all_of_it = horizon_s(view.times_s, np.nan_to_num(layer.carried, nan=1.0))
        text = (
            self.tr("This decision may rest on all of the last {0} s.")
            if all_of_it
            else self.tr("This decision rests on the last {0} s.")
        )
        length = f"{seconds:.1f}"
        # The unit stays with its number at the end of a line.
        self.horizon.setText(text.format(length).replace(f"{length} ", f"{length}\u00a0"))

    def _colours(self) -> str:
        return self.tr("Orange is positive, blue negative, the ground nothing; newest on the right")

    def _arrange(self) -> None:
        state = QWidget()
        column = QVBoxLayout(state)
        column.setContentsMargins(GRID_PX, 0, GRID_PX, 0)
        column.setSpacing(GRID_PX)
        column.addWidget(self.layer)
        column.addWidget(self.horizon)
        for name, widget in (
            (self.tr("Hidden state h, a row per unit"), self.hidden),
            (self.tr("Cell state c"), self.cell),
            (self.tr("Gates, mean over the units"), self.gates),
        ):
            label = QLabel(name)
            label.setProperty("muted", True)
            column.addWidget(label)
            column.addWidget(widget)
        self.gates.setToolTip(
            self.tr(
                "Carried over: how much of the cells' content of one frame is still there in the "
                "next; 1 forgets nothing. Output gate: how much of it the layer shows the next one."
            )
        )
        self.hidden.setToolTip(self._colours())
        self.cell.setToolTip(self._colours())
        self.horizon.setToolTip(
            self.tr(
                "Until less than one twentieth is left of what the cells held then, by how much of "
                "the cell state each frame carries over. An upper bound where the picture hardly "
                "changes."
            )
        )
        doubt = QWidget()
        rows = QVBoxLayout(doubt)
        rows.setContentsMargins(GRID_PX, 0, GRID_PX, 0)
        rows.addWidget(self.compare_box)
        rows.addWidget(self.comparison)
        self.compare_box.setToolTip(
            self.tr(
                "Runs the same pictures a second time with memory emptied before each, as far as "
                "15 % of the time allows."
            )
        )
        inner = QWidget()
        inner.setObjectName("sidePanel")
        outer = QVBoxLayout(inner)
        outer.setContentsMargins(0, GRID_PX, 0, GRID_PX)
        outer.setSpacing(GRID_PX)
        outer.addWidget(Section(self.tr("Without memory"), doubt))
        outer.addWidget(Section(self.tr("Evidence"), self.activation))
        outer.addWidget(Section(self.tr("Memory"), state))
        outer.addStretch()
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(36 * GRID_PX)


def _layer_name(name: str) -> str:
    head, _, layer = name.partition(".")
    return f"{head_name(head)} · {layer}" if layer else head_name(head)
