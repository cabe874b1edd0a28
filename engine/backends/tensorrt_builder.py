"""Builds plans; needs no graphics card where the kind of card is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.backends.device import EngineTensor
from engine.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.backends.tensorrt_library import Library

    OnProgress = Callable[[str, int, int], None]

CURRENT: Final = "current"
"""The card in this machine."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An engine as TensorRT stores it: executable code, never to be taken from others."""

    data: bytes
    tensors: tuple[EngineTensor, ...]


def build_plan(
    library: Library,
    graph: bytes,
    target: str,
    on_progress: OnProgress = lambda phase, done, steps: None,
) -> Plan:
    """Build the plan of a graph, for one row.

    Parameters
    ----------
    target
        One of `Library.targets`, or ``current``, which needs the card.
    on_progress
        Called with a phase, and how many of its steps are done.

    Raises
    ------
    BackendError
        When the target is unknown, or the library refuses the graph; names what it said.
    """
    trt = library.module
    said: list[str] = []
    logger = _logger(trt, said)
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(network, logger)
    if not parser.parse(graph):
        raise BackendError(f"{library.name} cannot read the graph: {_told(parser, said)}")
    config = builder.create_builder_config()
    config.progress_monitor = _monitor(trt, on_progress)
    config.add_optimization_profile(_one_row(builder, network))
    _set_target(library, config, target)
    data = builder.build_serialized_network(network, config)
    if data is None:
        raise BackendError(f"{library.name} cannot build a plan for {target}: {_last(said)}")
    return Plan(bytes(data), _tensors(trt, network))


def _one_row(builder: Any, network: Any) -> Any:
    profile = builder.create_optimization_profile()
    for place in range(network.num_inputs):
        tensor = network.get_input(place)
        profile.set_shape(tensor.name, *[(1, *tuple(tensor.shape)[1:])] * 3)
    return profile


def _set_target(library: Library, config: Any, target: str) -> None:
    if target == CURRENT:
        return
    if target not in library.targets:
        known = ", ".join(library.targets) or "none"
        raise BackendError(
            f"{library.name} builds no plans for {target!r} in advance.",
            f"Known: {known}; {CURRENT} is the card in this machine.",
        )
    config.num_compute_capabilities = 1
    config.set_compute_capability(getattr(library.module.ComputeCapability, target), 0)


def _tensors(trt: Any, network: Any) -> tuple[EngineTensor, ...]:
    given = [(network.get_input(i), True) for i in range(network.num_inputs)]
    made = [(network.get_output(i), False) for i in range(network.num_outputs)]
    return tuple(
        EngineTensor(
            tensor.name,
            (1, *tuple(tensor.shape)[1:]),
            str(trt.nptype(tensor.dtype).__name__),
            is_given,
        )
        for tensor, is_given in (*given, *made)
    )


def _logger(trt: Any, said: list[str]) -> Any:
    """Return a logger that keeps errors: by itself the library writes them to the terminal."""

    class _Keeper(trt.ILogger):  # type: ignore[misc] # comes without types
        def __init__(self) -> None:
            trt.ILogger.__init__(self)

        def log(self, severity: Any, message: str) -> None:
            if severity <= trt.ILogger.Severity.ERROR:
                said.append(message)

    return _Keeper()


def _monitor(trt: Any, on_progress: OnProgress) -> Any:
    class _Monitor(trt.IProgressMonitor):  # type: ignore[misc] # comes without types
        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)
            self._steps: dict[str, int] = {}

        def phase_start(self, name: str, parent: str | None, steps: int) -> None:
            self._steps[name] = steps
            on_progress(name, 0, steps)

        def step_complete(self, name: str, step: int) -> bool:
            on_progress(name, step + 1, self._steps.get(name, step + 1))
            return True

        def phase_finish(self, name: str) -> None:
            steps = self._steps.pop(name, 0)
            on_progress(name, steps, steps)

    return _Monitor()


def _told(parser: Any, said: list[str]) -> str:
    errors = [str(parser.get_error(place)) for place in range(parser.num_errors)]
    return errors[0].splitlines()[0] if errors else _last(said)


def _last(said: list[str]) -> str:
    return said[-1] if said else "it gives no reason."
