"""Which rows the benchmark of the model has, and what is made of them; and the count of a graph."""

from __future__ import annotations

import pytest

from benchmarks import card, model, roofline
from engine.backends.choice import measure_step_ms
from engine.bundle import load_bundle
from tests.engine.backends.fake_device import HostDevice


def test_ways_on_a_card_are_rows_by_themselves(tiny_bundle, monkeypatch, capsys):
    bundle = load_bundle(tiny_bundle)
    monkeypatch.setattr(card, "_of_torch", lambda bundle, device: {})
    rows = dict(card.load_ways(bundle, HostDevice()))
    assert list(rows) == ["onnxruntime-cuda f32, bound"]
    assert measure_step_ms(bundle, rows["onnxruntime-cuda f32, bound"], 3) > 0
    assert "state through the host: left out" in capsys.readouterr().out


def test_what_is_compared():
    medians = {
        "torch f32, eager": 8.0,
        "torch f32, compiled": 1.0,
        "torch f32, eager, state through the host": 9.0,
        "openvino f32, 1 thread": 4.0,
        "tensorrt f32, as in the app": 2.0,
        "tensorrt fp16, as in the app": 1.0,
    }
    assert model.ratios(medians) == {
        "torch eager ÷ best f32": 4.0,
        "torch eager ÷ best": 8.0,
        "f32 ÷ tensorrt fp16, as in the app": 2.0,
    }
    several = {"tensorrt f32, as in the app": 2.0, "tensorrt f32, as in the app, 8 at once": 4.0}
    assert list(model.keeps_up(several, 25.0).values()) == [20.0, 80.0]


def test_the_floor_counts_multiplications_and_bytes(tiny_bundle):
    cost = roofline.Cost((roofline.Layer("Conv", 1000, 10, 50),), boundary=40)
    assert cost.fused_s(1e3, 1e9, 4, 2) == 4.0  # it computes longer than it reads
    assert cost.fused_s(1e9, 1e3, 4, 2) == pytest.approx(4 * (10 + 40 * 2) / 1e3)
    assert cost.layered_s(1e9, 1e3, 4, 2) == pytest.approx(4 * (10 + 50 * 2) / 1e3)
    counted = roofline.count(roofline.one_frame(load_bundle(tiny_bundle).model_path))
    assert counted.boundary == 48 * 64 * 3 + 1 + 2 * (3 + 1) + 3 + 12 + 3 + 3
