"""Each label format, read back by a reader of others where there is one."""

from __future__ import annotations

import csv
import json
import zipfile
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest
import srt
import webvtt
from faster_coco_eval import COCO

from engine.errors import SinkError
from engine.frame import Frame
from engine.picture import ArrayPicture
from engine.results import Detections, FrameResult
from engine.sinks.label_formats import FORMATS, convert_labels, format_of, make_label_sink
from engine.sinks.label_formats.ass import escape
from engine.sinks.labels import LabelHeader
from models.spec import HeadKind, HeadSpec, Label

if TYPE_CHECKING:
    from pathlib import Path

BOXES = HeadSpec(
    name="objects",
    kind=HeadKind.BOXES,
    labels=(Label(en="person", zh="人"), Label(en='"hot: dog"', zh="热狗")),
    thresholds=(0.4, 0.4),
)
ACTIONS = HeadSpec(
    name="actions",
    kind=HeadKind.ACTIONS,
    labels=(Label(en="standing", zh="站立"), Label(en="fall <{&}>", zh="跌倒")),
    thresholds=(0.5, 0.5),
)
HEADER = LabelHeader("片段 1.mp4", "file", (640, 480), "default", "1", (BOXES, ACTIONS), "fake")
FRAMES = 30


def _result(index: int) -> FrameResult:
    """A person who walks to the right, something unknown in every second frame, a fall at 0.5 s."""
    rows = [[10.0 + index, 20, 110 + index, 320]] + [[300, 200, 420.5, 260]] * (index % 2)
    found = Detections(
        np.array(rows, np.float32),
        np.array([0.9, 0.55][: len(rows)], np.float32),
        np.array([0, 1][: len(rows)], np.int32),
        np.array([4, -1][: len(rows)], np.int32),
    )
    falling = 0.8 if 15 <= index < 20 else 0.1
    chances = {"actions": np.array([0.7 if index < 10 else 0.2, falling], np.float32)}
    return FrameResult(index, index / 30, found, chances)


def _write(path: Path, name: str | None = None) -> Path:
    sink = make_label_sink(path, HEADER, name)
    picture = ArrayPicture(np.zeros((480, 640, 3), np.uint8))
    for index in range(FRAMES):
        sink.write(Frame(index, index, Fraction(1, 30), 0, picture), _result(index))
    sink.close()
    return path


@pytest.fixture
def written(tmp_path: Path):
    return lambda name: _write(tmp_path / f"out{FORMATS[name].suffix}")


@pytest.mark.parametrize("name", FORMATS)
def test_converting_gives_what_the_run_would_have_written(tmp_path: Path, name: str) -> None:
    suffix = FORMATS[name].suffix
    direct, lines = _write(tmp_path / f"direct{suffix}"), _write(tmp_path / "a.jsonl")
    converted = tmp_path / f"converted{suffix}"
    assert convert_labels(lines, converted) == FRAMES
    if name == "yolo":
        contents = [
            {n: z.read(n) for n in z.namelist()} for z in map(zipfile.ZipFile, (direct, converted))
        ]
        assert contents[0] == contents[1]
    else:
        assert direct.read_bytes() == converted.read_bytes()
    assert not list(tmp_path.glob("*.part"))


def test_coco_is_read_by_an_evaluator(written) -> None:
    coco = COCO(str(written("coco")))
    assert len(coco.getImgIds()) == FRAMES
    (person,) = coco.getCatIds(catNms=["person"])
    (walker,) = coco.loadAnns(coco.getAnnIds(imgIds=[7], catIds=[person]))
    assert walker["bbox"] == [17.0, 20.0, 100.0, 300.0]
    assert (walker["area"], walker["track_id"], walker["iscrowd"]) == (30_000.0, 4, 0)
    assert len(coco.getAnnIds()) == FRAMES + FRAMES // 2
    assert coco.loadImgs([7])[0]["width"] == 640


def test_coco_of_nothing(tmp_path: Path) -> None:
    make_label_sink(tmp_path / "out.coco.json", HEADER).close()
    document = json.loads((tmp_path / "out.coco.json").read_text(encoding="utf-8"))
    assert document["images"] == document["annotations"] == []


