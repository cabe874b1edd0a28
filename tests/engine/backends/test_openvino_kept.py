"""Compiled graphs that are kept: found again, the same to the bit, never trusted when altered."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np
import openvino
import pytest

from engine.backends.base import initial_state
from engine.backends.choice import load_in
from engine.backends.precision import Precision
from engine.bundle import load_bundle

if TYPE_CHECKING:
    from pathlib import Path

    from engine.bundle import Bundle


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LONGTAKE_CACHE_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the graphs that are compiled from here on, in operations; small ones left out."""
    sizes: list[int] = []
    compile_model = openvino.Core.compile_model

    def count(core: openvino.Core, model: openvino.Model, *others: object) -> object:
        if (size := len(model.get_ops())) > 50:
            sizes.append(size)
        return compile_model(core, model, *others)

    monkeypatch.setattr(openvino.Core, "compile_model", count)
    return sizes


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle("default")


def said(bundle: Bundle, frames: int = 4) -> list[np.ndarray]:
    """All outputs and all memory of some frames, in a backend loaded anew."""
    backend = load_in(bundle, "openvino", Precision.F32, 1)
    spec = bundle.manifest.input
    rng = np.random.default_rng(3)
    state, dt = initial_state(bundle.manifest), np.full(1, 0.04, np.float32)
    found: list[np.ndarray] = []
    for _ in range(frames):
        frame = rng.integers(0, 255, (1, spec.height, spec.width, 3), dtype=np.uint8)
        step = backend.step(frame, dt, state)
        state = step.state
        found += [*step.heads.values(), *state.values()]
    backend.close()
    return [np.array(value) for value in found]


def test_a_second_start_compiles_nothing_and_says_the_same(
    cache: Path, compiled: list[int], bundle: Bundle
) -> None:
    first = said(bundle)
    assert compiled
    compiled.clear()
    second = said(bundle)
    assert not compiled
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_what_was_altered_is_compiled_again(
    cache: Path, compiled: list[int], bundle: Bundle
) -> None:
    """OpenVINO's own cache would load it, and compute something else."""
    first = said(bundle)
    for plan in (cache / "plans").glob("*.plan"):
        data = bytearray(plan.read_bytes())
        data[len(data) // 2] ^= 255
        plan.write_bytes(data)
    compiled.clear()
    second = said(bundle)
    assert len(compiled) == 2  # both halves
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_what_openvino_does_not_take_is_compiled_again(
    cache: Path, compiled: list[int], bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(bundle, 1)
    compiled.clear()

    def refuse(*_: object) -> None:
        raise RuntimeError("made by another version")

    monkeypatch.setattr(openvino.Core, "import_model", refuse)
    said(bundle, 1)
    assert len(compiled) == 2


def test_where_nothing_can_be_kept_it_works_all_the_same(
    cache: Path, compiled: list[int], bundle: Bundle
) -> None:
    (cache / "plans").write_text("no folder")
    assert said(bundle, 1)
    assert len(compiled) == 2


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
def test_only_the_owner_may_read_them(cache: Path, bundle: Bundle) -> None:
    said(bundle, 1)
    plans = list((cache / "plans").glob("*.plan"))
    assert len(plans) == 2
    assert all(plan.stat().st_mode & 0o077 == 0 for plan in plans)
