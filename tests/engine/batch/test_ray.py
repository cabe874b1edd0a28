"""A batch on a Ray cluster of this machine, all parts of which are killed on the way.

Starting a cluster takes half a minute, so it is asked for:
``LONGTAKE_RAY=1 pytest tests/engine/batch/test_ray.py -s``; ``LONGTAKE_BATCH_CLIPS=200`` gives the
long form, whose figures are in `docs/reliability.md`, and ``LONGTAKE_BATCH_BUNDLE=default`` runs a
real model instead of a tiny one.
"""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from engine.batch.on_ray import RayEngine
from engine.errors import LongtakeError
from engine.store import Question, SeenStore
from tests.engine.batch.test_batch import lines
from tests.engine.batch.test_killed import kill_when, settled
from tests.fixtures.cuts import cut_archive

if TYPE_CHECKING:
    from pathlib import Path

CLIPS = int(os.environ.get("LONGTAKE_BATCH_CLIPS", "12"))
DAMAGED = max(2, CLIPS // 20)
DRIVER_KILLS = 3 if CLIPS > 100 else 1
ACTOR_KILLS = 3
"""At most so many in each life of the driver."""
slow = pytest.mark.skipif(
    not os.environ.get("LONGTAKE_RAY") or importlib.util.find_spec("ray") is None,
    reason="needs the extra ray, and LONGTAKE_RAY=1 because it takes minutes",
)


def test_without_ray_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(LongtakeError, match=r'pip install "longtake\[ray\]"'):
        RayEngine(2, tmp_path)


def processes(name: str) -> list[int]:
    """Processes whose command begins with or runs `name`; Ray names actors after what they run."""
    found = subprocess.run(
        ["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in found.splitlines()[1:]]
    return [int(row[0]) for row in rows if row[1].startswith(name) or row[1].endswith("/" + name)]


@dataclass
class Side:
    """One of the two batches that are compared."""

    folder: Path
    engine: str
    bundle: str
    data: Path = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.folder / "data"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def start(self, archive: Path) -> subprocess.Popen:
        command = (
            *(sys.executable, "-m", "app", "batch", str(archive), "--out", str(self.out)),
            *("--engine", self.engine, "--bundle", self.bundle, "--backend", "onnxruntime"),
            *("--workers", "2", "--quiet", "--parquet", str(self.folder / "all.parquet")),
        )
        return subprocess.Popen(command, env=os.environ | {"LONGTAKE_DATA_DIR": str(self.data)})

    def labels(self) -> dict[str, list[dict]]:
        found = (self.out / "labels").rglob("*")
        return {
            str(path.relative_to(self.out)): lines(path) for path in sorted(found) if path.is_file()
        }

    def ledger(self) -> list[tuple]:
        with sqlite3.connect(self.out / "batch.sqlite") as db:
            asked = "SELECT name, state, reason, frames, damaged, seconds FROM file ORDER BY name"
            return db.execute(asked).fetchall()

    def hits(self) -> list[tuple]:
        store = SeenStore(self.data / "seen.sqlite")
        hits = store.find(Question(limit=1_000_000))
        store.close()
        return sorted((hit.address, *vars_of(hit.sighting)) for hit in hits)

    def table(self) -> list[dict]:
        import pyarrow.parquet as pq

        rows = pq.read_table(self.folder / "all.parquet").to_pylist()
        return sorted(rows, key=repr)


def vars_of(sighting) -> tuple:
    return tuple(getattr(sighting, name) for name in sighting.__slots__)


@pytest.fixture
def clips(tmp_path, shared_dir) -> Path:
    cut_archive(shared_dir, tmp_path / "archive", CLIPS, DAMAGED)
    return tmp_path / "archive"


class Killer:
    """Kills an actor now and then."""

    def __init__(self, dice: random.Random, out: Path) -> None:
        self.killed = 0
        self._dice, self._out = dice, out

    def work_until(self, over: threading.Event) -> None:
        """Kill until `over`, never two without a clip being settled in between."""
        last = -1
        for _ in range(ACTOR_KILLS):
            while True:
                if over.wait(self._dice.uniform(0.5, 3.0)):
                    return
                done, actors = settled(self._out), processes("ray::MapWorker")
                if done > last and actors:
                    break
            last = done
            os.kill(self._dice.choice(actors), signal.SIGKILL)
            self.killed += 1


@slow
@pytest.mark.shared
@pytest.mark.timeout(3600)
def test_ray_gives_the_labels_of_this_machine_though_all_are_killed(clips, tmp_path, tiny_bundle):
    bundle = os.environ.get("LONGTAKE_BATCH_BUNDLE", str(tiny_bundle))
    here, there = Side(tmp_path / "local", "local", bundle), Side(tmp_path / "ray", "ray", bundle)
    begun = time.monotonic()
    assert here.start(clips).wait() == 1  # there are damaged ones
    local_s = time.monotonic() - begun

    dice = random.Random()
    killer = Killer(dice, there.out)
    begun = time.monotonic()
    for life in range(DRIVER_KILLS + 1):
        driver, over = there.start(clips), threading.Event()
        thread = threading.Thread(target=killer.work_until, args=(over,))
        thread.start()
        if life < DRIVER_KILLS:
            least = max(settled(there.out), life * CLIPS // (DRIVER_KILLS + 1)) + 1
            assert kill_when(driver, there.out, least, dice.uniform(0.0, 5.0) * CLIPS / 200)
        else:
            assert driver.wait() == 1
        over.set()
        thread.join()
    ray_s = time.monotonic() - begun
    assert killer.killed
    assert len(here.ledger()) == CLIPS
    assert there.ledger() == here.ledger()
    assert there.labels() == here.labels()
    assert len(here.hits()) == len(set(here.hits())) > 0
    assert there.hits() == here.hits()
    assert there.table() == here.table()
    deadline = time.monotonic() + 60
    while processes("raylet") and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not processes("raylet"), "the cluster of a killed driver must not stay"
    states = [row[1] for row in here.ledger()]
    print(
        f"\n{CLIPS} clips, {states.count('failed')} cannot be watched: local {local_s:.0f} s; "
        f"Ray {ray_s:.0f} s with {killer.killed} actors and {DRIVER_KILLS} drivers killed; "
        f"{len(here.labels())} label files and {len(here.hits())} sightings equal"
    )
