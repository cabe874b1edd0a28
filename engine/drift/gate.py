"""Lets a faster variant through only where a long run has shown that it does not drift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.backends.machine import processor, runtime_version
from engine.backends.precision import AUTO, CHOICES, Precision, fast_runtimes
from engine.drift.store import list_reports, load_variant, read_report
from engine.errors import BackendError, BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bundle import Bundle
    from engine.drift.report import DriftReport

_ANY_BACKEND: Final = "auto"
_WORTH_IT: Final = 1.05
"""How many times as fast a variant has to be for `auto` to take it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What is to be loaded.

    Attributes
    ----------
    bundle
        With the graph of the variant.
    backend
        The runtime in which the variant passed; what was asked for where it falls back.
    reason
        Why this is not what was asked for; empty where it is.
    """

    precision: Precision
    bundle: Bundle
    backend: str
    reason: str = ""


def pass_gate(bundle: Bundle, backend: str, wanted: str) -> Passage:
    """Choose what to load for ``--precision wanted``; float32 wherever there is no proof.

    Parameters
    ----------
    backend
        As asked for: ``auto`` takes whichever runtime the variant passed in.

    Raises
    ------
    BackendError
        If `wanted` is no precision.
    """
    if wanted == AUTO:
        return _fastest(bundle, backend)
    if wanted not in CHOICES:
        raise BackendError(f"There is no precision {wanted!r}.", f"Known: {', '.join(CHOICES)}.")
    precision = Precision(wanted)
    if precision is Precision.F32:
        return Passage(precision, bundle, backend)
    reasons = []
    for runtime in _runtimes(precision, backend):
        passage = _try(bundle, precision, runtime)
        if isinstance(passage, Passage):
            return passage
        reasons.append(f"{runtime}: {passage}")
    return Passage(
        Precision.F32,
        bundle,
        backend,
        f"{wanted} is not used, but f32. "
        + ("; ".join(reasons) or f"The backend {backend!r} has no {wanted}."),
    )


def objection(bundle: Bundle, report: DriftReport | None, variant_sha256: str) -> str:
    """Return why a report does not let its variant through here; empty where it does."""
    if report is None:
        return f"not tested here; run `longtake check-drift {bundle.manifest.name}`"
    if (report.model_sha256, report.variant_sha256) != (bundle.model_sha256, variant_sha256):
        return "the model has changed since it was tested; run `longtake check-drift` again"
    here = processor(report.backend), runtime_version(report.backend)
    if (report.processor, report.runtime) != here:
        return "tested on another processor or version; run `longtake check-drift` again"
    return "; ".join(report.failures)


def standings(bundle: Bundle) -> Iterator[tuple[DriftReport, str]]:
    """Yield every report on variants of a bundle, and what stands against it; empty if nothing."""
    for report in list_reports(bundle):
        found = _try(bundle, report.precision, report.backend)
        yield report, found if isinstance(found, str) else ""


def _fastest(bundle: Bundle, backend: str) -> Passage:
    best = Passage(Precision.F32, bundle, backend)
    speedup = _WORTH_IT
    for precision in Precision:
        for runtime in _runtimes(precision, backend):
            report = read_report(bundle, precision, runtime)
            if report is None or report.speedup < speedup:
                continue
            passage = _try(bundle, precision, runtime)
            if isinstance(passage, Passage):
                best, speedup = passage, report.speedup
    return best


def _runtimes(precision: Precision, backend: str) -> tuple[str, ...]:
    able = fast_runtimes(precision)
    return able if backend == _ANY_BACKEND else tuple(name for name in able if name == backend)


def _try(bundle: Bundle, precision: Precision, runtime: str) -> Passage | str:
    """Return the passage, or what stands against it."""
    try:
        variant, sha256 = load_variant(bundle, precision, runtime)
    except BundleError as error:
        return str(error)
    found = objection(bundle, read_report(bundle, precision, runtime), sha256)
    return found or Passage(precision, variant, runtime)
