"""Bundles as strangers might make them: each recipe spoils a good bundle in one way."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Callable

Recipe = "Callable[[Path], None]"
CANARY = "code-was-run"


class Bomb:
    """Unpickled, it leaves a file behind: proof that something was run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.folder / CANARY,))


def rewrite(folder: Path, **changes: Any) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def seal(folder: Path) -> None:
    """Make the sums right again: a stranger can do that too."""
    files = json.loads((folder / "manifest.json").read_text())["files"]
    sums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.is_file() and path.name != "manifest.json"
    }
    rewrite(folder, files=files | sums)


def put(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    seal(folder)


def with_model(change: Callable[[onnx.ModelProto, Path], None]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        model = onnx.load(folder / "model.onnx", load_external_data=False)
        change(model, folder)
        put(folder, "model.onnx", model.SerializeToString())

    return spoil


# -- pickles -------------------------------------------------------------------------------------


def pickle_as(name: str, protocol: int = 4) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        put(folder, name, pickle.dumps(Bomb(folder), protocol))

    return spoil


def torch_archive_as(name: str) -> Callable[[Path], None]:
    """A ZIP with ``data.pkl``, as ``torch.save`` writes it."""

    def spoil(folder: Path) -> None:
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("archive/data.pkl", pickle.dumps(Bomb(folder)))
        seal(folder)

    return spoil


def numpy_objects(folder: Path) -> None:
    np.save(folder / "weights.npy", np.array([Bomb(folder)], object), allow_pickle=True)
    seal(folder)


def pickle_unnamed(folder: Path) -> None:
    (folder / "extra.pkl").write_bytes(pickle.dumps(Bomb(folder)))


# -- graphs --------------------------------------------------------------------------------------


def external(location: str, prepare: Callable[[Path], None] | None = None, **entries: str) -> Any:
    def change(model: onnx.ModelProto, folder: Path) -> None:
        if prepare:
            prepare(folder)
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in {"location": location, **entries}.items():
            entry = tensor.external_data.add()
            entry.key, entry.value = key, value

    return with_model(change)


def _secret(folder: Path) -> Path:
    secret = folder.parent / "secret.txt"
    secret.write_bytes(b"secret" * 100)
    return secret


def symlink_to_secret(folder: Path) -> None:
    (folder / "link.txt").symlink_to(_secret(folder))


def hard_link_to_secret(folder: Path) -> None:
    os.link(_secret(folder), folder / "hard.txt")


@with_model
def external_entry_only(model: onnx.ModelProto, folder: Path) -> None:
    entry = model.graph.initializer[0].external_data.add()
    entry.key, entry.value = "location", "model.onnx"


@with_model
def external_in_attribute(model: onnx.ModelProto, folder: Path) -> None:
    tensor = TensorProto(name="t", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=tensor))


@with_model
def external_in_sparse_attribute(model: onnx.ModelProto, folder: Path) -> None:
    node = helper.make_node("Constant", [], ["c"])
    attribute = node.attribute.add()
    attribute.name, attribute.type = "sparse_value", onnx.AttributeProto.SPARSE_TENSOR
    values = attribute.sparse_tensor.values
    values.name, values.data_type = "v", TensorProto.FLOAT
    values.data_location = TensorProto.EXTERNAL
    model.graph.node.append(node)


@with_model
def external_in_branch(model: onnx.ModelProto, folder: Path) -> None:
    tensor = TensorProto(name="t", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    out = helper.make_tensor_value_info("t", TensorProto.FLOAT, [1])
    branch = helper.make_graph([], "branch", [], [out], initializer=[tensor])
    model.graph.node.append(
        helper.make_node("If", ["zero"], ["x"], then_branch=branch, else_branch=branch)
    )


def operator(op: str, domain: str = "") -> Callable[[Path], None]:
    @with_model
    def change(model: onnx.ModelProto, folder: Path) -> None:
        model.graph.node.append(helper.make_node(op, ["zero"], ["surprise"], domain=domain))
        model.opset_import.append(helper.make_opsetid(domain or "stranger", 1))

    return change


@with_model
def own_function(model: onnx.ModelProto, folder: Path) -> None:
    node = helper.make_node("Identity", ["x"], ["y"])
    model.functions.append(
        helper.make_function("own", "Do", ["x"], ["y"], [node], [helper.make_opsetid("", 17)])
    )


@with_model
def nan_weights(model: onnx.ModelProto, folder: Path) -> None:
    model.graph.initializer.append(
        numpy_helper.from_array(np.array([1, np.nan], np.float32), "stray")
    )


@with_model
def nan_half_weights(model: onnx.ModelProto, folder: Path) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([np.nan], np.float16), "stray"))


