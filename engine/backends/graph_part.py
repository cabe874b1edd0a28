"""The part of a bundle's graph that some of its heads need: others cost nothing then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import BackendError
from models.spec import DT_INPUT, FRAME_INPUT, NEXT_PREFIX, SHARED_STATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.bundle import Bundle
    from models.spec import HeadSpec, Manifest


def part_of(manifest: Manifest, heads: Sequence[HeadSpec]) -> Manifest:
    """Return `manifest` as it would be of a bundle that had only `heads`."""
    owners = {SHARED_STATE, *(head.name for head in heads)}
    state = tuple(spec for spec in manifest.state if spec.name.split(".", 1)[0] in owners)
    return manifest.model_copy(update={"heads": tuple(heads), "state": state})


def outputs_of(manifest: Manifest, heads: Sequence[HeadSpec] | None) -> tuple[str, ...]:
    """Return the names of what a graph with these heads gives, all heads' by default."""
    part = manifest if heads is None else part_of(manifest, heads)
    said = [name for head in part.heads for name in head.output_names]
    return (*said, *(NEXT_PREFIX + spec.name for spec in part.state))


def graph_of(bundle: Bundle, heads: Sequence[HeadSpec] | None) -> str | bytes:
    """Return what a runtime loads: the path of the whole graph, or the bytes of a part of it.

    Raises
    ------
    BackendError
        When the heads cannot be had alone, because they feed on another's state.
    """
    if heads is None:
        return str(bundle.model_path)
    import onnx
    from onnx.utils import Extractor

    part = part_of(bundle.manifest, heads)
    states = [spec.name for spec in part.state]
    try:
        graph = Extractor(onnx.load(str(bundle.model_path))).extract_model(
            [FRAME_INPUT, DT_INPUT, *states], [*outputs_of(bundle.manifest, heads)]
        )
    except (ValueError, KeyError, onnx.checker.ValidationError) as error:
        raise BackendError(
            f"The model {bundle.manifest.name!r} cannot run {', '.join(h.name for h in heads)} "
            f"without its other heads: {error}"
        ) from error
    return graph.SerializeToString()
