"""`longtake watch` on real files, in its own process where signals are."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

import engine.sinks
from app.export_cli import read_rules
from app.glance import GlanceSink
from app.watch_table import Watched, stream_json, stream_table
from app.watching import WatchOptions, run_watch
from engine.errors import LongtakeError, SinkError, SourceError
from engine.sinks.labels import read_labels
from engine.sources.base import SourceInfo, SourceKind, SourceState, SourceStatus
from engine.status import PipelineStatus, RunState
from engine.streams import StreamPhase, StreamReport
from tests.app.fakes import make_manifest, make_result

SCHEMA = json.loads((Path(engine.sinks.__file__).parent / "labels.schema.json").read_text())


def watched_json(capsys, options):
    run_watch(options, as_json=True)
    return json.loads(capsys.readouterr().out)


def test_every_stream_has_a_row_and_a_label_file(clip, tiny_bundle, tmp_path, capsys):
    labels = tmp_path / "new" / "labels"
    missing = "rtsp://me:se%21cret@127.0.0.1:9/live"
    rows = watched_json(
        capsys,
        WatchOptions((str(clip), missing, str(clip)), str(tiny_bundle), labels=labels, stride=2),
    )
    assert [row["state"] for row in rows] == ["ended", "failed", "ended"]
    assert "se%21cret" not in json.dumps(rows)
    assert "refused" in rows[1]["error"]
    assert rows[1]["labels"] is None
    for row in (rows[0], rows[2]):
        assert row["frames"] + row["dropped"] == 30
        assert row["fps"] == pytest.approx(15, rel=0.5)
        lines = list(read_labels(Path(row["labels"])))
        for line in lines:
            jsonschema.validate(line, SCHEMA)
        assert lines[0]["stride"] == 2
        assert lines[-1]["frames"] == row["frames"]
        assert lines[-1]["drops"] == row["dropped"]
        assert {line["index"] % 2 for line in lines[1:-1]} == {0}
    assert rows[0]["labels"] != rows[2]["labels"]


def test_time_is_up(tiny_bundle, capsys):
    begun = time.monotonic()
    source = "lavfi:testsrc2=size=64x48:rate=30"
    (row,) = watched_json(capsys, WatchOptions((source,), str(tiny_bundle), seconds=1.0))
    assert time.monotonic() - begun < 8
    assert row["state"] == "ended"
    assert row["frames"] > 5


def test_nothing_could_be_watched(tiny_bundle):
    with pytest.raises(LongtakeError, match="None of the 2 streams"):
        run_watch(WatchOptions(("a.mp4", "b.mp4"), str(tiny_bundle)), as_json=False)


def test_a_folder_that_cannot_be_made_is_told(clip, tiny_bundle):
    with pytest.raises(SinkError, match="cannot be made"):
        run_watch(WatchOptions((str(clip),), str(tiny_bundle), labels=clip / "x"), as_json=False)


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_an_interrupt_leaves_whole_label_files(tiny_bundle, tmp_path):
    command = [sys.executable, "-m", "app", "watch", "lavfi:testsrc2=size=64x48:rate=30", "--json"]
    command += ["--bundle", str(tiny_bundle), "--labels", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        parts = list(tmp_path.glob("01-*.part"))
        if parts and parts[0].stat().st_size > 2000:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert err == b""
    (row,) = json.loads(out)
    assert row["state"] == "ended"
    assert list(read_labels(Path(row["labels"])))[-1]["type"] == "summary"


def report(phase, **changes):
    info = SourceInfo("cam", SourceKind.NETWORK, 64, 48, live=True)
    return StreamReport(1, phase, info, **changes)


def drawn(watched, reports):
    console = Console(width=100, no_color=True)
    with console.capture() as capture:
        console.print(stream_table(watched, reports))
    return capture.get()


def test_the_table_tells_what_is_wrong_and_what_is_seen():
    glance = GlanceSink(make_manifest())
    for pts_s in (0.0, 0.5, 1.0):
        glance.write(None, make_result(pts_s, 640, 480, memory_s=pts_s))
    lost = SourceStatus(SourceState.RECONNECTING, '"cam" was lost: silence.')
    reports = [
        report(
            StreamPhase.RUNNING,
            pipeline=PipelineStatus(
                RunState.RUNNING, SourceStatus(SourceState.OPEN), processed=3, processed_hz=14.6
            ),
        ),
        report(StreamPhase.RUNNING, pipeline=PipelineStatus(RunState.RUNNING, lost)),
        report(StreamPhase.FAILED, error=SourceError('"x" is damaged.', "Try another.")),
        report(StreamPhase.OPENING),
    ]
    watched = [Watched(n, f"cam [{n}]", glance=glance if n == 1 else None) for n in range(1, 5)]
    lines = drawn(watched, reports).splitlines()
    assert lines[1].split() == [
        *("1", "cam", "[1]", "running", "14.6", "3", "0", "1.0", "s", "2", "walking", "100%")
    ]
    assert "reconnecting" in lines[2]
    assert "failed" in lines[3]
    assert "opening" in lines[4]
    assert lines[5].rstrip() == '2 "cam" was lost: silence.'
    assert lines[6].rstrip() == '3 "x" is damaged. Try another.'
    row = stream_json(watched[0], reports[0])
    assert (row["action"], row["people"], row["memory_s"]) == ("walking", 2, 1.0)


def test_rules_are_followed_in_every_stream(clip, tiny_bundle, tmp_path, capsys):
    path = tmp_path / "rules.json"
    seen = {"name": "seen", "when": {"kind": "present", "label": "person", "for_s": 0.2}}
    note = {"do": "command", "command": [sys.executable, "-c", "pass"]}
    path.write_text(json.dumps({"rules": [seen | {"then": [note]}]}))
    rows = watched_json(
        capsys,
        WatchOptions((str(clip), str(clip)), str(tiny_bundle), rules=read_rules(path)),
    )
    for row in rows:
        done = [(entry["rule"], entry["action"]) for entry in row["rules"]]
        assert done == [("seen", ""), ("seen", "command")], row["rules"]
        assert not any(entry.get("failed") for entry in row["rules"])
