from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.backends.halves import part
from models.quantize.static import join, quantise, simplify

SIZE = 32


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """A picture through a convolution with a clip, averaged into a memory of one step."""
    rng = np.random.default_rng(0)
    nodes = [
        helper.make_node("Transpose", ["frame"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["planes"], ["pixels"], to=TensorProto.FLOAT),
        helper.make_node("Div", ["pixels", "k255"], ["scaled"]),
        helper.make_node("Conv", ["scaled", "weight"], ["sums"], name="conv", pads=[1] * 4),
        helper.make_node("Clip", ["sums", "zero", "six"], ["clipped"], name="clip"),
        helper.make_node("ReduceMean", ["clipped"], ["seen"], axes=[2, 3], keepdims=0),
        helper.make_node("Add", ["seen", "m.h"], ["next.m.h"], name="remember"),
    ]
    constants = {
        "k255": np.float32(255),
        "zero": np.float32(0),
        "six": np.float32(6),
        "weight": rng.normal(size=(8, 3, 3, 3)).astype(np.float32),
    }
    made = helper.make_graph(
        nodes,
        "conv",
        [
            helper.make_tensor_value_info("frame", TensorProto.UINT8, ["B", SIZE, SIZE, 3]),
            helper.make_tensor_value_info("m.h", TensorProto.FLOAT, ["B", 8]),
        ],
        [helper.make_tensor_value_info("next.m.h", TensorProto.FLOAT, ["B", 8])],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
    )
    path = tmp_path_factory.mktemp("graph") / "model.onnx"
    onnx.save(
        helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path
    )
    return path


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(1).integers(0, 256, (8, SIZE, SIZE, 3), dtype=np.uint8)


def test_what_sees_is_quantised_and_what_remembers_is_not(graph, pictures):
    simple = simplify(graph)
    halves = part(simple)
    whole = join(quantise(halves.first, pictures), halves.second, simple)
    model = onnx.load_from_string(whole)
    kinds = [node.op_type for node in model.graph.node]
    assert "QuantizeLinear" in kinds
    assert [value.name for value in model.graph.input] == ["frame", "m.h"]
    remember = next(node for node in model.graph.node if node.name == "remember")
    assert "m.h" in remember.input
    stored = {t.name: t.data_type for t in model.graph.initializer}
    assert any(kind == TensorProto.INT8 for kind in stored.values())
    feed = {"frame": pictures[:1], "m.h": np.full((1, 8), 0.5, np.float32)}
    (exact,) = ort.InferenceSession(graph).run(None, feed)
    (fast,) = ort.InferenceSession(whole).run(None, feed)
    assert np.abs(fast - exact).max() < 0.02
    assert not np.array_equal(fast, exact)


def test_plans_get_ranges_around_nought_and_exact_biases(graph, pictures):
    halves = part(simplify(graph))
    model = onnx.load_from_string(quantise(halves.first, pictures, symmetric=True))
    stored = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    points = [stored[n.input[2]] for n in model.graph.node if n.op_type == "DequantizeLinear"]
    assert points
    assert not any(point.any() for point in points)
    assert {point.dtype for point in points} == {np.dtype(np.int8)}


def test_a_file_that_is_no_graph_is_refused(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"nothing")
    with pytest.raises(RuntimeError, match="cannot load"):
        simplify(path)
