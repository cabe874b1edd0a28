"""Passwords of addresses: in the system's keyring, and nowhere else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from app.credentials import (
    CredentialsError,
    forget_credentials,
    keep_credentials,
    with_kept_credentials,
)
from app.dialogs.address_dialog import AddressDialog
from app.settings import load_settings, settings_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.main_window import MainWindow

ADDRESS = "rtsp://camera.local/stream"


class MemoryRing(KeyringBackend):
    """Keeps everything in a dictionary."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture(autouse=True)
def ring() -> Iterator[MemoryRing]:
    former = keyring.get_keyring()
    ring = MemoryRing()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(former)


def test_what_is_kept_comes_back(ring: MemoryRing) -> None:
    assert with_kept_credentials(ADDRESS) == ADDRESS
    keep_credentials(ADDRESS, "anna", "p@ss/word")
    assert with_kept_credentials(ADDRESS) == "rtsp://anna:p%40ss%2Fword@camera.local/stream"
    forget_credentials([ADDRESS, "rtsp://never.kept/"])
    assert with_kept_credentials(ADDRESS) == ADDRESS
    assert ring.kept == {}


def test_a_locked_ring_gives_nothing_and_says_so(
    ring: MemoryRing, caplog: pytest.LogCaptureFixture
) -> None:
    ring.locked = True
    assert with_kept_credentials(ADDRESS) == ADDRESS
    with pytest.raises(CredentialsError, match="does not take"):
        keep_credentials(ADDRESS, "anna", "secret")
    assert "secret" not in caplog.text


def test_what_makes_no_sense_is_ignored(ring: MemoryRing) -> None:
    ring.kept["longtake", ADDRESS] = json.dumps(["not", "a", "pair"])
    assert with_kept_credentials(ADDRESS) == ADDRESS


def test_the_dialog_asks_to_keep_only_when_ticked(qtbot: QtBot) -> None:
    dialog = AddressDialog(keeps=True)
    qtbot.addWidget(dialog)
    dialog.address.setText(ADDRESS)
    dialog.user.setText("anna")
    dialog.password.setText("secret")
    dialog.keep.setChecked(True)
    emitted: list[tuple[str, ...]] = []
    dialog.keeping_asked.connect(lambda *what: emitted.append(what))
    dialog.address_chosen.connect(lambda *what: emitted.append(what))
    dialog.accept()
    assert emitted == [(ADDRESS, "anna", "secret"), ("rtsp://anna:secret@camera.local/stream",)]


def test_where_nobody_keeps_it_is_not_offered(qtbot: QtBot) -> None:
    dialog = AddressDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.keep.isVisible()


def test_kept_once_it_is_used_again(
    qtbot: QtBot, window: MainWindow, ring: MemoryRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        window._session, "open", lambda request: opened.append(request.address), raising=True
    )
    window.tools.keep_credentials(ADDRESS, "anna", "secret")
    qtbot.waitUntil(lambda: load_settings().kept_addresses == [ADDRESS])
    assert "secret" not in settings_path().read_text()
    window.open_address(ADDRESS)
    qtbot.waitUntil(lambda: len(opened) == 1)
    assert opened == ["rtsp://anna:secret@camera.local/stream"]
    window.tools.forget_credentials()
    qtbot.waitUntil(lambda: ring.kept == {})
    window.open_address(ADDRESS)
    assert opened[-1] == ADDRESS
