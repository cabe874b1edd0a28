"""Which runtime runs a bundle: the one asked for, or the fastest by a short measurement."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends import (
    onnxruntime_backend,
    onnxruntime_cuda,
    openvino_backend,
    tensorrt_backend,
    torch_backend,
)
from engine.backends.base import initial_state
from engine.backends.graph_part import part_of
from engine.backends.machine import usable_cores
from engine.backends.onnxruntime_accelerators import ACCELERATORS
from engine.backends.precision import Precision
from engine.backends.remembered_choice import Choice, RememberedChoice, Trial
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from models.spec import HeadSpec

AUTO: Final = "auto"
_WARM_UP_STEPS: Final = 3
_TIMED_STEPS: Final = 9
_SHARE_OF_PERIOD: Final = 0.65
"""Of the time between two frames, that a step on one thread may take where one is enough."""
_MOST_ROWS_MEASURED: Final = 4
_FINE_S: Final = 1e-4

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Provider:
    """How to look for a runtime and how to load a bundle into it."""

    probe: Callable[[], str]
    create: Callable[..., Backend]
    """Takes the bundle, threads, the heads wanted or None, and a precision if not float32."""


PROVIDERS: Final[Mapping[str, Provider]] = {
    openvino_backend.NAME: Provider(openvino_backend.probe, openvino_backend.OpenVinoBackend),
    onnxruntime_backend.NAME: Provider(
        onnxruntime_backend.probe, onnxruntime_backend.OnnxRuntimeBackend
    ),
    torch_backend.NAME: Provider(torch_backend.probe, torch_backend.create),
    tensorrt_backend.NAME: Provider(tensorrt_backend.probe, tensorrt_backend.TensorRtBackend),
    onnxruntime_cuda.NAME: Provider(onnxruntime_cuda.probe, onnxruntime_cuda.create),
    **{one.name: Provider(one.probe, one.create) for one in ACCELERATORS},
}
# Measured by `auto`. PyTorch is several times slower on a CPU and takes seconds to import.
_CANDIDATES: Final = (openvino_backend.NAME, onnxruntime_backend.NAME)


@dataclass(frozen=True, slots=True)
class BackendProbe:
    """Whether a runtime can be used here; `detail` is its version, or why not."""

    name: str
    available: bool
    detail: str


def probe_backends() -> list[BackendProbe]:
    """Look for every known runtime. Imports them, PyTorch included: seconds, not milliseconds."""
    return [_probe(name) for name in PROVIDERS]


def create_backend(
    bundle: Bundle,
    name: str = AUTO,
    *,
    batch: int = 1,
    heads: Sequence[HeadSpec] | None = None,
    precision: str = Precision.F32,
) -> Backend:
    """Load `bundle` into the runtime `name`, or into the fastest one here.

    Parameters
    ----------
    batch
        Rows to be expected in a step, about; from two on all cores are used.
    heads
        Those wanted, of the bundle's; others are neither run nor in the output, nor is their
        state. None wants all. PyTorch runs all in any case: see `engine.backends.runs_parts`.
    precision
        One of `engine.backends.precision.CHOICES`. What has not been shown to say the same as
        float32 here, see `engine.drift`, is not used: float32 is, and the log says why.

    Raises
    ------
    BackendError
        If `name` or `precision` is unknown or not installed, or no runtime can load the bundle;
        every failed attempt is named.
    """
    if bundle.untaught is None and bundle.adjustments.heads_off:
        if name == torch_backend.NAME:
            raise BackendError(
                "PyTorch runs all heads of a model, and some are switched off.",
                "Switch them on among the model bundles, or choose another backend.",
            )
        heads = bundle.manifest.heads if heads is None else heads
    if bundle.untaught is not None:
        return _create_taught(bundle, bundle.untaught, name, batch, heads, precision)
    exactness = Precision.F32
    if precision != Precision.F32:
        bundle, name, exactness = _pass_gate(bundle, name, precision)
    wanted = None if heads is None else tuple(heads)
    load = _Load(bundle, min(batch, _MOST_ROWS_MEASURED), wanted, exactness)
    if name == AUTO:
        return _create_fastest(load)
    if name not in PROVIDERS:
        raise BackendError(
            f"There is no backend {name!r}.", f"Known: {AUTO}, {', '.join(PROVIDERS)}."
        )
    probe = _probe(name)
    if not probe.available and name == tensorrt_backend.NAME:
        # A setting that came from another machine must not keep anybody from watching.
        log.warning("TensorRT is not available: %s. A processor runs the model.", probe.detail)
        return _create_fastest(load)
    if not probe.available:
        raise BackendError(
            f"The backend {name!r} is not available: {probe.detail}.",
            "`longtake doctor` lists what is.",
        )
    return _create_named(load, name)


def load_in(bundle: Bundle, name: str, precision: Precision, threads: int = 1) -> Backend:
    """Load a graph whether or not it drifts: to find that out, and to measure.

    Raises
    ------
    BackendError
        If there is no such runtime here, or it cannot load the graph in this precision.
    """
    if name not in PROVIDERS or not (probe := _probe(name)).available:
        why = probe.detail if name in PROVIDERS else f"known: {', '.join(PROVIDERS)}"
        raise BackendError(f"The backend {name!r} is not available: {why}.")
    heads = tuple(bundle.manifest.heads) if bundle.adjustments.heads_off else None
    return _Load(bundle, 1, heads, precision).into(name, threads)


def _create_taught(
    bundle: Bundle,
    untaught: Bundle,
    name: str,
    batch: int,
    heads: Sequence[HeadSpec] | None,
    precision: str,
) -> Backend:
    """Load the bundle's own graph, and put its lessons on top."""
    from engine.lessons.attach import own_heads, run_with_lessons

    own = own_heads(heads, bundle.lessons)
    backend = create_backend(untaught, name, batch=batch, heads=own, precision=precision)
    return run_with_lessons(backend, untaught, bundle.lessons)


