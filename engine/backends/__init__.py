"""Runtimes behind one protocol, and the choice between them."""

from engine.backends.base import Backend, State, StepOutput, initial_state
from engine.backends.choice import AUTO, BackendProbe, create_backend, probe_backends, runs_parts

__all__ = [
    "AUTO",
    "Backend",
    "BackendProbe",
    "State",
    "StepOutput",
    "create_backend",
    "initial_state",
    "probe_backends",
    "runs_parts",
]
