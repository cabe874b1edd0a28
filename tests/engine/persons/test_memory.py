"""Each person's memory is their own: it follows who they are, and ends with their track.

The tiny bundle remembers the mean colour of what it is shown, so a person dressed in one colour is
told from another by what is remembered.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.backends import create_backend
from engine.bundle import load_bundle
from engine.errors import BundleError
from engine.frame import Discontinuity, Frame
from engine.persons import PersonMemory, load_person_model
from engine.persons.window import Window
from engine.picture import ArrayPicture
from engine.predictor import Predictor
from engine.results import Detections
from tests.fixtures.bundles import KEEP

SIZE = (480, 640)
RED, BLUE = (0, 0, 255), (255, 0, 0)


@pytest.fixture(scope="module")
def bundle(tiny_bundle):
    return load_bundle(tiny_bundle)


@pytest.fixture(scope="module")
def model(bundle):
    return load_person_model(bundle, "onnxruntime", 4)


def box_at(x, height=200):
    return [x - height / 4, 240 - height / 2, x + height / 4, 240 + height / 2]


def frame_of(index, people=()):
    """A black picture with coloured people on a coloured ground of their own."""
    image = np.zeros((*SIZE, 3), np.uint8)
    for x, colour in people:
        left, top, right, bottom = (int(v) for v in box_at(x, 300))
        image[max(0, top) : bottom, max(0, left - 100) : right + 100] = colour
    return Frame(index, index, Fraction(1, 30), 0, ArrayPicture(image))


def found(*people):
    """Detections from (track, x, confidence[, class])."""
    rows = [(*person, 0)[:4] if len(person) < 4 else person for person in people]
    return Detections(
        np.array([box_at(x) for _, x, _, _ in rows], np.float32).reshape(-1, 4),
        np.array([confidence for _, _, confidence, _ in rows], np.float32),
        np.array([kind for *_, kind in rows], np.int32),
        np.array([track for track, *_ in rows], np.int32),
    )


def ids(*tracks):
    return np.array(tracks, np.int32)


def by_track(said):
    return {person.track_id: person.actions["actions"] for person in said}


def test_crossing_people_keep_what_is_theirs(model):
    memory = PersonMemory(model, 4)
    for index in range(60):
        x = 120 + index * 400 / 59
        mirrored = 640 - x
        # Whoever is larger in the list's eyes comes first, and that changes as they cross.
        people = [(1, x, 0.9), (2, mirrored, 0.8)]
        people = people if index % 2 else people[::-1]
        if abs(x - mirrored) < 160:
            continue  # one hides the other: both are lost for a while
        frame = frame_of(index, [(x, RED), (mirrored, BLUE)])
        said = by_track(memory.update(frame, found(*people), ids(1, 2)))
        assert list(said) == [1, 2]
    red, _, blue = said[1]
    assert red > 0.5 > blue
    red, _, blue = said[2]
    assert blue > 0.5 > red


def test_a_memory_is_what_its_person_has_seen_step_by_step(model):
    memory, expected = PersonMemory(model, 2), 0.0
    for index in range(10):
        said = by_track(memory.update(frame_of(index, [(320, RED)]), found((7, 320, 0.9)), ids(7)))
        crop = (
            memory.snapshot()
            .people[7]
            .window.cut(frame_of(index, [(320, RED)]).picture.rgb(640, 480), 64, 48)
        )
        expected = KEEP * expected + (1 - KEEP) * crop[..., 0].mean() / 255
        assert said[7][0] == pytest.approx(expected, abs=1e-4)
    assert memory.newest[0].memory_s == pytest.approx(9 / 30)


def test_the_memory_of_a_track_that_ended_is_freed(model):
    memory = PersonMemory(model, 4)
    memory.update(frame_of(0), found((1, 200, 0.9), (2, 400, 0.9)), ids(1, 2))
    memory.update(frame_of(1), found((1, 200, 0.9)), ids(1, 2))
    assert set(memory.snapshot().people) == {1, 2}  # lost, but it may come back
    both = memory.snapshot().nbytes
    memory.update(frame_of(2), found((1, 200, 0.9)), ids(1))
    assert set(memory.snapshot().people) == {1}
    assert memory.snapshot().nbytes == both / 2
    assert memory.update(frame_of(90), found(), ids(1)) == ()
    assert memory.snapshot().people == {}  # three seconds unseen


def test_who_comes_back_soon_goes_on_and_who_comes_back_late_begins_anew(model):
    memory = PersonMemory(model, 1)
    memory.update(frame_of(0), found((1, 200, 0.9)), ids(1))
    memory.update(frame_of(30), found((1, 200, 0.9)), ids(1))
    assert memory.newest[0].memory_s == pytest.approx(1.0)
    memory.update(frame_of(120), found((1, 200, 0.9)), ids(1))
    assert memory.newest[0].memory_s == 0.0


class Counting:
    """Counts the rows that a backend is given."""

    def __init__(self, backend):
        self._backend, self.rows = backend, []
        self.name, self.device = backend.name, backend.device

    def step(self, frame, dt_s, state):
        self.rows.append(len(frame))
        return self._backend.step(frame, dt_s, state)


def test_cost_is_bounded_and_places_do_not_flicker(model):
    backend = Counting(model.backend)
    counted = type(model)(backend, model.manifest, model.person_class)
    memory = PersonMemory(counted, 2)
    crowd = [(track, 60 * track, 0.5 + 0.01 * track) for track in range(1, 10)]
    memory.update(frame_of(0), found(*crowd), ids(*range(1, 10)))
    assert [person.track_id for person in memory.newest] == [8, 9]
    # Someone else is a little surer now: those who have a memory keep their place.
    crowd[0] = (1, 60, 0.61)
    memory.update(frame_of(1), found(*crowd), ids(*range(1, 10)))
    assert [person.track_id for person in memory.newest] == [8, 9]
    crowd[0] = (1, 60, 0.95)
    memory.update(frame_of(2), found(*crowd), ids(*range(1, 10)))
    assert [person.track_id for person in memory.newest] == [1, 9]
    assert backend.rows == [2, 2, 2]
    memory.update(frame_of(3), found(), ids(*range(1, 10)))
    assert backend.rows == [2, 2, 2]  # nobody there, nothing run


def test_only_people_with_an_identity_have_a_memory(model):
    memory = PersonMemory(model, 4)
    memory.update(frame_of(0), found((-1, 200, 0.9), (3, 400, 0.9, 1)), ids(3))
    assert memory.newest == ()


def test_fading_scales_what_is_remembered(model):
    memory = PersonMemory(model, 1)
    memory.update(frame_of(0, [(320, RED)]), found((1, 320, 0.9)), ids(1))
    before = memory.snapshot().people[1].state["actions.trace.h"]
    memory.fade(0.5)
    after = memory.snapshot().people[1].state["actions.trace.h"]
    np.testing.assert_allclose(after, before / 2)


def test_a_snapshot_brings_back_exactly_what_was(bundle, model):
    backend = create_backend(bundle, "onnxruntime")

    def run(predictor, first, last):
        return [predictor.process(numbered(index)).persons for index in range(first, last)]

    def numbered(index):
        image = np.full((*SIZE, 3), index, np.uint8)
        mark = Discontinuity.START if index == 0 else None
        return Frame(index, index, Fraction(1, 30), 0, ArrayPicture(image), mark)

    predictor = Predictor(bundle, backend, persons=PersonMemory(model, 2))
    run(predictor, 0, 10)
    snapshot = predictor.snapshot(numbered(10))
    played = run(predictor, 10, 20)
    assert [len(persons) for persons in played] == [1] * 10
    predictor.reset()
    predictor.restore(snapshot)
    again = run(predictor, 10, 20)
    for one, other in zip(played, again, strict=True):
        assert one[0].track_id == other[0].track_id
        np.testing.assert_array_equal(one[0].actions["actions"], other[0].actions["actions"])
    without = Predictor(bundle, backend)
    run(without, 0, 10)
    assert snapshot.nbytes > without.snapshot(numbered(10)).nbytes


def test_a_scene_cut_ends_everybodys_memory(bundle, model):
    predictor = Predictor(
        bundle, create_backend(bundle, "onnxruntime"), persons=PersonMemory(model, 2)
    )
    for index in range(5):
        predictor.process(frame_of(index))
    assert predictor.persons.newest[0].memory_s > 0
    cut = Frame(5, 5, Fraction(1, 30), 0, frame_of(5).picture, Discontinuity.SCENE_CUT)
    assert [person.memory_s for person in predictor.process(cut).persons] == [0.0]
    assert len(predictor.persons.snapshot().people) == 1


def test_a_bundle_without_people_says_so(bundle):
    heads = tuple(head for head in bundle.manifest.heads if head.name == "actions")
    blind = type(bundle)(bundle.folder, bundle.manifest.model_copy(update={"heads": heads}))
    with pytest.raises(BundleError, match="finds no people"):
        load_person_model(blind, "onnxruntime", 1)


def test_a_window_keeps_the_shape_of_what_the_model_takes():
    window = Window.around([100, 100, 140, 220], aspect=4 / 3)
    assert (window.x, window.y) == (120, 160)
    picture = np.zeros((300, 400, 3), np.uint8)
    picture[100:220, 100:140] = 255
    crop = window.cut(picture, 64, 48)
    rows, columns = np.flatnonzero(crop.any((1, 2))), np.flatnonzero(crop.any((0, 2)))
    assert len(rows) / len(columns) == pytest.approx(3, rel=0.2)
    assert abs((columns[0] + columns[-1]) / 2 - 31.5) <= 1
    assert abs((rows[0] + rows[-1]) / 2 - 23.5) <= 1


def test_a_window_follows_without_jumping():
    window, target = Window(0, 0, 100), Window(100, 0, 100)
    after = window.towards(target, 0.04)
    assert 0 < after.x < 20
    assert window.towards(target, 10.0).x == pytest.approx(100, abs=0.1)
    halves = window.towards(target, 0.1).towards(target, 0.1)
    assert halves.x == pytest.approx(window.towards(target, 0.2).x)
