"""The same batch on a Ray cluster of this machine.

Starting a cluster takes half a minute, so it is asked for:
``LONGTAKE_RAY=1 pytest tests/engine/batch/test_ray.py``; ``LONGTAKE_BATCH_CLIPS=200`` gives the
long form, whose figures are in `docs/reliability.md`.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import threading
import time
from dataclasses import replace

import pytest

from engine.batch.ledger import FileState
from engine.batch.local import LocalEngine
from engine.batch.on_ray import RayEngine
from engine.batch.parquet import write_parquet
from engine.batch.run import Batch, Options
from engine.errors import LongtakeError
from tests.engine.batch.test_batch import lines

CLIPS = int(os.environ.get("LONGTAKE_BATCH_CLIPS", "12"))
slow = pytest.mark.skipif(
    not os.environ.get("LONGTAKE_RAY") or importlib.util.find_spec("ray") is None,
    reason="needs the extra ray, and LONGTAKE_RAY=1 because it takes a minute",
)


@pytest.fixture
def options(tmp_path, tiny_bundle):
    return Options(
        str(tmp_path / "archive"), tmp_path / "ray", str(tiny_bundle), "onnxruntime", workers=2
    )


def test_without_ray_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LongtakeError, match=r'pip install "longtake\[ray\]"'):
        RayEngine(2)


def actors() -> list[int]:
    """Processes of the cluster's actors, which Ray names after what they run."""
    found = subprocess.run(
        ["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 1) for line in found.splitlines()[1:]]
    return [int(row[0]) for row in rows if len(row) == 2 and row[1].startswith("ray::MapWorker")]


@slow
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore")
def test_ray_gives_the_same_labels_though_workers_are_killed(archive, options, tmp_path):
    archive(CLIPS - 2, damaged=2)
    here = replace(options, out=tmp_path / "local")
    begun = time.monotonic()
    Batch(here, lambda job: LocalEngine(2, here.out)).run(lambda progress: None)
    local_s = time.monotonic() - begun
    killed: list[int] = []
    over = threading.Event()

    def kill_now_and_then() -> None:
        while not over.wait(1.0) and len(killed) < 2:
            for pid in actors()[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    killer = threading.Thread(target=kill_now_and_then)
    killer.start()
    begun = time.monotonic()
    job = Batch(options, lambda job: RayEngine(2))
    try:
        entries = job.run(lambda progress: None)
    finally:
        over.set()
        killer.join()
    ray_s = time.monotonic() - begun
    assert killed
    states = [entry.state for entry in entries]
    assert states.count(FileState.DONE) == CLIPS - 2
    assert states.count(FileState.FAILED) == 2
    for path in (here.out / "labels").glob("*.jsonl"):
        assert lines(options.out / "labels" / path.name) == lines(path)
    write_parquet(tmp_path / "all.parquet", entries, job)
    import pyarrow.parquet as pq

    table = pq.read_table(tmp_path / "all.parquet")
    assert set(table.column("file").to_pylist()) == {
        entry.name for entry in entries if entry.state is FileState.DONE
    }
    print(f"\n{CLIPS} clips: local {local_s:.1f} s, Ray {ray_s:.1f} s, killed {len(killed)} actors")
