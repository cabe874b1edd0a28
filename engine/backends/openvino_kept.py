"""Graphs as OpenVINO compiled them, kept for the next start: compiling takes most of a start.

OpenVINO's own cache (``CACHE_DIR``) loads a file in which a bit has changed, and computes something
else without a word; so they are sealed as plans are, see `engine.backends.plan_cache`.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from engine.backends.plan_cache import PlanCache, PlanKey
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LEAST_BYTES: Final = 1 << 20
"""Smaller graphs are compiled in no time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """The place of one compiled graph."""

    core: Any
    cache: PlanCache
    key: PlanKey
    options: dict[str, Any]

    def load(self) -> Any | None:
        """Return the compiled graph; None where it is not kept, or OpenVINO does not take it."""
        plan = self.cache.read(self.key)
        if plan is None:
            return None
        try:
            return self.core.import_model(plan, "CPU", self.options)
        except RuntimeError as error:
            log.info("A compiled graph cannot be taken up, so it is compiled again: %s", error)
            return None

    def keep(self, compiled: Any) -> None:
        """Keep a compiled graph; a disk that is full only makes the next start slower."""
        try:
            self.cache.write(self.key, compiled.export_model().getvalue())
        except (BackendError, RuntimeError) as error:
            log.info("What was compiled is not kept: %s", error)


def kept_for(
    core: Any,
    graph: str | bytes,
    sizes: Mapping[str, Sequence[int]],
    options: Mapping[str, Any],
) -> Kept | None:
    """Return where a graph so compiled is kept, or would be; None for small ones.

    Parameters
    ----------
    core
        OpenVINO's.
    graph
        Path or bytes.
    sizes, options
        What it is compiled for.
    """
    import openvino

    content = Path(graph).read_bytes() if isinstance(graph, str) else graph
    if len(content) < _LEAST_BYTES:
        return None
    key = PlanKey(
        graph_sha256=hashlib.sha256(content).hexdigest(),
        device=str(core.get_property("CPU", "FULL_DEVICE_NAME")),
        library="openvino",
        version=str(openvino.__version__),
        precision=json.dumps([{k: list(v) for k, v in sizes.items()}, dict(options)], default=str),
    )
    try:
        return Kept(core, PlanCache(), key, dict(options))
    except BackendError as error:
        log.info("What is compiled is not kept: %s", error)
        return None
