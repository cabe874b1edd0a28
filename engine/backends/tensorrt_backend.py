"""TensorRT-RTX or TensorRT: one plan of the whole graph, and memory that stays on the card."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING, Final

from engine.backends.graph_part import outputs_of, part_of
from engine.backends.nvidia_card import open_card
from engine.backends.plan_cache import PlanCache, PlanKey
from engine.backends.precision import Precision
from engine.backends.resident_backend import ResidentBackend
from engine.backends.rows import RowByRow
from engine.backends.tensorrt_builder import CURRENT, build_plan
from engine.backends.tensorrt_engine import PlanEngine
from engine.backends.tensorrt_graph import plan_graph
from engine.backends.tensorrt_library import load_library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from engine.backends.base import State, StepOutput
    from engine.backends.device import Device, Engine
    from engine.backends.tensorrt_builder import OnProgress
    from engine.backends.tensorrt_library import Library
    from engine.bundle import Bundle
    from models.spec import HeadSpec

NAME: Final = "tensorrt"

log = logging.getLogger(__name__)


def probe() -> str:
    """Return version and card; raises `ImportError` where either is missing."""
    library = load_library()
    return f"{library.name} {library.version}, {open_card().name}"


class TensorRtBackend(ResidentBackend):
    """Plans are for one row. `threads` means nothing here."""

    def __init__(
        self,
        bundle: Bundle,
        threads: int,
        heads: Sequence[HeadSpec] | None = None,
        precision: Precision = Precision.F32,
        device: Device | None = None,
        load: Callable[[bytes, Library, Device], Engine] = PlanEngine,
    ) -> None:
        library = load_library()
        card = device or open_card()
        target = card.generation if card.generation in library.targets else CURRENT
        graph = plan_graph(bundle, precision, heads)
        plan = cached_plan(graph, precision, library, target, card.name)
        super().__init__(
            NAME,
            precision,
            card,
            lambda rows: load(plan, library, card),
            bundle.manifest if heads is None else part_of(bundle.manifest, heads),
            outputs_of(bundle.manifest, heads),
        )

    def step(self, frame: NDArray[np.uint8], dt_s: NDArray[np.float32], state: State) -> StepOutput:
        """Run one frame of each row; see `engine.backends.base.Backend.step`.

        With one row the state stays on the card; with several it goes through the host.
        """
        run = super().step if len(frame) == 1 else RowByRow(super().step, threads=1)
        return run(frame, dt_s, state)


def cached_plan(
    graph: bytes,
    precision: Precision,
    library: Library,
    target: str,
    card: str,
    on_progress: OnProgress = lambda phase, done, steps: None,
) -> bytes:
    """Return the plan of a graph, built where the cache has none that is whole.

    Parameters
    ----------
    card
        Name of the card, which a plan for ``current`` is kept for.

    Raises
    ------
    BackendError
        When it cannot be built or kept.
    """
    cache = PlanCache()
    key = PlanKey(
        hashlib.sha256(graph).hexdigest(),
        card if target == CURRENT else target,
        library.name,
        library.version,
        precision.value,
    )
    if (plan := cache.read(key)) is not None:
        return plan
    log.info("Building a plan for %s", key.device)
    built = build_plan(library, graph, target, on_progress)
    cache.write(key, built.data)
    return built.data
