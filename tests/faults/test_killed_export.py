"""An export that is killed leaves a clip that plays, and labels, up to the last second."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time

import av
import pytest

from engine.sinks.labels import read_labels
from tests.faults.long import count, say

KILLS = count(1, 20)
FRAMES = count(600, 2000)


@pytest.fixture(scope="module")
def clip(tmp_path_factory, make_clip):
    folder = tmp_path_factory.mktemp("killed")
    return make_clip(folder / "clip.mp4", frames=FRAMES, size=(320, 240))


def last_moment_s(path):
    """Return when the last frame of a clip begins that can be decoded."""
    last_s = 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            last_s = frame.time
    return last_s


def kill_one(clip, folder, bundle, moment):
    """Export at the clip's own pace or faster; kill once labels reach `moment` of the way."""
    video, labels = folder / "out.mp4", folder / "out.jsonl"
    command = [sys.executable, "-m", "app", "annotate", str(clip), "-o", str(video)]
    command += ["--labels", str(labels), "--bundle", str(bundle), "--quiet"]
    process = subprocess.Popen([*command, "--backend", "onnxruntime"])
    part = folder / "out.jsonl.part"
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if part.exists() and part.read_bytes().count(b"\n") > moment * FRAMES:
            break
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    lines = [line for line in read_labels(part) if line["type"] == "frame"]
    assert all(json.dumps(line) for line in lines)
    return lines[-1]["pts_s"], last_moment_s(folder / "out.mp4.part")


@pytest.mark.timeout(1800)
def test_a_killed_export_plays(clip, tmp_path, tiny_bundle):
    rng, lost_s = random.Random(0), []
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        seen_s, kept_s = kill_one(clip, folder, tiny_bundle, rng.uniform(0.15, 0.8))
        lost_s.append(seen_s - kept_s)
        assert kept_s > 0
    assert max(lost_s) <= 1.0, lost_s
    say(f"{KILLS} of {KILLS} play; at most {max(lost_s):.2f} s lost")
