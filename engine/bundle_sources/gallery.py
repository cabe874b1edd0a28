"""The gallery: detectors that others published under a free licence, by name."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from engine.bundle.graph import parse_graph
from engine.bundle.names import MANIFEST, MODEL
from engine.bundle_sources.adapters import HEAD, adapt
from models.spec import HeadKind, HeadSpec, InputSpec, Label, Manifest, Provenance

if TYPE_CHECKING:
    from pathlib import Path

_THRESHOLD: Final = 0.35
_RATE_HZ: Final = 30.0


class Entry(BaseModel):
    """A detector in the gallery.

    Attributes
    ----------
    sha256
        Of the file as published; None where nobody here has had it yet.
    published_ap
        COCO average precision that its authors give.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Label
    address: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None
    adapter: Literal["yolox", "nanodet-plus"]
    width: int
    height: int
    licence: str
    by: str
    published_ap: float


@lru_cache(maxsize=1)
def gallery() -> dict[str, Entry]:
    """Return what there is, by name."""
    text = files(__package__).joinpath("gallery.json").read_bytes()
    return TypeAdapter(dict[str, Entry]).validate_json(text)


def make_bundle(name: str, entry: Entry, published: Path, folder: Path) -> None:
    """Make a bundle of a detector's published graph, in the empty folder `folder`.

    Raises
    ------
    BundleError
        If the file is no graph, or not that detector's.
    """
    model = parse_graph(published.read_bytes(), published)
    labels = [Label(en=en, zh=zh) for en, zh in _coco()]
    adapt(model, entry.adapter, entry.width, entry.height, len(labels))
    data = model.SerializeToString()
    (folder / MODEL).write_bytes(data)
    manifest = Manifest(
        name=name,
        version="1",
        title=entry.title,
        input=InputSpec(width=entry.width, height=entry.height, rate_hz=_RATE_HZ),
        state=(),
        heads=(
            HeadSpec(
                name=HEAD,
                kind=HeadKind.BOXES,
                labels=tuple(labels),
                thresholds=(_THRESHOLD,) * len(labels),
            ),
        ),
        files={MODEL: hashlib.sha256(data).hexdigest()},
        provenance=Provenance(
            created="as published",
            command=f"longtake bundles install {name}",
            data=(f"{entry.by}, from {entry.address}",),
            licence=entry.licence,
        ),
        metrics={"published.coco_ap": entry.published_ap},
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _coco() -> list[tuple[str, str]]:
    """Return the names of the 80 classes of COCO, in English and Chinese, in their order."""
    rows = json.loads(files(__package__).joinpath("coco.json").read_bytes())
    return [(en, zh) for en, zh in rows]
