"""The "then" of a rule: a tick for each kind of action, with what it needs beside it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.rules.fields import number_field, row, seconds_field
from app.theme import GRID_PX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.rules.model import Action, SaveClip

_ORDER: Final = ("sound", "notify", "clip", "command", "webhook", "mqtt")
_FOLDER: Final = "~/Videos/longtake"


class ActionsForm(QWidget):
    """One action of each kind; further ones that the file has are kept as they are.

    Secrets typed in are in `secrets` until somebody takes them; they are not shown again.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._more: list[Action] = []
        self._kept: dict[str, Action] = {}
        self.ticks = {
            "sound": QCheckBox(self.tr("Play a sound")),
            "notify": QCheckBox(self.tr("Show a message")),
            "clip": QCheckBox(self.tr("Save a clip")),
            "command": QCheckBox(self.tr("Run a program")),
            "webhook": QCheckBox(self.tr("Post to a web address")),
            "mqtt": QCheckBox(self.tr("Tell an MQTT broker")),
        }
        self.before_s = seconds_field(self.tr("Seconds before"), 5.0, 60.0)
        self.after_s = seconds_field(self.tr("Seconds after"), 5.0, 60.0)
        self.folder = _line(self.tr("Folder of the clips"), _FOLDER)
        self.folder.setText(_FOLDER)
        self.command = _line(self.tr("Program and arguments"), "notify-me --loud")
        self.url = _line(self.tr("Address"), "https://example.org/hook")
        self.token = _line(self.tr("Token"), self.tr("token, if it asks for one"), secret=True)
        self.host = _line(self.tr("Broker"), "broker.local")
        self.port = number_field(self.tr("Port"), 1883, 1, 65535)
        self.topic = _line(self.tr("Topic"), "longtake/events")
        self.user = _line(self.tr("User"), self.tr("user"))
        self.password = _line(self.tr("Password"), self.tr("password"), secret=True)
        self.tls = QCheckBox("TLS")
        self._details = self._arrange()
        self._connect()

    def show_actions(self, actions: Sequence[Action]) -> None:
        """Show actions."""
        self._kept = {}
        for action in actions:
            self._kept.setdefault(action.do, action)
        self._more = [a for a in actions if self._kept[a.do] is not a]
        for name, tick in self.ticks.items():
            tick.setChecked(name in self._kept)
        for action in self._kept.values():
            if action.do == "clip":
                self._show_clip(action)
            elif action.do == "command":
                self.command.setText(shlex.join(action.command))
            elif action.do == "webhook":
                self.url.setText(action.url)
            elif action.do == "mqtt":
                self.host.setText(action.host)
                self.port.setValue(action.port)
                self.topic.setText(action.topic)
                self.user.setText(action.user)
                self.tls.setChecked(action.tls)
        self.token.clear()
        self.password.clear()

    def actions_said(self, rule: str) -> list[dict[str, Any]]:
        """Return what the form says, as it is kept.

        Raises
        ------
        ValueError
            When the program's quotes do not match.
        """
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "sound": dict,
            "notify": dict,
            "clip": self._clip,
            "command": lambda: {"command": shlex.split(self.command.text())},
            "webhook": lambda: {
                "url": self.url.text().strip(),
                "secret": self._secret("webhook", rule, self.token),
            },
            "mqtt": lambda: self._mqtt(rule),
        }
        said = []
        for name in _ORDER:
            if self.ticks[name].isChecked():
                kept = self._kept[name].model_dump() if name in self._kept else {}
                said.append({**kept, "do": name, **makers[name]()})
        return [*said, *(action.model_dump() for action in self._more)]

    def secrets(self, rule: str) -> dict[str, str]:
        """Return the secrets typed in, by the names that `actions_said` gives them."""
        typed = {"webhook": self.token.text(), "mqtt": self.password.text()}
        return {
            _secret_name(kind, rule): text
            for kind, text in typed.items()
            if text and self.ticks[kind].isChecked()
        }

    def _show_clip(self, action: SaveClip) -> None:
        self.before_s.setValue(action.before_s)
        self.after_s.setValue(action.after_s)
        self.folder.setText(str(action.folder))

    def _clip(self) -> dict[str, Any]:
        folder = self.folder.text().strip() or _FOLDER
        return {
            "before_s": self.before_s.value(),
            "after_s": self.after_s.value(),
            "folder": folder,
        }

    def _mqtt(self, rule: str) -> dict[str, Any]:
        return {
            "host": self.host.text().strip(),
            "port": self.port.value(),
            "topic": self.topic.text().strip(),
            "user": self.user.text().strip(),
            "tls": self.tls.isChecked(),
            "secret": self._secret("mqtt", rule, self.password),
        }

    def _secret(self, kind: str, rule: str, field: QLineEdit) -> str | None:
        kept = getattr(self._kept.get(kind), "secret", None)
        return _secret_name(kind, rule) if field.text() else kept

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, self.tr("Folder of the clips"), self.folder.text()
        )
        if folder:
            self.folder.setText(folder)

    def _arrange(self) -> dict[str, QWidget]:
        browse = QPushButton(self.tr("Choose…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        clip: list[QWidget | str] = [
            self.before_s,
            self.tr("before"),
            self.after_s,
            self.tr("after"),
        ]
        details = {
            "clip": _column(row(*clip), row(self.folder, browse)),
            "command": row(self.command),
            "webhook": _column(row(self.url), row(self.token)),
            "mqtt": _column(
                row(self.host, self.port, self.tls), row(self.topic), row(self.user, self.password)
            ),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX)
        for name in _ORDER:
            column.addWidget(self.ticks[name])
            if name in details:
                details[name].setContentsMargins(4 * GRID_PX, 0, 0, 0)
                details[name].hide()
                column.addWidget(details[name])
        return details

    def _connect(self) -> None:
        for name, tick in self.ticks.items():
            tick.toggled.connect(self.changed)
            if name in self._details:
                tick.toggled.connect(self._details[name].setVisible)
        fields = (self.folder, self.command, self.url, self.token, self.host, self.topic)
        for field in (*fields, self.user, self.password):
            field.textChanged.connect(self.changed)
        for number in (self.before_s, self.after_s, self.port):
            number.valueChanged.connect(self.changed)
        self.tls.toggled.connect(self.changed)


def _secret_name(kind: str, rule: str) -> str:
    return f"{kind} {rule}"[:64]


def _line(name: str, example: str, *, secret: bool = False) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(example)
    field.setMinimumWidth(26 * GRID_PX)
    if secret:
        field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def _column(*rows: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID_PX)
    for one in rows:
        column.addWidget(one)
    return whole
