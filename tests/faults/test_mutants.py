"""Clips of our own with bytes changed, cut, doubled and shuffled, through the opener."""

from __future__ import annotations

import json
import resource
import subprocess
import sys

import numpy as np
import pytest

from tests.faults.long import count, say
from tests.fixtures.clips import make_clip

MUTANTS = count(40, 1000)
BATCH = 20
MEMORY_BYTES = 2 << 30
LONGEST_S = 10

# A process of its own for some at a time: a crash, a hang or a leak in a decoder is found there.
_PLAY = """
import json, resource, sys, time
from engine.errors import SourceError
from engine.sources import open_source
for path in sys.argv[1:]:
    started, frames, said = time.monotonic(), 0, ""
    try:
        source = open_source(path)
        try:
            while frames < 400 and (frame := source.read()) is not None:
                frame.picture.rgb(64, 64)
                frames += 1
            if source.info.seekable:
                source.seek(0.5)
                source.read()
        finally:
            source.close()
    except SourceError as error:
        said = str(error)
    took_s = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = {"path": path, "frames": frames, "said": said, "took_s": took_s, "peak_kb": peak}
    print(json.dumps(line), flush=True)
"""


def mutate(content: bytes, rng: np.random.Generator) -> bytes:
    """Change a file in one of seven ways."""
    data = np.frombuffer(content, np.uint8).copy()
    first, second = sorted(rng.integers(0, len(data), 2).tolist())
    kind = rng.integers(7)
    if kind == 0:  # bits flipped everywhere
        data[rng.integers(0, len(data), max(1, len(data) // 500))] ^= 1 << int(rng.integers(8))
    elif kind == 1:  # in the first kilobyte, where the boxes are
        data[rng.integers(0, min(1024, len(data)), 8)] = rng.integers(0, 256, 8)
    elif kind == 2:  # in the last two, where the index is
        data[len(data) - 1 - rng.integers(0, min(2048, len(data)), 8)] = rng.integers(0, 256, 8)
    elif kind == 3:  # cut off
        return data[: max(1, second)].tobytes()
    elif kind == 4:  # a hole
        return np.concatenate((data[:first], data[second:])).tobytes() or b"\0"
    elif kind == 5:  # a stretch doubled
        return np.concatenate((data[:second], data[first:])).tobytes()
    else:  # a stretch overwritten with ones
        data[first : min(second, first + 4000)] = 255
    return data.tobytes()


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    folder = tmp_path_factory.mktemp("originals")
    small = {"size": (96, 64), "frames": 40}
    return [
        make_clip(folder / "plain.mp4", **small),
        make_clip(folder / "odd.mp4", vfr=True, b_frames=True, rotation=90, audio=True, **small),
        make_clip(folder / "clip.mkv", audio=True, **small),
        make_clip(folder / "clip.ts", **small),
        make_clip(folder / "clip.avi", **small),
    ]


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (2 * MEMORY_BYTES, 2 * MEMORY_BYTES))


@pytest.mark.timeout(1800)
def test_no_mutant_crashes_hangs_or_eats_memory(originals, tmp_path):
    rng = np.random.default_rng(7)
    lines = []
    for first in range(0, MUTANTS, BATCH):
        paths = []
        for number in range(first, min(first + BATCH, MUTANTS)):
            origin = originals[number % len(originals)]
            path = tmp_path / f"mutant{number}{origin.suffix}"
            path.write_bytes(mutate(origin.read_bytes(), rng))
            paths.append(str(path))
        run = subprocess.run(
            [sys.executable, "-c", _PLAY, *paths],
            capture_output=True,
            text=True,
            timeout=LONGEST_S * BATCH,
            preexec_fn=limited,
            check=False,
        )
        some = [json.loads(line) for line in run.stdout.splitlines()]
        assert run.returncode == 0, (paths[len(some)], run.returncode, run.stderr[-600:])
        lines += some
    assert len(lines) == MUTANTS
    slowest = max(lines, key=lambda line: line["took_s"])
    assert slowest["took_s"] < LONGEST_S, slowest
    peak = max(line["peak_kb"] for line in lines) * 1024
    assert peak < MEMORY_BYTES
    refused = [line for line in lines if line["said"]]
    assert all(line["said"].endswith(".") for line in refused)
    assert len(refused) < MUTANTS  # they are mutants of clips, not noise
    say(
        f"{MUTANTS} mutants: {len(lines) - len(refused)} play, {len(refused)} are refused in a "
        f"sentence, slowest {slowest['took_s']:.2f} s, memory at most {peak >> 20} MiB"
    )
