"""What a user changes about a bundle holds wherever it is loaded."""

from __future__ import annotations

import numpy as np
import pytest

from engine.adjustments import Adjustments, adjustments_path, load_adjustments, save_adjustments
from engine.backends import create_backend, initial_state
from engine.bundle import list_bundles, load_bundle
from engine.errors import BackendError
from engine.lessons.attach import is_current


def test_a_threshold_is_that_of_the_label_everywhere() -> None:
    before = load_bundle("default")
    save_adjustments("default", Adjustments(thresholds={"actions": {"falling": 0.75, "flying": 1}}))
    assert not is_current(before)
    after = load_bundle("default")
    assert is_current(after)
    head = after.manifest.head("actions")
    values = dict(zip((label.en for label in head.labels), head.thresholds, strict=True))
    assert values.pop("falling") == 0.75
    assert set(values) < {label.en for label in before.manifest.head("actions").labels}
    assert after.manifest.head("objects") == before.manifest.head("objects")


def test_a_head_that_is_off_is_not_run() -> None:
    others = [head.name for head in load_bundle("default").manifest.heads if head.name != "actions"]
    save_adjustments("default", Adjustments(heads_off=tuple(others)))
    bundle = load_bundle("default")
    assert [head.name for head in bundle.manifest.heads] == ["actions"]
    backend = create_backend(bundle, "onnxruntime")
    spec = bundle.manifest.input
    frame = np.zeros((1, spec.height, spec.width, 3), np.uint8)
    output = backend.step(frame, np.full(1, 0.04, np.float32), initial_state(bundle.manifest))
    assert set(output.heads) == {"actions.probability"}
    assert set(output.state) == {tensor.name for tensor in bundle.manifest.state}
    backend.close()
    with pytest.raises(BackendError, match="switched off"):
        create_backend(bundle, "torch")


def test_one_head_stays_on() -> None:
    manifest = load_bundle("default").manifest
    names = tuple(head.name for head in manifest.heads)
    assert Adjustments(heads_off=names).apply(manifest) == manifest


def test_lists_show_what_the_maker_left() -> None:
    save_adjustments("default", Adjustments(heads_off=("fight",)))
    found = next(bundle for bundle in list_bundles() if bundle.manifest.name == "default")
    assert "fight" in {head.name for head in found.manifest.heads}


def test_nothing_changed_leaves_no_file() -> None:
    save_adjustments("default", Adjustments(heads_off=("fight",)))
    assert adjustments_path("default").exists()
    save_adjustments("default", Adjustments())
    assert not adjustments_path("default").exists()
    assert load_adjustments("default") == Adjustments()


@pytest.mark.parametrize("content", ["{", '{"thresholds": {"actions": {"falling": 2}}}', "[]"])
def test_a_broken_file_counts_for_nothing(content: str) -> None:
    path = adjustments_path("default")
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert load_adjustments("default") == Adjustments()
