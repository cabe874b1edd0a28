from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from models.to_onnx import store_as_half


def _graph() -> tuple[onnx.ModelProto, dict[str, np.ndarray]]:
    rng = np.random.default_rng(1)
    exact = rng.normal(size=(64, 64)).astype(np.float16).astype(np.float32)
    weights = {
        "exact": exact,
        "finer": exact + np.float32(1e-6),
        "huge": np.where(exact > 2, np.float32(1e6), exact),
        "bare": exact[:, :, None, None].copy(),
        "small": exact[:1].copy(),
    }
    nodes = [
        helper.make_node("MatMul", ["x", "exact"], ["a"]),
        helper.make_node("MatMul", ["a", "finer"], ["b"]),
        helper.make_node("MatMul", ["b", "huge"], ["c"]),
        helper.make_node("Add", ["c", "small"], ["d"]),
        helper.make_node("Reshape", ["d", "as_map"], ["e"]),
        helper.make_node("Conv", ["e", "bare"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [2, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 64, 1, 1])],
        [
            *(numpy_helper.from_array(value, name) for name, value in weights.items()),
            numpy_helper.from_array(np.array([2, 64, 1, 1]), "as_map"),
        ],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8), weights


def _run(model: onnx.ModelProto) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    x = np.random.default_rng(2).normal(size=(2, 64)).astype(np.float32)
    return np.asarray(session.run(None, {"x": x})[0])


def test_weights_that_are_float16_anyway_take_half_and_the_graph_computes_the_same() -> None:
    model, weights = _graph()
    before, size = _run(model), model.ByteSize()
    store_as_half(model)
    onnx.checker.check_model(model, full_check=True)
    stored = {tensor.name: tensor.data_type for tensor in model.graph.initializer}
    halved = {name for name, kind in stored.items() if kind == TensorProto.FLOAT16}
    assert halved == {"exact.half"}
    assert stored["finer"] == stored["huge"] == stored["bare"] == TensorProto.FLOAT
    assert np.array_equal(_run(model), before)
    assert size - model.ByteSize() > 0.9 * weights["exact"].nbytes / 2
