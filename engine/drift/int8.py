"""Makes the eight-bit variant of a bundle: a bundle of its own, beside which its report is kept."""

from __future__ import annotations

import hashlib
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from engine.backends.halves import part
from engine.bundle.names import MANIFEST, MODEL
from engine.errors import BundleError
from engine.sources import open_source
from models.spec import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from engine.bundle import Bundle
    from models.spec import InputSpec

CALIBRATION_FRAMES: Final = 64
_STRIDE_IF_UNKNOWN: Final = 10


def make_int8(
    bundle: Bundle,
    clips: Sequence[str],
    folder: Path,
    frames: int = CALIBRATION_FRAMES,
    *,
    for_plans: bool = False,
) -> None:
    """Write the variant into `folder`.

    Parameters
    ----------
    clips
        Recordings whose pictures say what range each layer needs.
    frames
        How many of them.
    for_plans
        Of TensorRT, which takes symmetric ranges only.

    Raises
    ------
    BundleError
        If the graph cannot be parted or quantised, or the folder cannot be written.
    SourceError
        If a clip cannot be read.
    """
    # Pulls in the tools of quantisation, a second of importing.
    from models.quantize.static import join, quantise, simplify

    try:
        simple = simplify(bundle.model_path)
        halves = part(simple)
        if halves is None:
            raise BundleError(
                f"The model {bundle.manifest.name!r} has no part that looks at frames alone.",
                "It cannot be quantised.",
            )
        pictures = sampled(clips, bundle.manifest.input, frames)
        first = quantise(halves.first, pictures, symmetric=for_plans)
        graph = join(first, halves.second, simple)
    except (RuntimeError, ValueError) as error:
        raise BundleError(
            f"The model {bundle.manifest.name!r} cannot be quantised: {error}"
        ) from error
    _write(bundle, graph, folder, clips)


def sampled(clips: Sequence[str], spec: InputSpec, count: int) -> Iterator[NDArray[np.uint8]]:
    """Yield about `count` frames spread over all clips, (H, W, 3) uint8 at the input size.

    Raises
    ------
    SourceError
        If a clip cannot be read.
    """
    quota = max(1, -(-count // max(1, len(clips))))
    for clip in clips:
        with closing(open_source(clip)) as source:
            length = source.info.frame_count
            stride = max(1, length // quota) if length else _STRIDE_IF_UNKNOWN
            taken = 0
            while taken < quota and (frame := source.read()) is not None:
                if frame.index % stride == 0:
                    taken += 1
                    yield frame.picture.rgb(spec.width, spec.height)


def _write(bundle: Bundle, graph: bytes, folder: Path, clips: Sequence[str]) -> None:
    manifest = bundle.manifest.model_copy(
        update={
            "version": f"{bundle.manifest.version}-int8",
            "files": {MODEL: hashlib.sha256(graph).hexdigest()},
            # Those of float32 say nothing of this graph: its drift report does.
            "metrics": {},
            "provenance": Provenance(
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                command="longtake quantize",
                data=(f"model {bundle.model_sha256}", *clips),
                licence=bundle.manifest.provenance.licence,
            ),
        }
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MODEL).write_bytes(graph)
        (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    except OSError as error:
        raise BundleError(f"{folder} cannot be written: {error.strerror}.") from error
