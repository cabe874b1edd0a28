"""How fast each runtime runs a bundle, in each precision it offers, measured here and now."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.i18n.engine_words import translated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.backends.precision import Precision
    from engine.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one runtime in one precision.

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
    precision: str = "f32"


def measure_speeds(
    address: str,
    stopped: Callable[[], bool] = lambda: False,
    loading: threading.Lock | None = None,
) -> list[Speed]:
    """Load a bundle into every runtime that is there, one after the other; takes seconds.

    What is measured by then is returned once `stopped` says so. `loading` is held meanwhile: two
    measurements at once would measure each other, and hold twice the memory.
    """
    with loading or threading.Lock():
        return [] if stopped() else _measure_all(address, stopped)


def _measure_all(address: str, stopped: Callable[[], bool]) -> list[Speed]:
    from engine.backends.choice import probe_backends
    from engine.backends.precision import Precision, fast_runtimes
    from engine.bundle import load_bundle

    bundle = load_bundle(address)
    found: list[Speed] = []
    for probe in probe_backends():
        if not probe.available:
            found.append(Speed(probe.name, None, probe.detail))
            continue
        for precision in Precision:
            if stopped():
                return found
            if precision is Precision.F32 or probe.name in fast_runtimes(precision):
                found.append(_measure(bundle, probe.name, precision))
    return found


def _measure(bundle: Bundle, name: str, precision: Precision) -> Speed:
    from engine.backends.choice import create_backend, measure_step_ms
    from engine.drift.gate import pass_gate
    from engine.errors import LongtakeError

    passage = pass_gate(bundle.untaught or bundle, name, precision)
    if passage.precision is not precision:
        return Speed(name, None, passage.reason, precision.value)
    try:
        backend = create_backend(bundle, name, precision=precision)
    except LongtakeError as error:
        return Speed(name, None, error.message, precision.value)
    speed = Speed(name, measure_step_ms(bundle, backend), backend.device, precision.value)
    backend.close()
    return speed


def in_words(speeds: Sequence[Speed]) -> str:
    """Return a line for each."""
    lines = []
    for speed in speeds:
        name = f"{speed.name} · {speed.precision}"
        if speed.step_ms is None:
            lines.append(f"{name}: {translated(speed.detail)}")
            continue
        text = QCoreApplication.translate("Speeds", "{0}: {1} ms a frame, at most {2} fps ({3})")
        fps = 1000 / speed.step_ms
        lines.append(
            text.format(name, f"{speed.step_ms:.1f}", f"{fps:.0f}", translated(speed.detail))
        )
    return "\n".join(lines)
