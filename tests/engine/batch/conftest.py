from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def one_clip(tmp_path_factory: pytest.TempPathFactory, make_clip) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "one.mp4", frames=40)


@pytest.fixture
def archive(tmp_path: Path, one_clip: Path) -> Callable[[int, int], Path]:
    """Makes a folder of sound clips and, in a folder inside it, damaged ones."""

    def make(sound: int, damaged: int = 0) -> Path:
        folder = tmp_path / "archive"
        (folder / "more").mkdir(parents=True)
        for i in range(sound):
            shutil.copy(one_clip, folder / f"clip{i:03}.mp4")
        data = one_clip.read_bytes()
        for i in range(damaged):
            (folder / "more" / f"bad{i:03}.mp4").write_bytes(data[: 20 + i * 40])
        return folder

    return make
