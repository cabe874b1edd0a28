"""Damaged and odd files from elsewhere: each opens or fails cleanly, and soon."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# A process of its own, so that a crash or hang in a decoder is told from a failed assertion.
_PLAY = """
import sys, time
from engine.errors import SourceError
from engine.sources import open_source
for path in sys.argv[1:]:
    started, count, said = time.monotonic(), 0, "fine"
    try:
        source = open_source(path)
        last = None
        while (frame := source.read()) is not None:
            frame.picture.rgb(64, 64)
            assert frame.picture.bgra().shape[:2] == (frame.picture.height, frame.picture.width)
            assert last is None or (last.pts < frame.pts and last.index < frame.index)
            last, count = frame, count + 1
        if source.info.seekable:
            source.seek(last.pts_s)
            again = source.read()
            assert (again.index, again.pts) == (last.index, last.pts), (again, last)
        source.close()
    except SourceError as error:
        said = str(error)
        assert said.endswith(".") and path.rpartition("/")[2] in said, said
    took_s = time.monotonic() - started
    assert took_s < 10, (path, took_s)
    print(count, said, path, sep="\\t", flush=True)
"""


@pytest.mark.shared
def test_every_fault_opens_or_fails_cleanly(shared_dir: Path) -> None:
    faults = sorted(str(path) for path in (shared_dir / "faults").iterdir())
    assert len(faults) >= 50
    played = subprocess.run(
        [sys.executable, "-c", _PLAY, *faults],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert played.returncode == 0, (played.stdout[-400:], played.stderr)
    results = [line.split("\t") for line in played.stdout.splitlines()]
    assert len(results) == len(faults)
    counts = {path.rpartition("__")[2]: int(count) for count, _, path in results}
    assert counts["white.mp4"] == 300
    assert counts["dancer1.webm"] == 150
    assert counts["seek_sub.webm"] == 120
    assert counts["metadata.mp4"] == 1  # its cover art is not a second picture
    assert counts["seek_encrypted.webm"] == 0
    assert "only sound" in next(said for _, said, path in results if "afconvert" in path)
