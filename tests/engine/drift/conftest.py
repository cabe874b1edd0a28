from __future__ import annotations

import hashlib
import json

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from engine.bundle import load_bundle


@pytest.fixture(autouse=True)
def _short_runs_prove_something(monkeypatch):
    monkeypatch.setattr("engine.drift.report.SHORTEST_RUN", 100)


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@pytest.fixture(scope="module")
def clip(tmp_path_factory, make_clip):
    return str(make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", frames=60))


@pytest.fixture
def make_variant(bundle):
    """Write the int8 variant of the tiny bundle: its graph with some constants changed."""

    def make(**constants):
        from engine.backends.precision import Precision
        from engine.drift.store import variant_folder

        model = onnx.load(str(bundle.model_path))
        for tensor in model.graph.initializer:
            if tensor.name in constants:
                value = np.asarray(constants[tensor.name], np.float32)
                tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
        folder = variant_folder(bundle, Precision.INT8, "onnxruntime")
        folder.mkdir(parents=True, exist_ok=True)
        data = model.SerializeToString()
        (folder / "model.onnx").write_bytes(data)
        manifest = json.loads((bundle.folder / "manifest.json").read_text())
        manifest["files"] = {"model.onnx": hashlib.sha256(data).hexdigest()}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder

    return make