@with_model
def claims_more_than_stored(model: onnx.ModelProto, folder: Path) -> None:
    model.graph.initializer[0].dims[:] = [1 << 40]


@with_model
def huge_constant_of_shape(model: onnx.ModelProto, folder: Path) -> None:
    """A runtime folds it while loading: eight terabytes of zeros from eight bytes."""
    model.graph.initializer.append(
        numpy_helper.from_array(np.array([1 << 20, 1 << 20], np.int64), "vast")
    )
    model.graph.node.append(helper.make_node("ConstantOfShape", ["vast"], ["zeros"]))


@with_model
def huge_expand(model: onnx.ModelProto, folder: Path) -> None:
    model.graph.initializer.append(
        numpy_helper.from_array(np.array([1 << 16, 1 << 16], np.int64), "vast")
    )
    model.graph.node.append(helper.make_node("Expand", ["zero", "vast"], ["zeros"]))


@with_model
def wrong_state_size(model: onnx.ModelProto, folder: Path) -> None:
    (state,) = (value for value in model.graph.input if value.name == "actions.trace.h")
    state.type.tensor_type.shape.dim[1].dim_value = 4


@with_model
def wrong_state_type(model: onnx.ModelProto, folder: Path) -> None:
    (state,) = (value for value in model.graph.input if value.name == "actions.trace.h")
    state.type.tensor_type.elem_type = TensorProto.DOUBLE


def many_empty_nodes(folder: Path) -> None:
    """Two bytes each in the file, a hundred when parsed."""
    graph = b"\x0a\x00" * 3_000_000
    length, size = b"", len(graph)
    while size > 0x7F:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    put(folder, "model.onnx", b"\x3a" + length + bytes([size]) + graph)


# -- safetensors ---------------------------------------------------------------------------------


def tensors(header: dict[str, Any] | bytes, values: bytes) -> Callable[[Path], None]:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()

    def spoil(folder: Path) -> None:
        put(folder, "weights.safetensors", struct.pack("<Q", len(text)) + text + values)

    return spoil


def f32(begin: int, end: int, *shape: int) -> dict[str, Any]:
    return {"dtype": "F32", "shape": list(shape), "data_offsets": [begin, end]}


def huge_header(folder: Path) -> None:
    size = 200 << 20
    path = folder / "weights.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", size))
        file.truncate(8 + size)  # sparse: nothing is stored
    seal(folder)


# -- files ---------------------------------------------------------------------------------------


def pipe_for_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")


def link_for_model(folder: Path) -> None:
    real = folder.parent / "real.onnx"
    (folder / "model.onnx").rename(real)
    (folder / "model.onnx").symlink_to(real)


def vast_model(folder: Path) -> None:
    """A file of 100 GB that takes no room."""
    os.truncate(folder / "model.onnx", 100 << 30)


def altered(folder: Path) -> None:
    with (folder / "model.onnx").open("ab") as file:
        file.write(b"\0")


def named(name: str) -> Callable[[Path], None]:
    return lambda folder: rewrite(
        folder, files=json.loads((folder / "manifest.json").read_text())["files"] | {name: "0" * 64}
    )


def changed(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: rewrite(folder, **changes)
