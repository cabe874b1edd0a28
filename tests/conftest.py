"""Fixtures for every test."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

import pytest
from hypothesis import settings

from tests.fixtures.bundles import make_bundle
from tests.fixtures.clips import make_clip as _make_clip

# A loaded machine is slow; that is no defect of what is tested.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real data beside the checkout; skips where it is not."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"needs the data folder {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def make_clip():
    """See `tests.fixtures.clips.make_clip`."""
    return _make_clip


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the bundle that `tests.fixtures.bundles` describes."""
    return make_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(autouse=True)
def _own_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings and caches of whoever runs it."""
    monkeypatch.setenv("LONGTAKE_CONFIG_DIR", str(tmp_path / "longtake-config"))
    monkeypatch.setenv("LONGTAKE_CACHE_DIR", str(tmp_path / "longtake-cache"))
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "longtake-data"))