def test_mot(written) -> None:
    table = np.loadtxt(written("mot"), delimiter=",")
    assert table.shape == (FRAMES + FRAMES // 2, 9)
    assert table[0].tolist() == [1, 4, 10, 20, 100, 300, 0.9, 1, -1]
    assert set(table[table[:, 7] == 2][:, 1]) == {-1}


def test_yolo(written) -> None:
    with zipfile.ZipFile(written("yolo")) as archive:
        names = archive.namelist()
        rows = np.loadtxt(archive.open("labels/train/片段 1_000001.txt"))
        config = archive.read("data.yaml").decode()
    assert len(names) == FRAMES + 1
    assert rows[0].tolist() == pytest.approx([0, 61 / 640, 170 / 480, 100 / 640, 300 / 480], 1e-4)
    assert '  1: "\\"hot: dog\\""\n' in config


def test_webvtt_is_read_by_a_player(written) -> None:
    standing, falling = webvtt.read(str(written("webvtt")))
    assert (standing.start, standing.end) == ("00:00:00.000", "00:00:00.333")
    assert (falling.start, falling.end) == ("00:00:00.500", "00:00:00.667")
    assert falling.raw_text == "fall &lt;{&amp;}&gt; (80%)"


def test_subrip_is_read_by_a_player(written) -> None:
    standing, falling = srt.parse(written("srt").read_text(encoding="utf-8"))
    assert standing.content == "standing (70%)"
    assert falling.start.total_seconds() == 0.5
    assert falling.content == "fall <{&}> (80%)"


def test_activitynet(written) -> None:
    document = json.loads(written("activitynet").read_text(encoding="utf-8"))
    # The fields without which its evaluation refuses truth and detections.
    assert {"database", "results", "version", "external_data"} <= document.keys()
    assert document["database"]["片段 1"]["duration"] == pytest.approx(1.0)
    found = document["results"]["片段 1"][1]
    assert found["segment"] == pytest.approx([0.5, 20 / 30], abs=1e-4)
    assert found["score"] == 0.8


def test_boris(written) -> None:
    with written("boris").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["Behavior"], r["Behavior type"], float(r["Time"])) for r in rows] == [
        ("standing", "START", 0.0),
        ("standing", "STOP", 0.333),
        ("fall <{&}>", "START", 0.5),
        ("fall <{&}>", "STOP", 0.667),
    ]
    assert rows[0]["Media file name"] == "片段 1.mp4"


def test_csv(written) -> None:
    with written("csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == FRAMES + FRAMES // 2 + 10 + 5
    odd = next(r for r in rows if r["label"] == '"hot: dog"')
    assert (odd["frame"], odd["track_id"], odd["right"]) == ("1", "", "420.5")
    assert sum(r["kind"] == "action" for r in rows) == 15


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("a.jsonl", "jsonl"),
        ("a.labels", "jsonl"),
        ("a.CSV", "csv"),
        ("a.boris.csv", "boris"),
        ("a.coco.json", "coco"),
        ("a.zip", "yolo"),
        ("a.vtt", "webvtt"),
    ],
)
def test_the_ending_tells_the_format(tmp_path: Path, file: str, name: str) -> None:
    assert format_of(tmp_path / file).name == name


def test_what_the_ending_does_not_tell_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="coco or activitynet"):
        format_of(tmp_path / "a.json")
    assert format_of(tmp_path / "a.json", "coco").name == "coco"
    with pytest.raises(SinkError, match="webvtt"):
        format_of(tmp_path / "a.json", "cocoa")


@pytest.mark.parametrize(
    "content",
    [b"", b"no json\n", b"\xff\xfe\n", b'{"type":"frame"}\n', b'{"type":"header"}\n{"type":"?"}\n'],
    ids=["empty", "text", "binary", "headless", "strange"],
)
def test_what_is_no_label_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in.jsonl").write_bytes(content)
    with pytest.raises(SinkError, match=r"in\.jsonl is no label file"):
        convert_labels(tmp_path / "in.jsonl", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_stopped_run_is_refused(tmp_path: Path) -> None:
    whole = _write(tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_text("".join(whole[:-1]), encoding="utf-8")
    with pytest.raises(SinkError, match="stopped"):
        convert_labels(tmp_path / "cut.jsonl", tmp_path / "out.csv")
    assert not list(tmp_path.glob("out*"))


def test_nothing_in_a_name_is_a_command() -> None:
    assert escape("a{\\b1}\\N:\n,c") == "a\\{\\\u2060b1\\}\\\u2060N: ,c"
