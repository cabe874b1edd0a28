"""What is to be chosen of an architecture before it is built."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ZooConfig:
    """Choices that every architecture of the zoo offers; the defaults are the articles'.

    Attributes
    ----------
    classes
        Number of class names.
    width, height
        Picture size in pixels.
    cell
        Key of `models.cells.registry.CELLS` (`peephole-detector`: of ``MAP_CELLS`` too); None takes
        the article's.
    scale
        Factor on every layer's width, to train a smaller network than the article's.
    dropout
        Probability.
    clock_hz
        Frame rate that the memory of an architecture for recordings measures time by (see
        `models.zoo.stages.Clock`); None lets it count frames, as the articles do.
    """

    classes: int
    width: int
    height: int
    cell: str | None = None
    scale: float = 1.0
    dropout: float = 0.5
    clock_hz: float | None = None

    def scaled(self, article_width: int) -> int:
        """Return the width of a layer that is `article_width` wide in the article."""
        return max(1, round(article_width * self.scale))

    def require_multiple(self, of: int) -> None:
        """Raise `ValueError` unless both sides are multiples of `of` pixels."""
        if self.width % of or self.height % of:
            raise ValueError(
                f"The picture must be a multiple of {of} pixels on both sides, "
                f"not {self.width}x{self.height}."
            )
