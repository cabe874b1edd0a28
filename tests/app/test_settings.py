"""Settings survive a run, a crash while writing, and a broken file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from app.settings import RECENT_LIMIT, Settings, load_settings, save_settings, settings_path

if TYPE_CHECKING:
    from pathlib import Path


def test_default_path_follows_the_environment(tmp_path: Path) -> None:
    assert settings_path() == tmp_path / "longtake-config" / "settings.json"


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    settings = Settings(language="zh", theme="light", confidence=0.25, show_boxes=False)
    settings.remember("/videos/a.mp4")
    save_settings(settings, path)
    assert load_settings(path) == settings
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_missing_file_gives_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.json") == Settings()


@pytest.mark.parametrize("content", [b"{", b'{"theme": "neon"}', b"\xff\xfe", b"[]"])
def test_broken_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    assert load_settings(path) == Settings()
    assert not path.exists()
    assert (tmp_path / "settings.broken.json").read_bytes() == content


def test_unwritable_place_is_no_disaster(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    save_settings(Settings(), tmp_path / "file" / "settings.json")


def test_keys_of_a_newer_version_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "light", "hologram": true}')
    assert load_settings(path).theme == "light"


def test_recent_is_newest_first_without_doubles() -> None:
    settings = Settings()
    for name in ("a", "b", "a", *(f"c{i}" for i in range(RECENT_LIMIT)), "a"):
        settings.remember(name)
    assert settings.recent[0] == "a"
    assert len(settings.recent) == len(set(settings.recent)) == RECENT_LIMIT


def test_values_are_checked_on_assignment() -> None:
    with pytest.raises(ValidationError):
        Settings().confidence = 1.5
