"""Which places speak for a label."""

from __future__ import annotations

import numpy as np
import pytest

from engine.backends import create_backend, initial_state
from engine.bundle import load_bundle
from models.attribution import Attribution
from models.teaching.attribution import evidence, on_picture
from models.teaching.head import TaughtHead
from models.teaching.reading import READING_SIZE


def test_a_place_that_nothing_depends_on_is_dark() -> None:
    bundle = load_bundle("default")
    attribution, spec = Attribution(bundle.folder), bundle.manifest.input
    rng = np.random.default_rng(0)
    former, rgb = rng.integers(0, 256, (2, spec.height, spec.width, 3)).astype(np.uint8)
    backend = create_backend(bundle, "onnxruntime")
    empty = initial_state(bundle.manifest)
    state = backend.step(former[np.newaxis], np.full(1, 0.04, np.float32), empty).state
    backend.close()
    nothing = attribution.map(rgb, empty, 0.04, "actions.probability", 1)
    assert np.isfinite(nothing).all()
    found = attribution.map(rgb, state, 0.04, "actions.probability", 1)
    assert found.shape == (spec.height // 16, spec.width // 16)
    assert found.max() == pytest.approx(1.0)
    assert found.min() >= 0.0
    other = attribution.map(rgb, state, 0.04, "actions.probability", 4)
    assert np.abs(found - other).max() > 0.1  # it is of the label, not of the picture alone


def test_a_network_without_an_encoder_says_so() -> None:
    with pytest.raises(ValueError, match="no encoder"):
        Attribution(load_bundle("mnist-rows").folder)


def test_a_taught_head_names_the_cell_that_counts() -> None:
    weights = np.zeros((2, 112, 3, 3, 2), np.float32)
    weights[0, 5, 0, 2, 1] = 2.0  # the upper right cell speaks for the second label
    head = TaughtHead(
        np.zeros(READING_SIZE, np.float32),
        np.ones(READING_SIZE, np.float32),
        weights.reshape(READING_SIZE, 2),
        np.zeros(2, np.float32),
    )
    cells = evidence(head, np.ones(READING_SIZE, np.float32), 1)
    assert cells.tolist() == [[0.0, 0.0, 2.0], [0.0] * 3, [0.0] * 3]
    assert evidence(head, np.ones(READING_SIZE, np.float32), 0).max() == 0.0
    shown = on_picture(cells, np.array([0.5, 0.0, 1.0, 0.5], np.float32), (12, 12))
    assert shown.max() == 1.0
    rows, columns = np.nonzero(shown)
    assert (rows.max(), columns.min()) == (1, 10)


def test_evidence_against_a_label_is_not_shown() -> None:
    assert not on_picture(np.full((3, 3), -1.0, np.float32), np.array([0, 0, 1, 1]), (6, 6)).any()
