"""Fixtures: one renderer for all tests that draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.actors import Renderer, RendererUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = (160, 120)


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """A renderer of `SIZE`; skips where OpenGL is missing."""
    try:
        made = Renderer(SIZE)
    except RendererUnavailableError as error:
        pytest.skip(str(error))
    yield made
    made.close()
