"""What works on this machine, and why the rest does not."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from app import __version__
from app.display import has_display
from engine.backends import probe_backends
from engine.backends.choice import explain_choice
from engine.bundle import list_bundles, load_bundle
from engine.directories import cache_dir, data_dir
from engine.drift.gate import standings
from engine.errors import BundleError
from engine.sources import list_cameras

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGES = (
    "av",
    "numpy",
    "onnx",
    "onnxruntime",
    "opencv-python-headless",
    "openvino",
    "PySide6-Essentials",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: `ok` says whether the thing can be used."""

    topic: str
    ok: bool
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        return asdict(self)


def examine() -> list[Finding]:
    """Look at everything; nothing that is found missing raises."""
    return [
        Finding(
            "longtake",
            True,
            f"{__version__} on Python {platform.python_version()}, {platform.platform()}",
        ),
        Finding("processor", True, f"{os.cpu_count()} cores, {platform.machine()}"),
        *_packages(),
        *_backends(),
        *_bundles(),
        *_cameras(),
        _display(),
        _fonts(),
        Finding("cache folder", True, str(cache_dir())),
        Finding("data folder", True, str(data_dir())),
    ]


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        try:
            yield Finding(f"package {name}", True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(f"package {name}", False, "not installed; run `make setup`")


def _backends() -> Iterator[Finding]:
    for probe in probe_backends():
        yield Finding(f"backend {probe.name}", probe.available, probe.detail)


def _bundles() -> Iterator[Finding]:
    for bundle in list_bundles():
        manifest = bundle.manifest
        try:
            checked = load_bundle(bundle.folder)
        except BundleError as error:
            yield Finding(f"bundle {manifest.name}", False, str(error))
        else:
            heads = ", ".join(head.name for head in manifest.heads)
            yield Finding(f"bundle {manifest.name}", True, f"{manifest.version}: {heads}")
            yield Finding(f"auto for {manifest.name}", True, explain_choice(checked))
        for report, objection in standings(bundle):
            detail = f"{report.summary()}{f'; not used: {objection}' if objection else ''}"
            yield Finding(f"precision of {manifest.name}", not objection, detail)


def _cameras() -> Iterator[Finding]:
    cameras = list_cameras()
    for camera in cameras:
        yield Finding("camera", True, f"{camera.name} ({camera.address})")
    if not cameras:
        yield Finding("camera", False, "none found; files, addresses and the demo work without")


def _display() -> Finding:
    if has_display():
        name = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or sys.platform
        return Finding("display", True, name)
    return Finding("display", False, "none: `longtake annotate` works, the window needs one")


def _fonts() -> Finding:
    """Chinese labels need a font that has their characters."""
    from app.qt_application import ensure_gui_application

    try:
        from PySide6.QtGui import QFontDatabase

        ensure_gui_application()
        families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    except ImportError as error:
        return Finding("fonts", False, f"Qt cannot be loaded: {error}; run `make setup`")
    if families:
        return Finding("fonts", True, f"Chinese: {families[0]}")
    return Finding("fonts", False, "none with Chinese characters; install fonts-noto-cjk")
