"""The leader of a batch is killed, and killed again: nothing is lost, nothing is there twice.

The long form, with the figures of `docs/reliability.md`:
``LONGTAKE_BATCH_CLIPS=200 pytest tests/engine/batch/test_killed.py -s``
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from engine.store import Question, SeenStore
from tests.engine.batch.test_batch import lines

if TYPE_CHECKING:
    from pathlib import Path

CLIPS = int(os.environ.get("LONGTAKE_BATCH_CLIPS", "0"))


def command(folder: Path, out: Path, bundle: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "app", "batch", str(folder), "--out", str(out)),
        *("--bundle", str(bundle), "--backend", "onnxruntime", "--workers", "2", "-q", *more),
    ]


def settled(out: Path) -> int:
    """Recordings that the ledger says are done or failed."""
    try:
        with sqlite3.connect(f"file:{out / 'batch.sqlite'}?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM file WHERE state != 'waiting'").fetchone()[0]
    except sqlite3.Error:
        return 0


def kill_when(process: subprocess.Popen, out: Path, count: int, delay_s: float) -> bool:
    """Kill the leader some time after `count` are settled; False when it ended before."""
    while process.poll() is None:
        if settled(out) >= count:
            time.sleep(delay_s)
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.02)
    return False


@pytest.mark.timeout(1800)
def test_a_killed_leader_loses_nothing_and_repeats_nothing(
    archive, tiny_bundle, tmp_path, monkeypatch
):
    sound, damaged, kills = (CLIPS - 10, 10, 6) if CLIPS else (6, 1, 1)
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    folder, out = archive(sound, damaged), tmp_path / "out"
    dice = random.Random(8)
    killed = 0
    for i in range(kills):
        process = subprocess.Popen(command(folder, out, tiny_bundle))
        killed += kill_when(
            process, out, 1 + i * (sound + damaged) // (kills + 1), dice.random() * 0.2
        )
    done = subprocess.run(command(folder, out, tiny_bundle), check=False)
    assert killed == kills
    assert done.returncode == 1  # there are damaged ones
    with sqlite3.connect(out / "batch.sqlite") as db:
        states = dict(db.execute("SELECT state, count(*) FROM file GROUP BY state").fetchall())
    assert states == {"done": sound, "failed": damaged}
    written = [lines(path)[1:] for path in (out / "labels").glob("*.jsonl")]
    assert len(written) == sound
    assert all(one == written[0] for one in written)
    assert not list((out / "labels").glob("clip*.part"))
    store = SeenStore(tmp_path / "data" / "seen.sqlite")
    hits = store.find(Question(limit=100_000))
    store.close()
    each = len({hit.sighting for hit in hits})
    assert len(hits) == len({(hit.address, hit.sighting) for hit in hits}) == sound * each
    print(f"\n{sound} sound and {damaged} damaged clips, leader killed {killed} times: {states}")
