"""Where faster variants of a bundle and the reports on them are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from engine.backends.precision import Precision, fast_runtimes
from engine.bundle import load_bundle
from engine.bundle.files import open_data_file
from engine.directories import data_dir
from engine.drift.report import DriftReport
from engine.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.bundle import Bundle

_REPORT_BYTES: Final = 1 << 20
_DIGITS: Final = 12
_PLANS: Final = "tensorrt"


def variants_folder(bundle: Bundle) -> Path:
    """Return the folder of what belongs to this graph: other weights have another one."""
    name = f"{bundle.manifest.name}-{bundle.model_sha256[:_DIGITS]}"
    return data_dir() / "variants" / name


def variant_folder(bundle: Bundle, precision: Precision, backend: str) -> Path:
    """Return where the graph of a variant lies, a bundle of its own."""
    # Plans take symmetric ranges only, which cost processors accuracy and time.
    kind = f"-{_PLANS}" if backend == _PLANS else ""
    return variants_folder(bundle) / f"{precision.value}{kind}"


def load_variant(bundle: Bundle, precision: Precision, backend: str) -> tuple[Bundle, str]:
    """Return `bundle` as a runtime is to load it in a precision, and the sha256 of that graph.

    Raises
    ------
    BundleError
        If there is no such variant, or it is damaged or of another model.
    """
    if precision is not Precision.INT8:
        return bundle, bundle.model_sha256
    folder = variant_folder(bundle, precision, backend)
    if not folder.is_dir():
        raise BundleError(
            f"There is no int8 variant of {bundle.manifest.name!r} for {backend}.",
            f"Make one: `longtake quantize {bundle.manifest.name} --backend {backend}`.",
        )
    variant = load_bundle(folder)
    if _contract(variant) != _contract(bundle):
        raise BundleError(
            f"{folder} is a variant of another model.", "Delete it and quantize again."
        )
    return replace(bundle, folder=folder), variant.model_sha256


def report_path(bundle: Bundle, precision: Precision, backend: str) -> Path:
    """Return where the report on a variant in a runtime is kept."""
    return variants_folder(bundle) / f"drift-{precision.value}-{backend}.json"


def read_report(bundle: Bundle, precision: Precision, backend: str) -> DriftReport | None:
    """Return the report, or None where there is none that can be read."""
    path = report_path(bundle, precision, backend)
    if not path.exists():
        return None
    try:
        with open_data_file(path, _REPORT_BYTES) as file:
            return DriftReport.model_validate_json(file.read())
    except (BundleError, ValidationError):
        return None


def list_reports(bundle: Bundle) -> Iterator[DriftReport]:
    """Yield all reports on variants of a bundle."""
    for precision in Precision:
        for backend in fast_runtimes(precision):
            if (report := read_report(bundle, precision, backend)) is not None:
                yield report


def write_report(bundle: Bundle, report: DriftReport) -> Path:
    """Keep a report; return where.

    Raises
    ------
    BundleError
        If it cannot be written.
    """
    path = report_path(bundle, report.precision, report.backend)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(report.model_dump_json(indent=2), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise BundleError(f"The report {path} cannot be written: {error.strerror}.") from error
    return path


def _contract(bundle: Bundle) -> tuple[object, ...]:
    manifest = bundle.manifest
    heads = [(head.name, head.kind, len(head.labels)) for head in manifest.heads]
    return manifest.name, manifest.input, manifest.state, heads