def _pass_gate(bundle: Bundle, name: str, wanted: str) -> tuple[Bundle, str, Precision]:
    """Return the graph, the runtime and the precision that may be used."""
    from engine.drift.gate import pass_gate

    passage = pass_gate(bundle, name, wanted)
    if passage.reason:
        log.warning("%s", passage.reason)
    return passage.bundle, passage.backend, passage.precision


@dataclass(frozen=True, slots=True)
class _Load:
    """What is to be loaded, and the batch it is for."""

    bundle: Bundle
    batch: int
    heads: tuple[HeadSpec, ...] | None
    precision: Precision = Precision.F32

    def into(self, name: str, threads: int) -> Backend:
        create = PROVIDERS[name].create
        if self.precision is Precision.F32:
            return create(self.bundle, threads, self.heads)
        return create(self.bundle, threads, self.heads, self.precision)

    def time(self, name: str, threads: int) -> Trial:
        """Measure a step in a runtime that is let go at once: one at a time is in memory."""
        backend = self.into(name, threads)
        # The least, and one thread in processor time: whatever else the machine does now only
        # adds, and the choice is kept.
        alone = threads == 1 and self.batch == 1
        clock_ns = _thread_clock_ns() if alone else time.perf_counter_ns
        step_ms = measure_step_ms(self.bundle, backend, self.batch, self.heads, np.min, clock_ns)
        trial = Trial(name, threads, step_ms)
        log.info("%s (%s)", trial, backend.device)
        backend.close()
        return trial


def _thread_clock_ns() -> Callable[[], int]:
    """Return the clock of this thread's processor time, unless it ticks as coarsely as Windows'."""
    fine = time.get_clock_info("thread_time").resolution <= _FINE_S
    return time.thread_time_ns if fine else time.perf_counter_ns


def _probe(name: str) -> BackendProbe:
    try:
        return BackendProbe(name, True, PROVIDERS[name].probe())
    except (ImportError, OSError) as error:
        return BackendProbe(name, False, str(error))


def _create_fastest(load: _Load) -> Backend:
    memo = _memo(load, _CANDIDATES)
    if remembered := memo.read():
        try:
            return load.into(remembered.best.name, remembered.best.threads)
        except (BackendError, ImportError, OSError) as error:
            log.warning("The backend chosen last time fails now: %s", error)
    choice = _choose(load, _CANDIDATES)
    memo.write(choice)
    return load.into(choice.best.name, choice.best.threads)


