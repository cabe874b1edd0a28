"""`longtake evaluate` on single pictures: what an action head says of each, by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from models.data.clip_formats import SplitChoice
from models.data.splits import DataError
from models.evaluation.bundle import Request, evaluate
from models.evaluation.graph import RunNetwork
from models.spec import (
    Activation,
    HeadKind,
    HeadSpec,
    InputSpec,
    Label,
    Manifest,
    Provenance,
    TensorSpec,
)

if TYPE_CHECKING:
    from pathlib import Path


def looks(frame, dt_s, state):
    """Takes what is bright for the first label; would say otherwise if it remembered."""
    bright = np.clip(frame.mean(axis=(1, 2, 3)) / 255 - state["arms.h"][:, 0], 0, 1)
    said = np.stack([bright, 1 - bright], axis=1).astype(np.float32)
    return {"arms.probability": said}, {"arms.h": state["arms.h"] + 1}


@pytest.fixture
def manifest() -> Manifest:
    head = HeadSpec(
        name="arms",
        kind=HeadKind.ACTIONS,
        labels=(Label(en="up", zh="上"), Label(en="down", zh="下")),
        thresholds=(0.5, 0.5),
        activation=Activation("softmax"),
    )
    return Manifest.model_construct(
        input=InputSpec(width=32, height=32, rate_hz=2.0),
        state=(TensorSpec(name="arms.h", shape=(1,)),),
        heads=(head,),
        provenance=Provenance.model_construct(data=()),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for label, grey in (("up", 200), ("down", 60)):
        (tmp_path / label).mkdir()
        for place in "abc":
            for n in range(2):
                # In place c it is dark whatever is shown.
                shade = 60 if place == "c" else grey
                picture = np.full((40, 50, 3), shade, np.uint8)
                cv2.imwrite(str(tmp_path / label / f"{n}_{place}.png"), picture)
    return tmp_path


def request(folder: Path, manifest: Manifest, place: str) -> Request:
    split = SplitChoice(group=r"_(\w)", test_group=place)
    return Request(folder, manifest, folder, RunNetwork(manifest, looks), "CPU, f32", split)


def test_every_picture_is_seen_for_itself(folder: Path, manifest: Manifest):
    report = evaluate(request(folder, manifest, "b"))
    assert report.examples == 4
    assert report.figures.keys() == {"stills"}
    assert report.figures["stills"]["accuracy"] == 1
    assert report.figures["stills"]["calibration_error"] == pytest.approx(0.225, abs=0.02)


def test_one_place_is_left_out_and_its_mistakes_are_counted(folder: Path, manifest: Manifest):
    (folder / "down/0_c.png").write_bytes(b"no picture")
    report = evaluate(request(folder, manifest, "c"))
    assert report.examples == 3
    assert "0_c.png" in report.skipped[0]
    assert report.figures["stills"]["accuracy"] == pytest.approx(1 / 3)
    assert report.figures["stills"]["balanced_accuracy"] == pytest.approx(0.5)
    assert report.confusion is not None
    assert report.confusion.tolist() == [[0, 2], [0, 1]]


def test_labels_that_no_head_knows_are_named(folder: Path, manifest: Manifest):
    (folder / "up").rename(folder / "left")
    (folder / "down").rename(folder / "right")
    with pytest.raises(DataError, match="no head of the bundle knows left, right"):
        evaluate(request(folder, manifest, "c"))
