"""A lesson for the shipped bundle, learnt from made-up takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.backends import create_backend
from engine.bundle import Bundle, load_bundle
from engine.lessons.learning import keep_lesson
from engine.lessons.viewing import Viewer
from models.spec import Label
from models.teaching.course import teach
from models.teaching.reading import READING_SIZE
from models.teaching.takes import BACKGROUND, Take

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.lessons.store import Lesson


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lessons of a test are its own."""
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return load_bundle("default")


@pytest.fixture(scope="session")
def viewer(bundle: Bundle) -> Iterator[Viewer]:
    viewer = Viewer(bundle.manifest, create_backend(bundle, "onnxruntime"))
    yield viewer
    viewer.backend.close()


def make_takes() -> list[Take]:
    rng = np.random.default_rng(5)
    places = {label: rng.normal(0, 1, READING_SIZE) for label in ("clap", BACKGROUND)}
    return [
        Take(
            f"{label or 'none'}-{number}",
            label,
            f"clip {number}",
            0.0,
            1.0,
            np.arange(12) / 12,
            (place + rng.normal(0, 1, (12, READING_SIZE))).astype(np.float16),
        )
        for label, place in places.items()
        for number in range(3)
    ]


@pytest.fixture
def lesson(bundle: Bundle, viewer: Viewer) -> Lesson:
    takes = make_takes()
    return keep_lesson(
        "kitchen",
        Label(en="Kitchen", zh="厨房"),
        bundle,
        viewer,
        takes,
        teach(takes, ("clap",)),
        addresses={"clap-0": "/videos/clap.mp4"},
        chinese={"clap": "拍手"},
    )