def _choose(load: _Load, candidates: Sequence[str]) -> Choice:
    best, trials, failures = [], [], []
    for name in candidates:
        try:
            fitting, *others = _fit_threads(load, name)
        except (BackendError, ImportError, OSError) as error:
            failures.append(f"{name}: {error}")
        else:
            best.append(fitting)
            trials += [fitting, *others]
    if not best:
        raise BackendError(
            f"No runtime can run the model {load.bundle.manifest.name!r}. " + "; ".join(failures)
        )
    return Choice(min(best, key=lambda trial: trial.step_ms), tuple(trials), tuple(failures))


def _create_named(load: _Load, name: str) -> Backend:
    """Load into `name` with the number of threads that was fastest when it was first measured."""
    if load.batch > 1:
        return load.into(name, usable_cores())
    memo = _memo(load, (name,))
    if remembered := memo.read():
        return load.into(name, remembered.best.threads)
    fitting, *others = _fit_threads(load, name)
    memo.write(Choice(fitting, (fitting, *others)))
    return load.into(name, fitting.threads)


def explain_choice(bundle: Bundle) -> str:
    """Return, for people, what ``auto`` runs `bundle` on, and why."""
    own = bundle.untaught or bundle
    heads = tuple(own.manifest.heads) if own.adjustments.heads_off else None
    choice = _memo(_Load(own, 1, heads), _CANDIDATES).read()
    if choice is None:
        return "not measured yet; the first run does, in a second or two"
    why = "the fastest here"
    rate_hz = own.manifest.input.rate_hz
    if choice.best.threads == 1 and usable_cores() > 1 and _keeps_up(choice.best, own):
        why += f"; one thread keeps up with {rate_hz:g} frames a second, and several would wait"
        why += " for each other"
    others = [trial for trial in choice.trials if trial != choice.best]
    tried = "; ".join([*map(str, others), *choice.failures])
    return f"{choice.best}: {why}{f'. Others: {tried}' if tried else ''}"


def _memo(load: _Load, candidates: Sequence[str]) -> RememberedChoice:
    how: list[object] = [load.batch] if load.batch > 1 else []
    if load.heads is not None:
        how.append([head.name for head in load.heads])
    if load.precision is not Precision.F32:
        how.append(load.precision.value)
    return RememberedChoice(load.bundle.model_sha256, candidates, usable_cores(), how)


def _fit_threads(load: _Load, name: str) -> list[Trial]:
    """Measure on one thread, and on all cores when one is too slow for a stream of its rate.

    Several threads wait for each other at the end of each layer, busily: more processor time for
    the same frame. And they may add up in another order than one does, so that nothing could be
    read ahead, which keeps all cores busy by itself.

    Returns
    -------
    list of Trial
        The fitting one first.
    """
    cores = usable_cores()
    if load.batch > 1:
        return [load.time(name, cores)]
    alone = load.time(name, 1)
    if cores == 1 or _keeps_up(alone, load.bundle):
        return [alone]
    return sorted((alone, load.time(name, cores)), key=lambda trial: trial.step_ms)


def _keeps_up(trial: Trial, bundle: Bundle) -> bool:
    return trial.step_ms <= _SHARE_OF_PERIOD * 1e3 / bundle.manifest.input.rate_hz


def measure_step_ms(
    bundle: Bundle,
    backend: Backend,
    batch: int = 1,
    heads: Sequence[HeadSpec] | None = None,
    summary: Callable[[Sequence[int]], np.floating | np.integer] = np.median,
    clock_ns: Callable[[], int] = time.perf_counter_ns,
) -> float:
    """Return the time of one step of `batch` grey pictures, in milliseconds: the median."""
    manifest = bundle.manifest
    if heads is not None and runs_parts(backend):
        manifest = part_of(manifest, heads)
    spec = manifest.input
    frame = np.full((batch, spec.height, spec.width, 3), 127, np.uint8)
    dt_s = np.full(batch, 1 / spec.rate_hz, np.float32)
    state = initial_state(manifest, batch)
    times = []
    for _ in range(_WARM_UP_STEPS + _TIMED_STEPS):
        begun = clock_ns()
        state = backend.step(frame, dt_s, state).state
        times.append(clock_ns() - begun)
    return float(summary(times[_WARM_UP_STEPS:])) / 1e6


def runs_parts(backend: Backend) -> bool:
    """Return whether `backend` was able to leave out heads that were not wanted."""
    return backend.name != torch_backend.NAME
