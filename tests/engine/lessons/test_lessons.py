"""Lessons on disk, and beside a bundle's own heads."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.backends import create_backend, initial_state
from engine.bundle import load_bundle
from engine.errors import BundleError, SourceError
from engine.lessons.attach import run_with_lessons
from engine.lessons.learning import lesson_name
from engine.lessons.material import TeachingError, read_material
from engine.lessons.store import (
    list_lessons,
    load_lesson,
    load_takes,
    pack_lesson,
    remove_lesson,
    unpack_lesson,
)
from engine.lessons.viewing import Part, background_parts
from engine.predictor import Predictor
from engine.sources import open_source
from models.teaching.takes import BACKGROUND
from tests.engine.lessons.conftest import make_takes

if TYPE_CHECKING:
    from pathlib import Path

    from engine.bundle import Bundle
    from engine.lessons.store import Lesson
    from engine.lessons.viewing import Viewer


def test_a_lesson_survives_the_disk(lesson: Lesson) -> None:
    again = load_lesson("default", "kitchen")
    assert again.manifest == lesson.manifest
    np.testing.assert_array_equal(again.head.weights, lesson.head.weights)
    for before, after in zip(make_takes(), load_takes(again), strict=True):
        np.testing.assert_array_equal(before.readings, after.readings)
        assert (before.id, before.label, before.end_s) == (after.id, after.label, after.end_s)
    assert sorted(path.name for path in lesson.folder.iterdir()) == [
        "manifest.json",
        "takes.safetensors",
        "weights.safetensors",
    ]


def test_it_is_listed_and_removed(lesson: Lesson) -> None:
    assert [one.name for one in list_lessons("default")] == ["kitchen"]
    remove_lesson("default", "kitchen")
    assert list_lessons("default") == []
    with pytest.raises(BundleError, match="has no lesson 'kitchen'"):
        load_bundle("default+kitchen")


def test_it_goes_through_an_archive(lesson: Lesson, tmp_path: Path) -> None:
    pack_lesson(lesson, tmp_path / "kitchen.zip")
    remove_lesson("default", "kitchen")
    assert unpack_lesson(tmp_path / "kitchen.zip").manifest == lesson.manifest
    assert len(load_takes(load_lesson("default", "kitchen"))) == 6


def test_an_archive_of_anything_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "else.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kitchen/manifest.json", "{}")
    with pytest.raises(BundleError, match="is no lesson"):
        unpack_lesson(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../manifest.json", "{}")
    with pytest.raises(BundleError, match="outside itself"):
        unpack_lesson(path)


def test_altered_files_are_refused(lesson: Lesson) -> None:
    path = lesson.folder / "weights.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(BundleError, match="altered"):
        load_lesson("default", "kitchen")


def test_a_name_that_leads_elsewhere_is_refused(lesson: Lesson) -> None:
    path = lesson.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"name": "../../evil"}))
    with pytest.raises(BundleError, match="name"):
        load_lesson("default", "kitchen")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kitchen", "kitchen"),
        ("My 2nd Lesson!", "my-2nd-lesson"),
        ("3 ab", "ab"),
        ("厨房", "lesson-74a904c7"),
        (" 厨房", "lesson-74a904c7"),
        ("厨房 2", "lesson-9f5c96e4"),
    ],
)
def test_names(title: str, name: str) -> None:
    assert lesson_name(title) == name


def test_a_name_needs_a_letter() -> None:
    with pytest.raises(TeachingError, match="at least one letter"):
        lesson_name("1 2")


# -- with the bundle -------------------------------------------------------------------------------


def test_its_head_is_one_of_the_bundle(lesson: Lesson, bundle: Bundle) -> None:
    taught = load_bundle("default+kitchen")
    head = taught.manifest.head("kitchen")
    assert [label.zh for label in head.labels] == ["拍手", "均不是"]
    assert head.quiet == ("none of these",)
    assert taught.address == "default+kitchen"
    assert taught.manifest.title.en.endswith("+ Kitchen")
    assert taught.untaught.manifest == bundle.manifest


def test_twice_the_same_is_refused(lesson: Lesson) -> None:
    with pytest.raises(BundleError, match="already"):
        load_bundle("default+kitchen+kitchen")


def test_seeking_back_shows_the_same(lesson: Lesson, make_clip, tmp_path: Path) -> None:
    taught = load_bundle("default+kitchen")
    backend = create_backend(taught, "onnxruntime")
    predictor = Predictor(taught, backend)
    source = open_source(make_clip(tmp_path / "clip.mp4", frames=12))
    frames = [source.read() for _ in range(12)]
    source.close()
    said, at_six = [], None
    for frame in frames:
        if frame.index == 6:
            at_six = predictor.snapshot(frame)
        said.append(predictor.process(frame).actions["kitchen"])
    assert all(float(one.sum()) == pytest.approx(1.0, abs=1e-5) for one in said)
    predictor.restore(at_six)
    again = [
        predictor.process(frame).actions["kitchen"]
        for frame in (frames[6].marked(at_six.mark), *frames[7:])
    ]
    np.testing.assert_array_equal(np.stack(again), np.stack(said[6:]))
    backend.close()


def test_rows_of_a_batch_do_not_see_each_other(lesson: Lesson, bundle: Bundle) -> None:
    taught = load_bundle("default+kitchen")
    backend = create_backend(taught, "onnxruntime", batch=2)
    spec, rng = taught.manifest.input, np.random.default_rng(1)
    frames = rng.integers(0, 256, (2, spec.height, spec.width, 3)).astype(np.uint8)
    dt = np.full(2, 0.04, np.float32)
    both = backend.step(frames, dt, initial_state(taught.manifest, 2))
    for row in (0, 1):
        alone = backend.step(frames[row : row + 1], dt[:1], initial_state(taught.manifest)).heads[
            "kitchen.probability"
        ]
        np.testing.assert_allclose(both.heads["kitchen.probability"][row], alone[0], atol=1e-4)
    backend.close()


def test_a_model_that_sees_the_same_may_be_newer(
    lesson: Lesson, bundle: Bundle, viewer: Viewer
) -> None:
    newer = replace(lesson, manifest=lesson.manifest.model_copy(update={"model_sha256": "0" * 64}))
    run_with_lessons(viewer.backend, bundle, [newer])
    other = replace(newer, sight=np.roll(newer.sight, 100))
    with pytest.raises(BundleError, match="another version of the model"):
        run_with_lessons(viewer.backend, bundle, [other])


# -- takes -----------------------------------------------------------------------------------------


def test_looking_at_a_part_of_a_clip(viewer: Viewer, make_clip, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", frames=75, rate=25)
    take = viewer.view_part(Part("a-1", "a", str(path), 1.5, 2.0))
    assert take.times_s[0] == pytest.approx(0.52, abs=0.05)  # a second before fills the memory
    assert take.times_s[-1] <= 2.0
    assert np.diff(take.times_s).min() > 1 / 16 - 1e-6
    assert take.readings.shape == (len(take.times_s), 2016)
    with pytest.raises(SourceError, match="no picture from"):
        viewer.view_part(Part("a-2", "a", str(path), 9.0, 10.0))


def test_background_is_what_lies_between() -> None:
    parts = background_parts("clip.mp4", [(4.0, 6.0), (6.5, 8.0)], 20.0, most=3)
    assert all(part.label == BACKGROUND for part in parts)
    assert [(part.start_s, part.end_s) for part in parts] == [
        (0.0, 3.5),
        (pytest.approx(12.33, abs=0.01), pytest.approx(16.17, abs=0.01)),
        (pytest.approx(16.17, abs=0.01), 20.0),
    ]
    assert background_parts("clip.mp4", [(0.2, 2.0)], 2.4, most=3) == []


def test_material_of_folders(tmp_path: Path, make_clip) -> None:
    for label in ("Wave", "none"):
        (tmp_path / label).mkdir()
        make_clip(tmp_path / label / "one.mp4", frames=3)
    (tmp_path / "Wave" / "notes.txt").write_text("not a take")
    material = read_material(tmp_path)
    assert material.actions == ("Wave",)
    assert [(part.id, part.label) for part in material.parts] == [
        ("wave-1", "Wave"),
        ("none-1", BACKGROUND),
    ]


def test_material_of_intervals(tmp_path: Path, make_clip) -> None:
    make_clip(tmp_path / "clip.mp4", frames=250, rate=25)
    labels = tmp_path / "labels.json"
    events = [{"label": "wave", "start_s": 3.0, "end_s": 4.0}]
    labels.write_text(json.dumps({"clip.mp4": {"subject": 1, "events": events}}))
    found = [(part.label, part.start_s) for part in read_material(labels).parts]
    assert found == [("wave", 3.0), (BACKGROUND, 0.0), (BACKGROUND, 4.5), (BACKGROUND, 7.25)]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "no JSON"),
        ('{"clip.mp4": [{"label": "a"}]}', "Field required"),
        ('{"clip.mp4": [{"label": "a", "start_s": 2, "end_s": 1}]}', "before it begins"),
        ("{}", "no takes"),
    ],
)
def test_material_that_makes_no_sense(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text(content)
    with pytest.raises(TeachingError, match=complaint):
        read_material(path)
