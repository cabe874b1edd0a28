"""A camera on the network that dies, stalls and comes back, through the whole pipeline."""

from __future__ import annotations

import os
import signal
import time

import pytest

from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.frame import Cause, Discontinuity
from engine.pipeline import Pipeline
from engine.predictor import Predictor
from engine.sources import open_source
from engine.sources.base import SourceState
from engine.state import Reaction
from tests.engine.sources.servers import RtspServer
from tests.faults.long import LONG, count, say
from tests.fixtures.clips import make_clip

pytest.importorskip("aio_rtsp_toolkit")


class Notes:
    def __init__(self):
        self.results, self.late_s = [], []

    def write(self, frame, result):
        # How long after its own time each came; both are counted from some moment or other.
        self.late_s.append(frame.captured_ns / 1e9 - frame.pts_s)
        self.results.append(result)

    def close(self):
        pass

    abort = close


class Watched:
    """A pipeline on the server's stream."""

    def __init__(self, server, bundle):
        self.notes, self.outages = Notes(), 0
        backend = create_backend(bundle, "onnxruntime")
        address = f"rtsp://user:p%21w@127.0.0.1:{server.port}/live.mp4"
        self.source = open_source(address)
        self.pipeline = Pipeline(self.source, Predictor(bundle, backend), [self.notes])
        self.pipeline.start()
        self.wait(lambda: len(self.notes.results) > 10, 20)

    def wait(self, condition, timeout_s):
        """Return how long it took."""
        begun = time.monotonic()
        while not condition():
            assert time.monotonic() - begun < timeout_s, self.pipeline.status()
            time.sleep(0.01)
        return time.monotonic() - begun

    def lost(self):
        return self.pipeline.status().source.state is SourceState.RECONNECTING

    def back(self):
        """Wait for the next frame after a reconnection and return how long that took."""
        self.outages += 1
        took_s = self.wait(lambda: len(self.marks()) >= self.outages, 30)
        marks = self.marks()
        assert len(marks) == self.outages
        assert marks[-1].event.cause is Cause.RECONNECT
        assert marks[-1].event.reaction is Reaction.RESET
        assert marks[-1].memory_s == 0
        self.check_time()
        return took_s

    def check_time(self):
        """Time went on through the outage as on the wall, so that the gap is as long as it was."""
        results = self.notes.results
        back = max(i for i, one in enumerate(results) if one.discontinuity is Discontinuity.SOURCE)
        self.wait(lambda: len(results) > back + 10, 20)
        before_s, after_s = min(self.notes.late_s[:back]), min(self.notes.late_s[back : back + 10])
        assert abs(after_s - before_s) < 0.05

    def marks(self):
        return [r for r in self.notes.results if r.discontinuity is Discontinuity.SOURCE]

    def stop(self):
        begun = time.monotonic()
        self.pipeline.stop()
        return time.monotonic() - begun


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("outages")
    make_clip(made / "live.mp4", frames=count(900, 1800), size=(160, 120))
    return made


@pytest.fixture
def server(folder):
    with RtspServer(folder) as made:
        yield made


@pytest.fixture
def watched(server, tiny_bundle):
    made = Watched(server, load_bundle(tiny_bundle))
    yield made
    made.stop()


@pytest.mark.timeout(600)
def test_killed_and_restarted(server, watched):
    noticed, returned = [], []
    for _ in range(count(1, 20)):
        server.kill()
        noticed.append(watched.wait(watched.lost, 10))
        server.start()
        returned.append(watched.back())
    assert max(noticed) <= 5.0, noticed
    assert max(returned) <= 5.0, returned
    assert watched.pipeline.status().source.reconnects == len(returned)
    say(
        f"{len(returned)} of {len(returned)} outages: noticed within {max(noticed):.2f} s, frames "
        f"within {max(returned):.2f} s of the return"
    )


def test_stop_during_an_outage(server, watched):
    server.kill()
    watched.wait(watched.lost, 10)
    assert watched.stop() < 1.0


@pytest.mark.skipif(not LONG, reason="takes half a minute: LONGTAKE_FAULTS_LONG=1")
@pytest.mark.timeout(180)
def test_stalled_for_fifteen_seconds(server, watched):
    process = server._process
    os.kill(process.pid, signal.SIGSTOP)
    begun = time.monotonic()
    noticed_s = watched.wait(watched.lost, 10)
    time.sleep(15 - (time.monotonic() - begun))
    os.kill(process.pid, signal.SIGCONT)
    returned_s = watched.back()
    assert noticed_s <= 5.5
    assert returned_s <= 5.0
    say(f"stalled 15 s: noticed after {noticed_s:.2f} s, frames {returned_s:.2f} s after the end")


@pytest.mark.skipif(not LONG, reason="takes more than a minute: LONGTAKE_FAULTS_LONG=1")
@pytest.mark.timeout(180)
def test_down_for_a_minute(server, watched):
    server.kill()
    noticed_s = watched.wait(watched.lost, 10)
    time.sleep(60)
    server.start()
    returned_s = watched.back()
    assert noticed_s <= 5.0
    assert returned_s <= 5.0
    say(f"down 60 s: noticed after {noticed_s:.2f} s, frames {returned_s:.2f} s after the return")
