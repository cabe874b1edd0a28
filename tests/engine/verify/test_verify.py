"""The checks pass on what is right, and fail on what was made wrong on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli import cli
from engine.backends import create_backend
from engine.backends.base import StepOutput
from engine.bundle import load_bundle
from engine.errors import SourceError
from engine.frame import Discontinuity
from engine.predictor import Predictor
from engine.results import Detections, FrameResult
from engine.sources import open_source
from engine.tracking.byte_tracker import TrackerState, Tracks
from engine.verify import Verdict, VerifyOptions, verify
from engine.verify.exports import check_exports
from engine.verify.fingerprint import memory_digest, result_digest
from engine.verify.playing import Seen
from engine.verify.runtimes import check_runtimes
from engine.verify.seeks import check_seeks
from engine.verify.steps import check_steps


@pytest.fixture(scope="module")
def clip(tmp_path_factory, make_clip):
    return make_clip(tmp_path_factory.mktemp("verify") / "clip.mp4", frames=50, vfr=True)


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


def result(**changes):
    fields = {
        "index": 3,
        "pts_s": 0.1,
        "detections": Detections.empty(),
        "actions": {"a": np.array([0.25, 0.5], np.float32)},
    }
    return FrameResult(**(fields | changes))


def test_a_fingerprint_is_of_every_bit_but_the_time_taken():
    least = np.nextafter(np.float32(0.25), np.float32(1))
    same = result_digest(result())
    assert result_digest(result(inference_ns=99)) == same
    for changes in (
        {"actions": {"a": np.array([least, 0.5], np.float32)}},
        {"actions": {"b": np.array([0.25, 0.5], np.float32)}},
        {"discontinuity": Discontinuity.GAP},
        {"exact": False},
        {"memory_s": 1e-9},
    ):
        assert result_digest(result(**changes)) != same


def test_a_fingerprint_of_memory_is_of_state_tracks_and_cuts(bundle, clip):
    predictor = Predictor(bundle, create_backend(bundle, "onnxruntime"))
    source = open_source(str(clip))
    frame = source.read()
    predictor.process(frame)
    snapshot = predictor.snapshot(frame)
    same = memory_digest(snapshot)
    assert memory_digest(replace(snapshot, mark=Discontinuity.SEEK)) == same
    other_tracks = TrackerState(Tracks.empty(), snapshot.tracker.next_id + 1, frame.pts_s)
    state = {name: value + np.float32(1e-7) for name, value in snapshot.carry.state.items()}
    for changes in (
        {"tracker": other_tracks},
        {"cuts": replace(snapshot.cuts, motion=0.5)},
        {"carry": replace(snapshot.carry, state=state)},
    ):
        assert memory_digest(replace(snapshot, **changes)) != same
    source.close()


def test_all_is_well_with_a_clip(bundle, tiny_bundle, clip):
    options = VerifyOptions(str(clip), tiny_bundle, ("onnxruntime", "openvino"), targets=25)
    found = {outcome.check: outcome for outcome in verify(options)}
    assert {name: outcome.verdict.value for name, outcome in found.items()} == {
        "live versus export": "passed",
        "seek exactness": "passed",
        "step versus clip": "skipped",
        "openvino versus onnxruntime": "passed",
    }
    assert found["seek exactness"].figures["identical"] == 25


@dataclass
class FakeWindow:
    """Shows what was played, except at the frames named."""

    played: list[Seen]
    wrong: dict[int, Seen | None]

    def seek(self, pts_s, timeout_s):
        self.at = next(seen for seen in self.played if seen.pts_s == pts_s)
        return True

    def settled(self, timeout_s):
        return self.wrong.get(self.at.index, self.at)


def seen(index):
    return Seen(index, index / 10, b"r%d" % index, b"m%d" % index)


@pytest.mark.parametrize(
    "wrong", [None, replace(seen(4), result=b"x"), replace(seen(4), memory=b"x"), seen(5)]
)
def test_one_wrong_target_fails_the_seeks(wrong):
    played = [seen(index) for index in range(8)]
    assert check_seeks(FakeWindow(played, {}), played, 8, 0).verdict is Verdict.PASSED
    outcome = check_seeks(FakeWindow(played, {4: wrong}), played, 8, 0)
    assert outcome.verdict is Verdict.FAILED
    assert outcome.detail.endswith("different at frames 4")


def test_one_frame_or_byte_fails_the_export(tmp_path):
    played = [seen(index) for index in range(4)]
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"same")
    other.write_bytes(b"same")
    assert check_exports(played, played, (one, other)).verdict is Verdict.PASSED
    assert check_exports(played, played[:3], (one, other)).verdict is Verdict.FAILED
    changed = [*played[:3], replace(played[3], memory=b"x")]
    assert check_exports(played, changed, (one, other)).verdict is Verdict.FAILED
    other.write_bytes(b"Same")
    assert check_exports(played, played, (one, other)).verdict is Verdict.FAILED


class Forgetful:
    """A runtime that loses a little of its memory at every step."""

    name, device = "forgetful", "none"

    def __init__(self, backend):
        self._backend = backend

    def step(self, frame, dt_s, state):
        output = self._backend.step(frame, dt_s, state)
        return StepOutput(output.heads, {n: v * np.float32(0.7) for n, v in output.state.items()})


def test_a_runtime_that_drifts_fails(bundle, clip):
    backend = create_backend(bundle, "onnxruntime")
    outcome = check_runtimes(bundle, backend, Forgetful(backend), open_source(str(clip)))
    assert outcome.verdict is Verdict.FAILED
    assert outcome.figures["largest_difference"] > 0.01


def test_a_live_stream_is_refused(tiny_bundle):
    with pytest.raises(SourceError, match="live"):
        list(verify(VerifyOptions("lavfi:testsrc2=size=64x48:rate=25", tiny_bundle)))


def test_the_shipped_network_takes_a_clip_as_it_takes_frames(make_clip, tmp_path):
    pytest.importorskip("torch")
    clip = make_clip(tmp_path / "clip.mp4", frames=6)
    outcome = check_steps(load_bundle("default"), open_source(str(clip)))
    assert outcome.verdict is Verdict.PASSED
    assert outcome.figures["frames"] == 6


def test_the_command_prints_json_and_says_by_its_exit(tiny_bundle, clip, monkeypatch):
    words = ["verify", str(clip), "--bundle", str(tiny_bundle), "--backend", "onnxruntime"]
    run = CliRunner().invoke(cli, [*words, "--targets", "3", "--json"])
    assert run.exit_code == 0
    rows = json.loads(run.stdout)
    assert [row["check"] for row in rows] == [
        "live versus export",
        "seek exactness",
        "step versus clip",
    ]
    monkeypatch.setattr("engine.verify.seeks._LONGEST_S", 0.0)
    run = CliRunner().invoke(cli, [*words, "--targets", "3"])
    assert run.exit_code == 1
    assert "failed" in run.stdout
