"""The shipped bundle of the articles' tutorial."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
import torch

from assets import asset
from engine.bundle import Bundle, load_bundle
from models.data.mnist import read_digits
from models.network import load_network

_SAMPLE = 2000


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle("mnist-rows")


def _probability(bundle: Bundle, frames: np.ndarray) -> np.ndarray:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(
        str(bundle.model_path), options, providers=["CPUExecutionProvider"]
    )
    dt_s = np.ones(len(frames), np.float32)
    (probability,) = session.run(["digits.probability"], {"frame": frames, "dt_s": dt_s})
    return probability


def test_it_says_what_it_is_and_how_good(bundle: Bundle):
    assert [label.en for label in bundle.manifest.head("digits").labels] == list("0123456789")
    assert bundle.manifest.state == ()
    assert bundle.manifest.metrics["accuracy"] >= 0.99
    assert bundle.manifest.metrics["accuracy_without_memory"] < 0.5
    card = (asset("bundles") / "mnist-rows/MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"{bundle.manifest.metrics['accuracy']:.4f}" in card
    assert bundle.manifest.provenance.command in card


@pytest.mark.parametrize("guide", ["mnist-rows.md", "mnist-rows.zh.md"])
def test_the_guide_tells_the_figures_of_the_bundle(bundle: Bundle, guide: str):
    text = (Path(__file__).parents[3] / "docs" / guide).read_text(encoding="utf-8")
    metrics = bundle.manifest.metrics
    assert f"Test accuracy: {metrics['accuracy']:.4f}" in text
    assert f"Test accuracy without memory: {metrics['accuracy_without_memory']:.4f}" in text


def test_its_graph_and_its_weights_say_the_same(bundle: Bundle):
    frames = np.random.default_rng(0).integers(0, 256, (8, 28, 28, 3), dtype=np.uint8)
    frames[:, :, :8] = 0
    network = load_network(bundle.folder)
    with torch.inference_mode():
        wanted, _ = network.step(torch.from_numpy(frames), {}, torch.ones(8))
    np.testing.assert_allclose(
        _probability(bundle, frames), wanted["digits.probability"].numpy(), atol=1e-5
    )


@pytest.mark.shared
def test_it_reads_digits_it_never_saw(bundle: Bundle, shared_dir):
    digits = read_digits(shared_dir / "data/mnist", "test")
    chosen = np.random.default_rng(0).choice(len(digits), _SAMPLE, replace=False)
    frames = np.repeat(digits.images[chosen, :, :, None], 3, axis=3)
    answers = _probability(bundle, frames).argmax(1)
    measured = bundle.manifest.metrics["accuracy"]
    assert (answers == digits.labels[chosen]).mean() == pytest.approx(measured, abs=0.005)
