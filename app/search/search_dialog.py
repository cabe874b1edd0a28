"""Find a moment among everything that was watched, and open it."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.search.hit_delegate import HitDelegate
from app.search.hits_model import HIT, HitsModel
from app.theme import GRID_PX, current_theme
from engine.store import Question, SeenStore, default_store_path

if TYPE_CHECKING:
    from app.session import Session
    from app.settings import Settings
    from engine.store import Hit

_WAIT_MS: Final = 150
_DAY_S: Final = 86_400.0
_LIMIT: Final = 500
_LEAST_PERCENT: Final = 50


class SearchDialog(QDialog):
    """A question, its hits, and a click on one to be there.

    The window stays usable meanwhile. Every change asks again, in the background, a moment after
    the last key.
    """

    moment_chosen = Signal(str, float)

    def __init__(
        self, session: Session, settings: Settings, language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Find what was seen"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._settings = session, settings
        self._asked = 0
        self._make_question()
        self._make_answer(language)
        self._arrange()
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self.text.setFocus()
        self._ask()

    @property
    def note(self) -> str:
        """What is said where there are no hits."""
        return self._note.text()

    def question(self) -> Question:
        """Return what is asked for."""
        days = self.since.currentData()
        return Question(
            text=self.text.text().strip(),
            least=self.least.value() / 100,
            since=time.time() - days * _DAY_S if days else 0.0,
            limit=_LIMIT,
        )

    def _make_question(self) -> None:
        self.text = QLineEdit(clearButtonEnabled=True)
        self.text.setPlaceholderText(self.tr("An action or an object, such as falling"))
        self.text.setAccessibleName(self.tr("What to find"))
        self.text.textChanged.connect(self._ask_soon)
        self.text.returnPressed.connect(self._open_current)
        self.least = QSpinBox(minimum=0, maximum=100, singleStep=5, value=_LEAST_PERCENT)
        self.least.setPrefix("≥ ")
        self.least.setSuffix(" %")
        self.least.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.least.setAccessibleName(self.tr("Least probability"))
        self.least.setToolTip(self.tr("Least probability"))
        self.least.valueChanged.connect(self._ask_soon)
        self.since = QComboBox()
        self.since.setAccessibleName(self.tr("Watched when"))
        for name, days in (
            (self.tr("Any time"), 0),
            (self.tr("Last 24 hours"), 1),
            (self.tr("Last 7 days"), 7),
            (self.tr("Last 30 days"), 30),
        ):
            self.since.addItem(name, days)
        self.since.currentIndexChanged.connect(self._ask_soon)

    def _make_answer(self, language: str) -> None:
        self.hits = HitsModel(self._session, language, self)
        self.list = QListView(uniformItemSizes=True)
        self.list.setMouseTracking(True)
        self.list.setAccessibleName(self.tr("Moments found"))
        self.list.setModel(self.hits)
        self.list.setItemDelegate(HitDelegate(self.list))
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._open)
        self.list.activated.connect(self._open)
        self._note = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._note.setProperty("muted", True)
        self._note.setMargin(6 * GRID_PX)
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.remember = QCheckBox(self.tr("Remember what live streams show"))
        self.remember.setToolTip(
            self.tr("From the next stream on. Kept on this computer: names and times, no pictures.")
        )
        self.remember.setChecked(self._settings.remember_live)
        self.remember.toggled.connect(self._choose_remember)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(GRID_PX)
        row.addWidget(self.text, 1)
        row.addWidget(self.least)
        row.addWidget(self.since)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._note)
        below = QHBoxLayout()
        below.addWidget(self.count, 1)
        below.addWidget(self.remember)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        column.setSpacing(2 * GRID_PX)
        column.addLayout(row)
        column.addWidget(self._pages, 1)
        column.addLayout(below)
        self.text.addAction(
            icon("search", current_theme().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.resize(QSize(80 * GRID_PX, 75 * GRID_PX))

    def _choose_remember(self, on: bool) -> None:
        self._settings.remember_live = on

    def _ask_soon(self) -> None:
        self._timer.start()

    def _ask(self) -> None:
        question = self.question()
        self._asked += 1
        number = self._asked

        def answer(found: tuple[list[Hit], bool]) -> None:
            if number == self._asked:  # what was asked before is of no interest any more
                self._show(*found)

        self._session.background(lambda: _look_up(question), answer, owner=self)

    def _show(self, hits: list[Hit], watched: bool) -> None:
        self.hits.show(hits)
        self._pages.setCurrentWidget(self.list if hits else self._note)
        if hits:
            self.list.setCurrentIndex(self.hits.index(0))
            self.count.setText(self.tr("Found: {0}").format(len(hits)))
            return
        self.count.clear()
        self._note.setText(
            self.tr("Nothing like it was seen. Try another word, or a lower probability.")
            if watched
            else self.tr(
                "Nothing was watched yet. Recordings are watched by the command\n"
                "longtake batch FOLDER --out RESULTS\n"
                "and live streams once they are remembered (below)."
            )
        )

    def _open_current(self) -> None:
        self._open(self.list.currentIndex())

    def _open(self, index: QModelIndex) -> None:
        hit: Hit | None = index.data(HIT) if index.isValid() else None
        if hit is not None and not hit.live:
            self.moment_chosen.emit(hit.address, hit.sighting.start_s)


def _look_up(question: Question) -> tuple[list[Hit], bool]:
    """Return the hits, and whether anything is known at all."""
    path = default_store_path()
    if not path.exists():
        return [], False
    with closing(SeenStore(path)) as store:
        hits = store.find(question)
        return hits, bool(hits or store.labels())
