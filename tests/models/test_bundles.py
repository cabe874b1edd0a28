"""Bundles: what is written is what was trained, and what ships holds together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import assets
from engine.backends.base import initial_state
from engine.backends.choice import PROVIDERS
from engine.bundle import Bundle, load_bundle
from models.bundle_writer import write_bundle
from models.network import HeadPlan, LongtakeNetwork, load_network, round_to_half
from models.spec import Activation, HeadKind, HeadSpec, InputSpec, Label, Provenance

_MOST_BYTES = 30_000_000
SHIPPED = sorted(path.name for path in (Path(assets.__file__).parent / "bundles").iterdir())


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request: pytest.FixtureRequest) -> Bundle:
    return load_bundle(request.param)


def test_the_default_is_there() -> None:
    assert "default" in SHIPPED


def test_it_is_small_and_its_card_tells_of_every_head(shipped: Bundle) -> None:
    assert sum(path.stat().st_size for path in shipped.folder.iterdir()) <= _MOST_BYTES
    card = (shipped.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert all(head.name in card for head in shipped.manifest.heads)
    assert shipped.manifest.metrics


def test_every_runtime_says_the_same_frame_after_frame(shipped: Bundle) -> None:
    said = {name: _run(shipped, name, 25) for name in ("onnxruntime", "openvino", "torch")}
    for name in ("openvino", "torch"):
        for output, expected in said["onnxruntime"].items():
            if output.endswith("class_id"):
                continue  # places with two classes equally likely may differ
            scale = max(1.0, float(np.abs(expected).max()))
            np.testing.assert_allclose(said[name][output] / scale, expected / scale, atol=2e-3)


def _run(bundle: Bundle, backend_name: str, frames: int) -> dict[str, np.ndarray]:
    """Return what the heads say of the last frame of a drifting picture."""
    backend = PROVIDERS[backend_name].create(bundle, 1)
    spec = bundle.manifest.input
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 255, (spec.height, spec.width, 3), dtype=np.uint8)
    state = initial_state(bundle.manifest)
    dt = np.full(1, 1 / spec.rate_hz, np.float32)
    for t in range(frames):
        step = backend.step(np.roll(picture, t, axis=1)[None], dt, state)
        state = step.state
    backend.close()
    return {name: np.asarray(value) for name, value in step.heads.items()}


@pytest.mark.parametrize("reads", [{}, {"body": True}, {"body": True, "people": 2}])
def test_a_network_comes_back_from_its_bundle_as_it_was(
    tmp_path: Path, reads: dict[str, Any]
) -> None:
    torch.manual_seed(2)
    plan = HeadPlan(
        "deeds",
        "actions",
        {"labels": 2, "rate_hz": 25.0, "activation": "softmax", "hidden": (8, 4), **reads},
    )
    network = LongtakeNetwork((plan,))
    names = (Label(en="walking", zh="行走"), Label(en="sitting", zh="坐"))
    head = HeadSpec(
        name="deeds",
        kind=HeadKind.ACTIONS,
        labels=names,
        thresholds=(0.5, 0.5),
        activation=Activation.SOFTMAX,
    )
    folder = tmp_path / "made"
    write_bundle(
        folder,
        network,
        name="made",
        version="1",
        title=Label(en="Made", zh="试"),
        frame=InputSpec(width=384, height=288, rate_hz=25.0),
        heads=[head],
        provenance=Provenance(created="2026-01-01", command="none", data=()),
        metrics={"deeds.made.accuracy": 0.5},
        card="# Card\n`deeds`\n",
    )
    bundle = load_bundle(folder)
    assert bundle.manifest.heads == (head,)
    restored = load_network(folder)
    frame = torch.randint(0, 255, (1, 288, 384, 3), dtype=torch.uint8)
    dt = torch.tensor([0.04])
    round_to_half(network)
    with torch.inference_mode():
        first, _ = network.step(frame, network.init_state(1), dt)
        second, _ = restored.step(frame, restored.init_state(1), dt)
    assert torch.equal(first["deeds.probability"], second["deeds.probability"])
    said = {name: _run(bundle, name, 5) for name in ("onnxruntime", "openvino", "torch")}
    for name in ("onnxruntime", "openvino"):
        for output, expected in said["torch"].items():
            np.testing.assert_allclose(said[name][output], expected, atol=1e-4)
