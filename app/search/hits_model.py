"""The hits of a search as a list, with pictures that come when they are looked at."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage, QPixmap

from app.clock import clock
from app.search.pictures import PICTURE_SIZE, picture_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.search.pictures import Picture
    from app.session import Session
    from engine.store import Hit

Index = QModelIndex | QPersistentModelIndex
HIT: Final = Qt.ItemDataRole.UserRole
DETAIL: Final = Qt.ItemDataRole.UserRole + 1
_AT_ONCE: Final = 24


class HitsModel(QAbstractListModel):
    """One row for each hit.

    A picture is decoded in the background when its row is first painted, one at a time and the one
    asked for last first: rows that were scrolled past can wait.
    """

    def __init__(self, session: Session, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._language = session, language
        self._hits: list[Hit] = []
        self._pictures: dict[Hit, QPixmap | None] = {}
        self._wanted: deque[Hit] = deque(maxlen=_AT_ONCE)
        self._busy = False

    def show(self, hits: Sequence[Hit]) -> None:
        """Show these instead; pictures already there are kept."""
        self.beginResetModel()
        self._hits = list(hits)
        self._wanted.clear()
        self._pictures = {hit: self._pictures[hit] for hit in hits if self._pictures.get(hit)}
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many there are."""
        return 0 if parent is not None and parent.isValid() else len(self._hits)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return name, detail, picture or the hit itself of a row."""
        if not index.isValid():
            return None
        hit = self._hits[index.row()]
        if role == HIT:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return self._name(hit)
        if role == DETAIL:
            return self._detail(hit)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{self._name(hit)}, {self._detail(hit)}\n{hit.address}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._picture(hit)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let what is gone for good, moments of live streams, be seen but not opened."""
        flags = super().flags(index)
        if index.isValid() and self._hits[index.row()].live:
            flags &= ~Qt.ItemFlag.ItemIsEnabled
        return flags

    def _name(self, hit: Hit) -> str:
        seen = hit.sighting
        label = seen.label_zh if self._language == "zh" else seen.label
        return f"{label}  {seen.peak:.0%}"

    def _detail(self, hit: Hit) -> str:
        seen = hit.sighting
        if hit.live:
            when = datetime.fromtimestamp(hit.seen_at).isoformat(" ", "seconds")
            return f"{hit.title} · {when}"
        return f"{hit.title} · {clock(seen.start_s)} – {clock(seen.end_s)}"

    def _picture(self, hit: Hit) -> QPixmap | None:
        if hit not in self._pictures and not hit.live:
            self._pictures[hit] = None
            self._wanted.append(hit)
            self._look_up_next()
        return self._pictures.get(hit)

    def _look_up_next(self) -> None:
        if self._busy or not self._wanted:
            return
        hit = self._wanted.pop()
        self._busy = True

        def put(picture: Picture | None) -> None:
            self._busy = False
            self._put(hit, picture)
            self._look_up_next()

        self._session.background(lambda: picture_of(hit), put, owner=self)

    def _put(self, hit: Hit, picture: Picture | None) -> None:
        if picture is None or hit not in self._hits:
            return
        height, width = picture.shape[:2]
        image = QImage(picture.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
        size = PICTURE_SIZE
        self._pictures[hit] = QPixmap.fromImage(image).scaled(
            size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        row = self.index(self._hits.index(hit))
        self.dataChanged.emit(row, row, [Qt.ItemDataRole.DecorationRole])
