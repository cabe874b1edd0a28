"""Files that ship with Longtake: model bundles, icons, translations, the demo clip."""

from __future__ import annotations

from pathlib import Path


def asset(name: str) -> Path:
    """Return the path of the shipped file or folder `name`, such as ``"bundles/default"``.

    Raises
    ------
    FileNotFoundError
        If this installation lacks it.
    """
    path = Path(__file__).parent / name
    if not path.exists():
        raise FileNotFoundError(f"Longtake's own file {name!r} is missing at {path}; reinstall it.")
    return path
