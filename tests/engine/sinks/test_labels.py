from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from engine.errors import SinkError
from engine.frame import Discontinuity, Frame
from engine.picture import ArrayPicture
from engine.results import Detections, FrameResult, PersonActions
from engine.sinks import labels as labels_module
from engine.sinks.labels import JsonlSink, LabelHeader, read_labels
from models.spec import HeadKind, HeadSpec, Label

BOXES = HeadSpec(
    name="objects",
    kind=HeadKind.BOXES,
    labels=(Label(en="person", zh="人"), Label(en="chair", zh="椅子")),
    thresholds=(0.4, 0.4),
)
ACTIONS = HeadSpec(
    name="actions",
    kind=HeadKind.ACTIONS,
    labels=(Label(en="standing", zh="站立"), Label(en="falling", zh="跌倒")),
    thresholds=(0.5, 0.5),
)
HEADER = LabelHeader(
    "片段.mp4", "file", (64, 48), "default", "1", (BOXES, ACTIONS), "openvino, CPU"
)


@pytest.fixture(scope="module")
def schema():
    path = Path(labels_module.__file__).with_name("labels.schema.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def _result(index, standing=0.9, falling=0.1, mark=None):
    found = Detections(
        np.array([[1.26, 2, 30, 40.04], [5, 6, 7, 8]], np.float32),
        np.array([0.912345, 0.5], np.float32),
        np.array([0, 1], np.int32),
        np.array([7, -1], np.int32),
    )
    chances = {"actions": np.array([standing, falling], np.float32)}
    return FrameResult(index, index / 30, found, chances, mark)


def _write(sink, result):
    picture = ArrayPicture(np.zeros((48, 64, 3), np.uint8))
    sink.write(Frame(result.index, result.index, Fraction(1, 30), 0, picture), result)


def _run(path, *results):
    sink = JsonlSink(path, HEADER)
    for result in results:
        _write(sink, result)
    sink.close()
    return list(read_labels(path))


def test_every_line_obeys_the_schema(tmp_path, schema):
    marks = [*Discontinuity, None]
    lines = _run(tmp_path / "a.jsonl", *(_result(i, mark=mark) for i, mark in enumerate(marks)))
    for line in lines:
        schema.validate(line)
    assert [line["type"] for line in lines] == ["header", *["frame"] * len(marks), "summary"]


def test_the_schema_refuses_what_it_does_not_know(tmp_path, schema):
    header, frame, summary = _run(tmp_path / "a.jsonl", _result(0))
    assert not schema.is_valid(header | {"extra": 1})
    assert not schema.is_valid({k: v for k, v in frame.items() if k != "actions"})
    assert not schema.is_valid(summary | {"drops": -1})


def test_a_frame_says_all_that_was_seen(tmp_path):
    _, frame, _ = _run(tmp_path / "a.jsonl", _result(3, mark=Discontinuity.START))
    assert frame == {
        "type": "frame",
        "index": 3,
        "pts_s": 0.1,
        "detections": [
            {
                "xyxy": [1.3, 2.0, 30.0, 40.0],
                "label": "person",
                "confidence": 0.9123,
                "track_id": 7,
            },
            {"xyxy": [5.0, 6.0, 7.0, 8.0], "label": "chair", "confidence": 0.5, "track_id": None},
        ],
        "actions": {"actions": {"standing": 0.9, "falling": 0.1}},
        "discontinuity": "start",
    }


def test_the_header_says_what_made_it(tmp_path):
    header = _run(tmp_path / "a.jsonl")[0]
    assert header["schema"] == 1
    assert header["source"] == {"title": "片段.mp4", "kind": "file", "width": 64, "height": 48}
    assert header["bundle"] == {"name": "default", "version": "1"}
    assert header["heads"]["actions"]["labels"] == ["standing", "falling"]


def test_the_summary_counts(tmp_path):
    results = [_result(0), _result(1, 0.6), _result(2, 0.2, 0.8), _result(3, 0.2, 0.2)]
    summary = _run(tmp_path / "a.jsonl", *results)[-1]
    assert (summary["frames"], summary["seconds"], summary["fps"]) == (4, 0.1, 30.0)
    assert summary["intervals"] == [
        {"head": "actions", "label": "standing", "start_s": 0.0, "end_s": 0.033333, "peak": 0.9},
        {
            "head": "actions",
            "label": "falling",
            "start_s": 0.066667,
            "end_s": 0.066667,
            "peak": 0.8,
        },
    ]


def test_drops_are_counted_and_jumps_are_not(tmp_path):
    results = [_result(0), _result(4, mark=Discontinuity.GAP), _result(90, mark=Discontinuity.SEEK)]
    assert _run(tmp_path / "a.jsonl", *results)[-1]["drops"] == 3


def test_no_frame_is_a_summary_of_none(tmp_path, schema):
    summary = _run(tmp_path / "a.jsonl")[-1]
    schema.validate(summary)
    assert (summary["frames"], summary["fps"], summary["intervals"]) == (0, None, [])


def test_the_name_appears_only_when_complete(tmp_path):
    sink = JsonlSink(tmp_path / "a.jsonl", HEADER)
    _write(sink, _result(0))
    # Each line is on its way to the disk at once: a kill loses none.
    assert len(list(read_labels(tmp_path / "a.jsonl.part"))) == 2
    sink.abort()
    assert not (tmp_path / "a.jsonl").exists()


def test_a_line_cut_off_is_left_out(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = _run(path, _result(0), _result(1))
    whole = path.read_bytes()
    for length in (len(whole) - 1, len(whole) - 40):
        path.write_bytes(whole[:length])
        assert list(read_labels(path)) == lines[:-1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device that is always full")
def test_a_full_disk_is_said(tmp_path):
    (tmp_path / "a.jsonl.part").symlink_to("/dev/full")
    with pytest.raises(SinkError, match="disk is full"):
        JsonlSink(tmp_path / "a.jsonl", HEADER)


def test_bad_targets_fail_before_any_work(tmp_path):
    with pytest.raises(SinkError, match="is a folder"):
        JsonlSink(tmp_path, HEADER)
    with pytest.raises(SinkError, match="no folder"):
        JsonlSink(tmp_path / "missing" / "a.jsonl", HEADER)


def test_what_each_person_does_is_written_by_identity(tmp_path, schema):
    persons = tuple(
        PersonActions(track, {"actions": np.array(chances, np.float32)}, 0.4)
        for track, chances in ((3, (0.9, 0.1)), (7, (0.2, 0.8)))
    )
    _run(tmp_path / "labels.jsonl", replace(_result(0), persons=persons), _result(1))
    _, first, second, _ = read_labels(tmp_path / "labels.jsonl")
    schema.validate(first)
    assert first["persons"] == [
        {"track_id": 3, "actions": {"actions": {"standing": 0.9, "falling": 0.1}}},
        {"track_id": 7, "actions": {"actions": {"standing": 0.2, "falling": 0.8}}},
    ]
    assert "persons" not in second


def test_frames_left_out_on_purpose_are_no_drops(tmp_path, schema):
    sink = JsonlSink(tmp_path / "labels.jsonl", replace(HEADER, stride=2))
    for index in (0, 2, 4, 8, 9, 11):
        _write(sink, _result(index))
    sink.close()
    header, *_, summary = read_labels(tmp_path / "labels.jsonl")
    schema.validate(header)
    assert header["stride"] == 2
    assert summary["drops"] == 1
