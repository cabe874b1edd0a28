"""The Qt binding itself, where it has been found wanting."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QImage, QPainter


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_calls_that_return_nothing_keep_their_hands_off_none() -> None:
    """PySide6 6.12.0 drops a reference to None on each such call, and so ends the program."""
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(500):
        painter.drawPoint(1, 1)
    after = sys.getrefcount(None)
    painter.end()
    assert after > before - 100
