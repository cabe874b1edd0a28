"""Points in polygons, and paths across lines. All in one frame of reference, any units."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Point = tuple[float, float]


def inside(point: Point, polygon: Sequence[Point]) -> bool:
    """Tell whether a point lies in a polygon, by the parity of what a ray to the right crosses."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise([*polygon, polygon[0]]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


def side(point: Point, start: Point, end: Point) -> float:
    """Return how far to the right of who goes from start to end a point is; negative: to the left.

    In pictures, where y grows downward.
    """
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])


def crossing(before: Point, after: Point, start: Point, end: Point) -> int:
    """Return 1 where the path from before to after crosses start-end to its right, -1 to its left.

    0 where it does not. Touching the line without passing it is no crossing: a point on it counts
    as on its left.
    """
    was, is_ = side(before, start, end) > 0, side(after, start, end) > 0
    if was == is_:
        return 0
    ends_apart = (side(start, before, after) > 0) != (side(end, before, after) > 0)
    return (1 if is_ else -1) if ends_apart else 0
