"""An OpenGL context that needs no screen."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class RendererUnavailableError(RuntimeError):
    """OpenGL cannot be used here; the message says what to install."""


def make_context() -> Any:
    """Return an off-screen OpenGL 3.3 context.

    Raises
    ------
    RendererUnavailableError
        If moderngl or EGL is missing.
    """
    try:
        moderngl = import_module("moderngl")
    except ImportError as error:
        raise RendererUnavailableError(
            "Drawing actors needs moderngl: pip install 'longtake[actors]'."
        ) from error
    failures = []
    for options in ({"backend": "egl"}, {}):
        try:
            return moderngl.create_context(standalone=True, require=330, **options)
        except Exception as error:
            failures.append(str(error).strip())
    raise RendererUnavailableError(
        "Drawing actors needs OpenGL 3.3: apt-get install libegl1 libegl-mesa0 libgl1-mesa-dri "
        f"({'; '.join(failures)})."
    )
