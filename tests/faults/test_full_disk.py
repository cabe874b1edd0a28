"""A disk that runs full while something is exported."""

from __future__ import annotations

import subprocess
import time

import pytest

from app.export import ExportJob
from engine.errors import SinkError
from engine.sources import open_source
from tests.faults.long import say

SIZE_KB = 256
pytestmark = pytest.mark.usefixtures("qapp")  # before the export makes a lesser one


@pytest.fixture
def small_disk(tmp_path):
    """A file system of half a megabyte; needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_it_is_told_at_once_and_the_part_plays(small_disk, make_clip, tmp_path, tiny_bundle):
    clip = make_clip(tmp_path / "in.mp4", frames=240, size=(640, 480))
    full_at = []

    def watch(progress):
        del progress
        usage = sum(path.stat().st_blocks * 512 for path in small_disk.iterdir())
        if usage >= (SIZE_KB - 8) * 1024 and not full_at:
            full_at.append(time.monotonic())

    job = ExportJob(str(tiny_bundle), "onnxruntime", str(clip), small_disk / "out.mp4")
    with pytest.raises(SinkError, match=r"The disk is full: .*out\.mp4"):
        job.run(watch)
    told = time.monotonic()
    delay_s = told - full_at[0] if full_at else 0.0
    assert delay_s <= 2.0
    part = small_disk / "out.mp4.part"
    source = open_source(str(part))
    frames = sum(1 for _ in iter(source.read, None))
    source.close()
    assert frames > 20
    assert not (small_disk / "out.mp4").exists()
    say(f"told {delay_s:.2f} s after the disk was full; {frames} frames play")
    again = ExportJob(str(tiny_bundle), "onnxruntime", str(clip), tmp_path / "o.mp4", end_s=0.5)
    assert again.run(lambda progress: None).frames == 15
