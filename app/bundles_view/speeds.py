"""How fast each runtime runs a bundle, measured here and now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one runtime.

    Attributes
    ----------
    step_ms
        Of one frame; None where it does not run.
    detail
        What it runs on, or why it does not.
    """

    name: str
    step_ms: float | None
    detail: str


def measure_speeds(address: str, stopped: Callable[[], bool] = lambda: False) -> list[Speed]:
    """Load a bundle into every runtime that is there, one after the other; takes seconds.

    What is measured by then is returned once `stopped` says so.
    """
    from engine.backends.choice import create_backend, measure_step_ms, probe_backends
    from engine.bundle import load_bundle
    from engine.errors import LongtakeError

    bundle = load_bundle(address)
    found = []
    for probe in probe_backends():
        if stopped():
            break
        if not probe.available:
            found.append(Speed(probe.name, None, probe.detail))
            continue
        try:
            backend = create_backend(bundle, probe.name)
        except LongtakeError as error:
            found.append(Speed(probe.name, None, error.message))
            continue
        found.append(Speed(probe.name, measure_step_ms(bundle, backend), backend.device))
        backend.close()
    return found
