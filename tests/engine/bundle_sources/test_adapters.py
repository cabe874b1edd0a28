"""Detectors of others as bundles: the same boxes as their own decoding gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.backends.onnxruntime_backend import OnnxRuntimeBackend
from engine.bundle import load_bundle
from engine.bundle_sources.gallery import Entry, gallery, make_bundle
from engine.bundle_sources.install import Request, install
from engine.errors import BundleError
from engine.postprocess import decode_boxes
from engine.sources import open_source
from tests.engine.bundle_sources.servers import serving

if TYPE_CHECKING:
    from pathlib import Path


def published(path: Path, size: int, answer: np.ndarray) -> Path:
    """A graph that takes a picture and always gives `answer`, but for the picture's mean."""
    nodes = [
        helper.make_node("ReduceMean", ["data"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nought"]),
        helper.make_node("Add", ["answer", "nought"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "detector",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, size, size])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, answer.shape)],
        [
            numpy_helper.from_array(answer.astype(np.float32), "answer"),
            numpy_helper.from_array(np.zeros(1, np.float32), "zero"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7)
    path.write_bytes(model.SerializeToString())
    return path


def boxes_of(folder: Path, size: int) -> list[tuple[str, float, list[float]]]:
    bundle = load_bundle(folder)
    backend = OnnxRuntimeBackend(bundle, 1)
    frame = np.full((1, size, size, 3), 90, np.uint8)
    heads = backend.step(frame, np.full(1, 1 / 30, np.float32), {}).heads
    head = bundle.manifest.heads[0]
    found = decode_boxes(heads, head, size, size, 0.3)
    return [
        (head.labels[c].en, round(float(p), 3), [round(v, 1) for v in xyxy])
        for c, p, xyxy in zip(found.class_id, found.confidence, found.xyxy.tolist(), strict=True)
    ]


def entry(adapter: str, size: int) -> Entry:
    name = "yolox-nano" if adapter == "yolox" else "nanodet-plus-320"
    return gallery()[name].model_copy(update={"width": size, "height": size})


def test_yolox_is_decoded_as_its_authors_do(tmp_path):
    answer = np.zeros((1, 8 * 8 + 4 * 4 + 2 * 2, 85))
    place = 8 * 8 + 1 * 4 + 2  # second level: row 1, column 2, cells of 16 pixels
    answer[0, place, :4] = [0.5, 0.25, np.log(2), np.log(1)]
    answer[0, place, 4], answer[0, place, 5 + 2] = 0.9, 0.8
    (tmp_path / "b").mkdir()
    path = published(tmp_path / "y.onnx", 64, answer)
    make_bundle("yolox-test", entry("yolox", 64), path, tmp_path / "b")
    centre, half = (2.5 * 16, 1.25 * 16), (16.0, 8.0)
    corners = [centre[0] - 16, centre[1] - 8, centre[0] + half[0], centre[1] + half[1]]
    assert boxes_of(tmp_path / "b", 64) == [("car", 0.72, corners)]


def test_nanodet_is_decoded_as_its_authors_do(tmp_path):
    answer = np.zeros((1, 8 * 8 + 4 * 4 + 2 * 2 + 1, 80 + 32))
    place = 3 * 8 + 4  # first level: row 3, column 4, cells of 8 pixels
    answer[0, place, 0] = 0.7
    for side, distance in enumerate((1, 2, 3, 2)):
        answer[0, place, 80 + 8 * side + distance] = 50.0
    (tmp_path / "b").mkdir()
    path = published(tmp_path / "n.onnx", 64, answer)
    make_bundle("nanodet-test", entry("nanodet-plus", 64), path, tmp_path / "b")
    assert boxes_of(tmp_path / "b", 64) == [("person", 0.7, [24.0, 8.0, 56.0, 40.0])]


def test_another_graph_is_refused(tmp_path):
    (tmp_path / "b").mkdir()
    path = published(tmp_path / "y.onnx", 64, np.zeros((1, 84, 20)))
    with pytest.raises(BundleError, match=r"it gives \[1, 84, 20\], not \[1, 84, 85\]"):
        make_bundle("x", entry("yolox", 64), path, tmp_path / "b")
    path.write_bytes(b"hello")
    with pytest.raises(BundleError, match="no ONNX model"):
        make_bundle("x", entry("yolox", 64), path, tmp_path / "b")


def test_the_gallery_is_free_and_its_labels_are_complete():
    assert {"yolox-nano", "yolox-tiny", "yolox-s", "nanodet-plus-320"} <= gallery().keys()
    for one in gallery().values():
        assert one.licence == "Apache-2.0"
        assert one.address.startswith("https://")


@pytest.mark.shared
def test_yolox_nano_from_a_server_sees_people_in_the_street(shared_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    data = (shared_dir / "teachers" / "yolox_nano.onnx").read_bytes()
    with serving(data) as (address, how):
        how.cut_after = 2_000_000
        known = dict(gallery())
        known["yolox-nano"] = known["yolox-nano"].model_copy(update={"address": address})
        monkeypatch.setattr("engine.bundle_sources.install.gallery", lambda: known)
        bundle = install(Request("yolox-nano"))
    assert bundle is not None
    assert len(how.asked) == 2
    source = open_source(shared_dir / "data" / "video" / "vtest.mp4")
    frame = source.read()
    source.close()
    assert frame is not None
    backend = OnnxRuntimeBackend(bundle, 1)
    pixels = frame.picture.rgb(416, 416)[None]
    dt_s = np.full(1, 0.1, np.float32)
    heads = backend.step(pixels, dt_s, {}).heads
    picture = frame.picture
    found = decode_boxes(heads, bundle.manifest.heads[0], picture.width, picture.height, 0.5)
    people = found.xyxy[found.class_id == 0]
    assert len(people) >= 3
    assert ((people[:, 3] - people[:, 1]) > 40).all()
    two = backend.step(np.repeat(pixels, 2, 0), np.repeat(dt_s, 2), {}).heads
    np.testing.assert_allclose(two["objects.boxes"][1], heads["objects.boxes"][0], atol=1e-4)
    assert onnx.load(bundle.model_path).graph.input[0].name == "frame"
