"""Readers of published action sets, on small made copies of their layouts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from models.data.class_folders import RECORDINGS, read_class_folders
from models.data.clip_formats import CLIP_FORMATS, SplitChoice, read_clip_split
from models.data.splits import (
    DataError,
    FileSplit,
    LabelledFile,
    LeakError,
    leave_groups_out,
    present_split,
    refuse_leaks,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def touch(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def write(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def names(files: Iterable[LabelledFile]) -> list[str]:
    return [file.path.name for file in files]


def recognised(folder: Path) -> str:
    return next(name for name, kind in CLIP_FORMATS.items() if kind.recognise(folder))


def make_ucf101(folder: Path, test_groups: tuple[int, ...] = (1,)) -> None:
    clips = {
        f"{label}/v_{label}_g{group:02}_c{clip:02}.avi": group
        for label in ("Archery", "Biking")
        for group in range(1, 12)
        for clip in (1, 2)
    }
    touch(folder / "UCF-101", clips)
    lists = folder / "ucfTrainTestlist"
    write(lists / "testlist01.txt", *(c for c, group in clips.items() if group in test_groups))
    write(lists / "trainlist01.txt", *(f"{c} 1" for c, group in clips.items() if group != 1))


def test_ucf101_is_split_by_its_lists_and_grouped_by_recording(tmp_path: Path):
    make_ucf101(tmp_path)
    assert recognised(tmp_path) == "ucf101"
    split = read_clip_split(tmp_path, SplitChoice())
    assert {file.group for file in split.test} == {"Archery_g01", "Biking_g01"}
    assert len(split.test) == 4
    assert len(split.train) + len(split.validation) == 40
    assert split.classes == ("Archery", "Biking")
    assert {file.label for file in split.validation} <= set(split.classes)


def test_a_list_that_has_one_recording_in_two_parts_is_refused_unless_allowed(tmp_path: Path):
    make_ucf101(tmp_path, test_groups=(1, 2))
    with pytest.raises(LeakError, match="_g02"):
        read_clip_split(tmp_path, SplitChoice())
    assert len(read_clip_split(tmp_path, SplitChoice(allow_leaks=True)).test) == 8


def test_ucf101_without_the_split_asked_for_says_which_list_is_missing(tmp_path: Path):
    make_ucf101(tmp_path)
    with pytest.raises(DataError, match=r"list03\.txt"):
        read_clip_split(tmp_path, SplitChoice(split=3))


def test_hmdb51_leaves_out_what_its_lists_do_and_groups_by_film(tmp_path: Path):
    films = [f"Film_{n}" for n in range(4)]
    for label in ("brush_hair", "wave"):
        clips = [f"{film}_{label}_u_nm_np1_ba_goo_{n}.avi" for film in films for n in (0, 1)]
        touch(tmp_path / "hmdb51_org" / label, clips)
        part = {films[0]: "2", films[3]: "0"}
        write(
            tmp_path / "testTrainMulti_7030_splits" / f"{label}_test_split2.txt",
            *(f"{clip} {part.get(clip[:6], '1')} " for clip in clips),
        )
    assert recognised(tmp_path) == "hmdb51"
    split = read_clip_split(tmp_path, SplitChoice(split=2))
    assert {file.group for file in split.test} == {films[0]}
    assert {file.group for file in (*split.train, *split.validation)} == {films[1], films[2]}
    assert split.classes == ("brush_hair", "wave")
    with pytest.raises(DataError, match="no lists of split 1"):
        read_clip_split(tmp_path, SplitChoice())


def test_kth_is_split_by_its_official_persons(tmp_path: Path):
    touch(
        tmp_path,
        [
            f"{label}/person{person:02}_{label}_d{scene}_uncomp.avi"
            for label in ("boxing", "running")
            for person in range(1, 26)
            for scene in (1, 2)
        ],
    )
    assert recognised(tmp_path) == "kth"
    split = read_clip_split(tmp_path, SplitChoice())
    persons = [sorted({file.group for file in part}) for part in (split.train, split.test)]
    assert persons[0] == [f"person{n}" for n in range(11, 19)]
    assert persons[1] == [f"person{n:02}" for n in (2, 3, 5, 6, 7, 8, 9, 10, 22)]
    assert len(split.validation) == 8 * 2 * 2


def test_jester_tables_name_folders_of_pictures(tmp_path: Path):
    touch(tmp_path / "20bn-jester-v1", [f"{n}/0000{i}.jpg" for n in range(1, 20) for i in (1, 2)])
    write(tmp_path / "jester-v1-train.csv", *(f"{n};Swiping Left" for n in range(1, 17)))
    write(tmp_path / "jester-v1-validation.csv", "17;Swiping Left", "18;No gesture", "99;Stop")
    write(tmp_path / "jester-v1-test.csv", "19")
    assert recognised(tmp_path) == "jester"
    split = read_clip_split(tmp_path, SplitChoice())
    assert [(f.path.name, f.label) for f in split.test] == [
        ("17", "Swiping Left"),
        ("18", "No gesture"),
    ]
    assert len(split.validation) == 2
    assert [path.name for path in split.missing] == ["99"]


def test_a_table_that_is_none_is_named(tmp_path: Path):
    write(tmp_path / "jester-v1-train.csv", "id,label")
    with pytest.raises(DataError, match=r"jester-v1-train\.csv is no table"):
        read_clip_split(tmp_path, SplitChoice())


def test_kinetics_groups_by_recording_and_counts_what_was_never_downloaded(tmp_path: Path, caplog):
    header = "label,youtube_id,time_start,time_end,split"
    touch(tmp_path / "train/abseiling", [f"v{n}_000010_000020.mp4" for n in range(9)])
    touch(tmp_path / "val", ["w1.mkv"])
    rows = [f"abseiling,v{n},10,20,train" for n in range(12)]
    write(tmp_path / "train.csv", header, *rows)
    write(tmp_path / "val.csv", header, "zumba,w1,3,13,val")
    assert recognised(tmp_path) == "kinetics"
    split = read_clip_split(tmp_path, SplitChoice())
    assert names(split.test) == ["w1.mkv"]
    assert split.test[0].group == "w1"
    assert len(split.train) + len(split.validation) == 9
    assert [path.stem[:3] for path in split.missing] == ["v9_", "v10", "v11"]
    (line,) = caplog.messages
    assert line.startswith("3 of the listed files are missing: ")
    assert "v10_000010_000020.mp4" in line


def test_of_a_whole_recording_kinetics_takes_the_stretch_it_names(tmp_path: Path, make_clip):
    header = "label,youtube_id,time_start,time_end,split"
    for name in ("whole", "cut_000001_000002", "short"):
        frames = 20 if name == "short" else 60
        make_clip(tmp_path / f"{name}.mp4", frames=frames, rate=20, size=(32, 32))
    rows = [f"resting,{name},1,2,train" for name in ("whole", "cut", "short")]
    write(tmp_path / "train.csv", header, *rows)
    make_clip(tmp_path / "other.mp4", frames=60, rate=20, size=(32, 32))
    write(tmp_path / "val.csv", header, "running,other,0,3,val")
    split = read_clip_split(tmp_path, SplitChoice())
    spans = {f.path.stem: f.span_s for f in (*split.train, *split.validation, *split.test)}
    assert spans["whole"] == (1, 2)
    assert spans["cut_000001_000002"] is None
    assert spans["short"] is None, "it is the stretch itself: it ends before the stretch would"


def make_activitynet(folder: Path, **entries: object) -> None:
    described = {
        f"rec{n}": {
            "subset": "validation" if n == 0 else "training",
            "annotations": [
                {"segment": [1.0, 2.5], "label": "Chopping"},
                {"segment": [4, 6], "label": "Frying"},
            ],
        }
        for n in range(4)
    }
    silent = {"rec9": {"subset": "testing", "annotations": []}}
    write(folder / "activity.json", json.dumps({"database": {**described, **silent, **entries}}))
    touch(folder / "videos", [f"v_rec{n}.mp4" for n in range(4)])


def test_activitynet_gives_stretches_of_recordings(tmp_path: Path):
    make_activitynet(tmp_path)
    assert recognised(tmp_path) == "activitynet"
    split = read_clip_split(tmp_path, SplitChoice())
    assert [(f.path.name, f.label, f.span_s) for f in split.test] == [
        ("v_rec0.mp4", "Chopping", (1.0, 2.5)),
        ("v_rec0.mp4", "Frying", (4, 6)),
    ]
    assert {f.group for f in split.train} | {f.group for f in split.validation} == {
        "rec1",
        "rec2",
        "rec3",
    }


def test_a_broken_activitynet_entry_is_named(tmp_path: Path):
    make_activitynet(tmp_path, rec8={"subset": "training", "annotations": [{"label": "x"}]})
    with pytest.raises(DataError, match="'rec8'"):
        read_clip_split(tmp_path, SplitChoice())


def test_folders_of_classes_are_grouped_by_pattern_or_by_neighbourhood(tmp_path: Path):
    people = ("ann", "bob", "cy")
    touch(tmp_path, [f"{c}/{p}_{c}.mp4" for c in ("run", "walk") for p in people])
    touch(tmp_path, ["run/notes.txt"])
    assert recognised(tmp_path) == "folders"
    split = read_clip_split(tmp_path, SplitChoice(group="([a-z]+)_", test_group="ann"))
    assert {file.group for file in split.test} == {"ann"}
    assert {file.group for file in split.validation} == {"cy"}
    assert names(split.train) == ["bob_run.mp4", "bob_walk.mp4"]
    blocks = read_class_folders(tmp_path, RECORDINGS)
    assert len(blocks) == 6
    with pytest.raises(DataError, match="finds no first bracket"):
        read_clip_split(tmp_path, SplitChoice(group="([0-9]+)_"))
    with pytest.raises(DataError, match="there is no group 'nobody', only"):
        leave_groups_out(blocks, "nobody")


def test_neighbours_in_natural_order_share_a_group(tmp_path: Path):
    touch(tmp_path, [f"{c}/{n}.mp4" for c in "ab" for n in range(1, 11)])
    found = [file for file in read_class_folders(tmp_path, RECORDINGS) if file.label == "a"]
    assert names(found) == [f"{n}.mp4" for n in range(1, 11)]
    assert [file.group for file in found] == [f"block{n // 2}" for n in range(10)]


def test_no_group_held_out_of_a_published_training_part_is_trained_on(tmp_path: Path):
    touch(tmp_path, map(str, range(40)))
    files = [LabelledFile(tmp_path / str(n), "it", f"g{n % 20}") for n in range(40)]
    split = present_split(files[:30], (), [LabelledFile(tmp_path / "39", "it", "other")])
    refuse_leaks(split)
    assert len(split.train) + len(split.validation) == 30
    assert split.validation


def test_a_leak_between_any_two_parts_is_found(tmp_path: Path):
    one, two = (LabelledFile(tmp_path / n, "it", n) for n in ("a", "b"))
    refuse_leaks(FileSplit((one,), (), (two,)))
    for parts in (((one,), (one,), (two,)), ((one,), (two,), (one,)), ((one,), (two,), (two,))):
        with pytest.raises(LeakError, match="flatter"):
            refuse_leaks(FileSplit(*parts))


def test_a_set_of_which_nothing_is_there_says_what_is_missing(tmp_path: Path):
    with pytest.raises(DataError, match=r"1 are missing, such as .*a\.mp4"):
        present_split([LabelledFile(tmp_path / "a.mp4", "it", "a")], (), ())
