"""Writes a network as a model bundle: graph, weights, card, manifest."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import torch
from safetensors.torch import save_file

from models.network import WEIGHTS, round_to_half
from models.spec import InputSpec, Manifest, Provenance, TensorSpec
from models.to_onnx import export_onnx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.bundled_network import BundledNetwork
    from models.spec import HeadSpec, Label

MODEL: Final = "model.onnx"
CARD: Final = "MODEL_CARD.md"
MANIFEST: Final = "manifest.json"


def write_bundle(
    folder: Path,
    network: BundledNetwork,
    *,
    name: str,
    version: str,
    title: Label,
    frame: InputSpec,
    heads: Sequence[HeadSpec],
    provenance: Provenance,
    metrics: Mapping[str, float],
    card: str,
) -> Manifest:
    """Write a bundle, replacing one that is there only when the new one is complete.

    The weights of `network` are rounded to float16 in place, so that the stored weights and the
    graph hold the same values.

    Parameters
    ----------
    card
        The model card, Markdown.

    Returns
    -------
    Manifest
        As written.
    """
    round_to_half(network.eval())
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        partial = Path(scratch) / "bundle"
        partial.mkdir()
        outputs = [output for head in heads for output in head.output_names]
        model = export_onnx(network, outputs, frame.width, frame.height)
        (partial / MODEL).write_bytes(model.SerializeToString())
        _write_weights(partial / WEIGHTS, network)
        (partial / CARD).write_text(card, encoding="utf-8")
        manifest = Manifest(
            name=name,
            version=version,
            title=title,
            input=frame,
            state=tuple(
                TensorSpec(name=spec.name, shape=spec.shape) for spec in network.state_spec()
            ),
            heads=tuple(heads),
            files={path.name: _sha256(path) for path in sorted(partial.iterdir())},
            provenance=provenance,
            metrics=dict(metrics),
        )
        (partial / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        partial.rename(folder)
    return manifest


def _write_weights(path: Path, network: BundledNetwork) -> None:
    tensors = {
        key: tensor.half().contiguous() if tensor.is_floating_point() else tensor
        for key, tensor in network.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    with torch.no_grad():
        save_file(tensors, path, metadata=network.metadata())
    path.chmod(0o644)  # it is written for its owner alone, but ships to everyone


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
