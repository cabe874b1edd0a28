"""Producers of frames: files, cameras, the screen, network streams, image folders, tests."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assets import asset
from engine.errors import SourceError
from engine.redact import redact
from engine.sources.camera import open_camera
from engine.sources.devices import CameraDevice, list_cameras
from engine.sources.file import FileSource
from engine.sources.folder import IMAGE_SUFFIXES, FolderSource
from engine.sources.lavfi import open_test_pictures
from engine.sources.network import NETWORK_SCHEMES, open_stream
from engine.sources.screen import open_screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.sources.base import Source

__all__ = ["CameraDevice", "list_cameras", "open_source"]

DEMO = "demo"
"""The address of the clip that ships with Longtake."""

# Two characters at least: in C:\clip.mp4 the first is a drive.
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):(.*)", re.IGNORECASE | re.DOTALL)


def open_source(address: str | Path) -> Source:
    r"""Open whatever gives frames.

    Parameters
    ----------
    address
        Path of a video, an image or a folder of images; ``demo``; ``camera:`` for the first
        camera, or ``camera:/dev/video0``, also in a mode that `CameraMode.address` names;
        ``screen:`` or ``screen:640x480+100+50``; ``rtsp://…``, ``http://…`` and the like;
        ``lavfi:testsrc2=size=640x480:rate=30``.

    Raises
    ------
    SourceError
        When it cannot be opened; the message holds no password.
    """
    text = str(address)
    if not text.strip():
        raise SourceError("There is no name to open.", "Give a file, a folder or an address.")
    if isinstance(address, Path) or os.path.exists(text):
        return _open_path(Path(text))
    if text == DEMO:
        return _open_demo()
    match = _SCHEME.fullmatch(text)
    if match is None:
        return _open_path(Path(text).expanduser())
    opener = _OPENERS.get(match[1].lower())
    if opener is None:
        known = ", ".join(f"{scheme}:" for scheme in _OPENERS)
        raise SourceError(
            f'There is no file "{redact(text)}", nor do addresses begin with "{match[1]}:".',
            f"Known are {known} and {DEMO}.",
        )
    return opener(text)


def _open_path(path: Path) -> Source:
    # os.path answers where Path raises, as for names that are too long.
    still = path.suffix.lower() in IMAGE_SUFFIXES and os.path.isfile(path)
    if still or os.path.isdir(path):
        return FolderSource(path)
    return FileSource(path)


def _open_demo() -> Source:
    try:
        path = asset("demo.mp4")
    except FileNotFoundError as error:
        raise SourceError(str(error)) from None
    return FileSource(path, title="Demo")


def _open_file_url(address: str) -> Source:
    from urllib.request import url2pathname  # brings encryption along, which files need not pay

    return _open_path(Path(url2pathname(urlsplit(address).path)))


_OPENERS: dict[str, Callable[[str], Source]] = {
    "file": _open_file_url,
    "camera": lambda address: open_camera(address.partition(":")[2]),
    "screen": lambda address: open_screen(address.partition(":")[2]),
    "lavfi": lambda address: open_test_pictures(address.partition(":")[2]),
    **dict.fromkeys(NETWORK_SCHEMES, open_stream),
}
