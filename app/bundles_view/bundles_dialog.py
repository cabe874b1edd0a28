"""The model bundles that there are, and what can be chosen about each."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.bundles_view.heads_table import HeadsTable
from app.bundles_view.model_card import ModelCard
from app.bundles_view.speeds import Speed, in_words, measure_speeds
from app.i18n.engine_words import translated
from app.theme import GRID_PX
from engine.adjustments import Adjustments, load_adjustments, save_adjustments
from engine.bundle import Bundle, list_bundles
from engine.lessons.store import list_lessons, remove_lesson

if TYPE_CHECKING:
    from app.session import Session
    from engine.errors import LongtakeError
    from engine.lessons.manifest import LessonManifest

_CARD: Final = "MODEL_CARD.md"
_CARD_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of the list: a bundle, or one with a lesson."""

    bundle: Bundle
    card: str
    lesson: LessonManifest | None = None

    @property
    def address(self) -> str:
        """What it is loaded by."""
        name = self.bundle.manifest.name
        return f"{name}+{self.lesson.name}" if self.lesson else name


class BundlesDialog(QDialog):
    """Not modal. Changes are kept by a button, and hold from the next opening on."""

    bundle_chosen = Signal(str)

    def __init__(self, session: Session, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Model bundles"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._language = session, language
        self._offers: list[Offer] = []
        self.list, self.card, self.facts = QListWidget(), ModelCard(), QLabel()
        self.heads = HeadsTable(language)
        self.speeds, self.note = QLabel(), QLabel()
        self.use = QPushButton(self.tr("Use this"))
        self.keep = QPushButton(self.tr("Keep changes"))
        self.restore = QPushButton(self.tr("Restore defaults"))
        self.remove = QPushButton(self.tr("Delete lesson"))
        self.measure = QPushButton(self.tr("Measure speed here"))
        self._arrange()
        self._connect()
        self.reload()

    @property
    def chosen(self) -> Offer | None:
        """The line chosen."""
        row = self.list.currentRow()
        return self._offers[row] if 0 <= row < len(self._offers) else None

    def reload(self) -> None:
        """List again what there is."""
        self._session.background(_find, self._show_offers, self._say_error, owner=self)

    def keep_changes(self) -> None:
        """Save thresholds and heads; a stream that runs the bundle goes on with them."""
        if self.chosen is not None:
            self._save(self.heads.adjustments())

    def restore_defaults(self) -> None:
        """Leave the bundle as its maker did."""
        if self.chosen is not None:
            self._save(Adjustments())
            self._show_chosen()

    def measure_speed(self) -> None:
        """Run the bundle on every runtime for a moment."""
        offer = self.chosen
        if offer is None:
            return
        self.measure.setEnabled(False)
        self.speeds.setText(self.tr("Measuring… what plays meanwhile slows it down."))
        stop = threading.Event()
        self.finished.connect(stop.set)
        self._session.background(
            lambda: measure_speeds(offer.address, stop.is_set, self._session.loading_beside),
            self._show_speeds,
            self._fail,
            stop.set,
            owner=self,
        )

    # -- showing ---------------------------------------------------------------------------------

    def _show_offers(self, offers: list[Offer]) -> None:
        request = self._session.request
        current = request.bundle if request else "default"
        self._offers = offers
        self.list.clear()
        for offer in offers:
            self.list.addItem(QListWidgetItem(self._title(offer)))
        addresses = [offer.address for offer in offers]
        self.list.setCurrentRow(addresses.index(current) if current in addresses else 0)

    def _title(self, offer: Offer) -> str:
        label = offer.lesson.title if offer.lesson else offer.bundle.manifest.title
        text = label.zh if self._language == "zh" else label.en
        return f"      + {text}" if offer.lesson else text

    def _show_chosen(self) -> None:
        offer = self.chosen
        if offer is None:
            return
        manifest = offer.bundle.manifest
        self.heads.show_bundle(manifest, load_adjustments(manifest.name))
        self.heads.setEnabled(offer.lesson is None)
        self.card.show_card(offer.card or self.tr("This bundle has no model card."))
        self.facts.setText(self._facts(offer))
        self.speeds.clear()
        self.remove.setVisible(offer.lesson is not None)
        for button in (self.keep, self.restore):
            button.setVisible(offer.lesson is None)

    def _facts(self, offer: Offer) -> str:
        manifest = offer.bundle.manifest
        if offer.lesson is not None:
            chinese = self._language == "zh"
            names = ", ".join(one.zh if chinese else one.en for one in offer.lesson.labels)
            text = self.tr("Taught on {0} from {1} takes: {2}.")
            return text.format(offer.lesson.created, len(offer.lesson.takes), names)
        text = self.tr("Version {0}, made on {1}. Licence {2}. Pictures of {3} × {4} at {5} fps.")
        size = manifest.input
        made = manifest.provenance
        facts = text.format(
            manifest.version,
            made.created,
            made.licence,
            size.width,
            size.height,
            f"{size.rate_hz:g}",
        )
        return f"{facts}\n{offer.bundle.folder}"

    def _show_speeds(self, speeds: list[Speed]) -> None:
        self.measure.setEnabled(True)
        self.speeds.setText(in_words(speeds))

    def _save(self, adjustments: Adjustments) -> None:
        offer = self.chosen
        if offer is None:
            return
        name = offer.bundle.manifest.name

        def done(_: None) -> None:
            self.note.setText(self.tr("Kept."))
            request = self._session.request
            if request is not None and request.bundle.split("+")[0] == name:
                self._session.reopen()

        self._session.background(
            lambda: save_adjustments(name, adjustments), done, self._say_error, owner=self
        )

    def _remove(self) -> None:
        offer = self.chosen
        if offer is None or offer.lesson is None:
            return
        bundle, lesson = offer.bundle.manifest.name, offer.lesson.name
        request = self._session.request
        if request is not None and request.bundle == offer.address:
            self.bundle_chosen.emit(bundle)
        self._session.background(
            lambda: remove_lesson(bundle, lesson),
            lambda _: self.reload(),
            self._say_error,
            owner=self,
        )

    def _use(self) -> None:
        if self.chosen is not None:
            self.bundle_chosen.emit(self.chosen.address)

    def _fail(self, error: LongtakeError) -> None:
        self.measure.setEnabled(True)
        self.speeds.clear()
        self._say_error(error)

    def _say_error(self, error: LongtakeError) -> None:
        self.note.setText(translated(f"{error.message} {error.hint}".strip()))

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _: self._show_chosen())
        self.use.clicked.connect(self._use)
        self.keep.clicked.connect(self.keep_changes)
        self.restore.clicked.connect(self.restore_defaults)
        self.remove.clicked.connect(self._remove)
        self.measure.clicked.connect(self.measure_speed)

    def _arrange(self) -> None:
        self.list.setAccessibleName(self.tr("Model bundles"))
        self.list.setMaximumWidth(30 * GRID_PX)
        self.list.setProperty("boxed", True)
        self.card.setOpenExternalLinks(True)
        for label in (self.facts, self.speeds, self.note):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.facts.setProperty("muted", True)
        tabs = QTabWidget()
        heads = _column(self.heads, _row(self.restore, None, self.keep))
        speed = _column(_row(self.measure, None), self.speeds, None)
        for page in (heads, speed):
            page.setContentsMargins(0, GRID_PX, 0, 0)
        tabs.addTab(heads, self.tr("Heads"))
        tabs.addTab(self.card, self.tr("Model card"))
        tabs.addTab(speed, self.tr("Speed"))
        self.use.setProperty("primary", True)
        for button in (self.use, self.keep, self.restore, self.remove, self.measure):
            button.setAutoDefault(False)
        right = _column(self.facts, tabs, self.note, _row(self.remove, None, self.use))
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID_PX, 3 * GRID_PX, 3 * GRID_PX, 2 * GRID_PX)
        row.setSpacing(2 * GRID_PX)
        row.addWidget(self.list, 1)
        row.addWidget(right, 3)
        self.resize(104 * GRID_PX, 76 * GRID_PX)


def _find() -> list[Offer]:
    offers = []
    for bundle in list_bundles():
        path = bundle.folder / _CARD
        small = path.is_file() and path.stat().st_size <= _CARD_BYTES
        card = path.read_text(encoding="utf-8", errors="replace") if small else ""
        offers.append(Offer(bundle, card))
        offers += [Offer(bundle, card, one) for one in list_lessons(bundle.manifest.name)]
    return offers


def _column(*parts: QWidget | None) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, GRID_PX, 0, 0)
    column.setSpacing(GRID_PX)
    for part in parts:
        column.addWidget(part) if part is not None else column.addStretch()
    return box


def _row(*parts: QWidget | None) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        row.addWidget(part) if part is not None else row.addStretch()
    return box
