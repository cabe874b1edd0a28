"""A bundle from a stranger is data: whatever is in it, nothing runs and the answer is quick."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import pytest

from engine.bundle import load_bundle
from engine.errors import BundleError
from tests.engine.bundle import hostile as h

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 2.0

CASES = {
    # pickles, by name and by content
    "pickle": (h.pickle_as("weights.pkl"), "holds a pickle"),
    "pickle named pt": (h.pickle_as("model.pt"), "holds a pickle"),
    "pickle named bin": (h.pickle_as("pytorch_model.bin"), "holds a pickle"),
    "pickle, old protocol, renamed": (h.pickle_as("weights.safetensors", 2), "but a pickle"),
    "pickle of text, renamed": (h.pickle_as("weights.safetensors", 0), "which is refused"),
    "pickle in the graph's place": (h.pickle_as("model.onnx"), "but a pickle"),
    "pickle of text in the graph's place": (h.pickle_as("model.onnx", 0), "is no ONNX model"),
    "torch archive": (h.torch_archive_as("weights.pth"), "holds a pickle"),
    "torch archive, renamed": (h.torch_archive_as("weights.safetensors"), "or an archive"),
    "numpy objects": (h.numpy_objects, "holds a pickle"),
    "pickle that the manifest hides": (h.pickle_unnamed, "holds a pickle"),
    "code": (lambda folder: h.put(folder, "hook.py", b"import os"), "no bundle needs"),
    "library": (lambda folder: h.put(folder, "op.so", b"\x7fELF"), "no bundle needs"),
    "compiled plan": (lambda folder: h.put(folder, "model.plan", b"ptrt"), "compiled plan"),
    "plan that the manifest hides": (
        lambda folder: (folder / "model.engine").write_bytes(b"ptrt"),
        "compiled plan",
    ),
    # external data
    "external data above": (h.external("../secret.txt", h._secret), "outside itself"),
    "external data, absolute": (h.external("/etc/passwd"), "outside itself"),
    "external data, symlink": (h.external("link.txt", h.symlink_to_secret), "outside itself"),
    "external data, hard link": (h.external("hard.txt", h.hard_link_to_secret), "outside itself"),
    "external data, no folder": (h.external(""), "outside itself"),
    "external data in memory": (
        h.external("*/_ORT_MEM_ADDR_/*", offset="4096", length="4"),
        "outside itself",
    ),
    "external data, entry only": (h.external_entry_only, "outside itself"),
    "external data in an attribute": (h.external_in_attribute, "outside itself"),
    "external data in a sparse one": (h.external_in_sparse_attribute, "outside itself"),
    "external data in a branch": (h.external_in_branch, "outside itself"),
    # graphs
    "custom operator": (h.operator("Evil", "stranger.ops"), "custom operator, 'stranger.ops::Ev"),
    "operator that calls Python": (h.operator("PyOp", "com.microsoft"), "custom operator"),
    "unknown standard operator": (h.operator("SystemCall"), "custom operator"),
    "loop": (h.operator("Loop"), "nothing says that it ends"),
    "own function": (h.own_function, "functions"),
    "NaN": (h.nan_weights, r"no numbers \(NaN\): 'stray'"),
    "NaN in half precision": (h.nan_half_weights, "no numbers"),
    "more claimed than stored": (h.claims_more_than_stored, "another size"),
    "vast constant": (h.huge_constant_of_shape, "8 TB of memory for one tensor"),
    "vast expansion": (h.huge_expand, "32 GB of memory for one tensor"),
    "state of another size": (h.wrong_state_size, "not what its manifest says.*actions.trace.h"),
    "state of another type": (h.wrong_state_type, "not what its manifest says.*actions.trace.h"),
    "three million nodes": (h.many_empty_nodes, "more parts than any model needs"),
    "cut off": (lambda folder: h.put(folder, "model.onnx", b"\x3a\xff\x01\x0a"), "cut off"),
    # weights
    "header of 200 MB": (h.huge_header, "header of 200 MB"),
    "tensors that overlap": (
        h.tensors({"a": h.f32(0, 8, 2), "b": h.f32(4, 12, 2)}, bytes(12)),
        "overlap",
    ),
    "tensors with holes": (
        h.tensors({"a": h.f32(0, 4, 1), "b": h.f32(8, 12, 1)}, bytes(12)),
        "leave holes",
    ),
    "tensor beyond the end": (h.tensors({"a": h.f32(0, 8, 2)}, bytes(4)), "not as long"),
    "tensor of absurd shape": (h.tensors({"a": h.f32(0, 4, 1 << 62)}, bytes(4)), "another size"),
    "tensor of negative shape": (h.tensors({"a": h.f32(0, 4, -1, -1)}, bytes(4)), "another size"),
    "name twice": (
        h.tensors(b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{}}', b""),
        "damaged",
    ),
    "header of brackets": (h.tensors(b"[" * 100_000, b""), "damaged"),
    "NaN among the weights": (
        h.tensors({"a": h.f32(0, 4, 1)}, b"\x00\x00\xc0\x7f"),
        "no numbers",
    ),
    # manifests and files
    "schema from the future": (
        h.changed(schema_version=99, something_new={}),
        "made for a newer Longtake",
    ),
    "altered": (h.altered, "sha256 is not the manifest's"),
    "state not in the graph": (
        h.changed(state=[{"name": "actions.other.h", "shape": [3]}]),
        "not what its manifest says",
    ),
    "absurd state": (
        h.changed(state=[{"name": "actions.trace.h", "shape": [1 << 62] * 6}]),
        "more than a thousand TB",
    ),
    "absurd picture": (
        h.changed(input={"width": 10**30, "height": 48, "rate_hz": 30}),
        "no valid manifest",
    ),
    "no frame rate": (
        h.changed(input={"width": 64, "height": 48, "rate_hz": 1e-300}),
        "no frame rate",
    ),
    "label that commands a terminal": (
        h.changed(title={"en": "\x1b[2J", "zh": "x"}),
        "cannot be printed",
    ),
    "file above": (h.named("../evil.onnx"), "points outside itself"),
    "absolute file": (h.named("/etc/passwd"), "points outside itself"),
    "file of another drive": (h.named("C:evil.onnx"), "points outside itself"),
    "file behind a backslash": (h.named("..\\evil.onnx"), "points outside itself"),
    "link": (h.link_for_model, "points outside itself"),
    "pipe": (h.pipe_for_manifest, "no plain file|no manifest"),
    "vast file": (h.vast_model, "larger than it can be"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_a_reason_at_once_and_nothing_runs(
    name: str, tiny_bundle: Path, tmp_path: Path
):
    spoil, reason = CASES[name]
    folder = shutil.copytree(tiny_bundle, tmp_path / "copy")
    spoil(folder)
    begun = time.process_time()
    with pytest.raises(BundleError, match=reason):
        load_bundle(folder)
    assert time.process_time() - begun < LIMIT_S
    assert not (folder / h.CANARY).exists()


def test_the_canary_would_have_sung(tmp_path: Path):
    import pickle

    pickle.loads(pickle.dumps(h.Bomb(tmp_path)))
    assert (tmp_path / h.CANARY).exists()


def test_sound_weights_pass(tiny_bundle: Path, tmp_path: Path):
    folder = shutil.copytree(tiny_bundle, tmp_path / "copy")
    h.tensors({"a": h.f32(0, 4, 1), "b": h.f32(4, 12, 2), "e": h.f32(12, 12, 0)}, bytes(12))(folder)
    assert load_bundle(folder).manifest.name == "tiny"
