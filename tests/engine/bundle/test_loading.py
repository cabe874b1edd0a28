from __future__ import annotations

import json
import shutil

import onnx
import pytest

from engine.bundle import load_bundle
from engine.errors import BundleError


@pytest.fixture
def bundle_copy(tiny_bundle, tmp_path):
    return shutil.copytree(tiny_bundle, tmp_path / "copy")


def rewrite(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def reseal(folder, data: bytes):
    import hashlib

    (folder / "model.onnx").write_bytes(data)
    rewrite(folder, files={"model.onnx": hashlib.sha256(data).hexdigest()})


def test_a_good_bundle_loads(tiny_bundle):
    bundle = load_bundle(tiny_bundle)
    assert bundle.manifest.name == "tiny"
    assert bundle.manifest.head("objects").labels[0].zh == "人"


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(BundleError, match=r"no model bundle 'nope'.*Installed:"):
        load_bundle("nope")


def test_a_folder_without_manifest(tmp_path):
    with pytest.raises(BundleError, match=r"no manifest\.json"):
        load_bundle(tmp_path)


def test_an_altered_file_is_named(bundle_copy):
    with (bundle_copy / "model.onnx").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(BundleError, match=r"model\.onnx is damaged or was altered"):
        load_bundle(bundle_copy)


def test_a_missing_file_is_named(bundle_copy):
    (bundle_copy / "model.onnx").unlink()
    with pytest.raises(BundleError, match=r"model\.onnx cannot be read"):
        load_bundle(bundle_copy)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 2}, "made for a newer Longtake"),
        ({"name": "../up"}, "no valid manifest: name"),
        ({"surprise": 1}, "no valid manifest: surprise"),
        ({"heads": []}, "no valid manifest: heads"),
        ({"files": {}}, r"names no model\.onnx"),
        ({"state": []}, "not what its manifest says"),
        ({"input": {"width": 10**9, "height": 48, "rate_hz": 30}}, "no valid manifest: input"),
    ],
)
def test_a_wrong_manifest_says_where(bundle_copy, changes, message):
    rewrite(bundle_copy, **changes)
    with pytest.raises(BundleError, match=message):
        load_bundle(bundle_copy)


def test_a_manifest_that_is_no_json(bundle_copy):
    (bundle_copy / "manifest.json").write_bytes(b"\xff\xfe not json")
    with pytest.raises(BundleError, match="no valid manifest"):
        load_bundle(bundle_copy)


def test_a_file_outside_the_folder_is_refused(bundle_copy):
    digest = json.loads((bundle_copy / "manifest.json").read_text())["files"]["model.onnx"]
    rewrite(bundle_copy, files={"model.onnx": digest, "../elsewhere": digest})
    with pytest.raises(BundleError, match="points outside itself"):
        load_bundle(bundle_copy)


def test_a_symlink_is_refused(bundle_copy, tmp_path):
    real = tmp_path / "real.onnx"
    (bundle_copy / "model.onnx").rename(real)
    (bundle_copy / "model.onnx").symlink_to(real)
    with pytest.raises(BundleError, match="points outside itself"):
        load_bundle(bundle_copy)


def test_bytes_that_are_no_graph(bundle_copy):
    reseal(bundle_copy, b"\x80\x04\x95" + b"x" * 100)
    with pytest.raises(BundleError, match="is no onnx file but a pickle"):
        load_bundle(bundle_copy)


def test_external_data_is_refused(bundle_copy):
    model = onnx.load(bundle_copy / "model.onnx")
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../secret"
    reseal(bundle_copy, model.SerializeToString())
    with pytest.raises(BundleError, match="keeps weights outside itself"):
        load_bundle(bundle_copy)
