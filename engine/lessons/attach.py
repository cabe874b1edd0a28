"""Puts lessons on a bundle and on the runtime that runs it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.adjustments import load_adjustments
from engine.backends.base import initial_state
from engine.bundle.loading import LESSON_SEPARATOR, list_bundles
from engine.errors import BundleError
from engine.lessons.store import are_current, list_lessons, load_lesson
from engine.lessons.taught_backend import TaughtBackend, TaughtHeads
from models.spec import Label
from models.teaching.head import state_spec
from models.teaching.reading import NotTeachableError, Reader, Where

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from engine.lessons.store import Lesson
    from models.spec import HeadSpec, Manifest

_LEAST_LIKENESS: Final = 0.999
_PROBE_FRAMES: Final = 3

log = logging.getLogger(__name__)


def attach_lessons(bundle: Bundle, names: Sequence[str]) -> Bundle:
    """Return `bundle` with lessons: their heads come after its own.

    Raises
    ------
    BundleError
        If a lesson is missing or damaged, or is called like a head that the bundle has already.
    """
    lessons = tuple(load_lesson(bundle.manifest.name, name) for name in names)
    taken = {head.name for head in bundle.manifest.heads}
    for name in names:
        if name in taken:
            raise BundleError(
                f"The bundle {bundle.manifest.name!r} has a head {name!r} already.",
                "Name each lesson once, and none like a head.",
            )
        taken.add(name)
    manifest = _extended(bundle.manifest, lessons)
    return replace(bundle, manifest=manifest, lessons=lessons, untaught=bundle)


def is_current(bundle: Bundle) -> bool:
    """Whether a bundle loaded some time ago is still what it is on disk, as far as users go."""
    changed = load_adjustments(bundle.manifest.name) != bundle.adjustments
    return not changed and are_current(bundle.lessons)


def list_taught() -> list[tuple[str, Label]]:
    """Return every bundle, as it is and with each of its lessons: address, and name for people."""
    found = []
    for bundle in list_bundles():
        name, title = bundle.manifest.name, bundle.manifest.title
        found.append((name, title))
        found += [
            (f"{name}{LESSON_SEPARATOR}{lesson.name}", _joined([title, lesson.title]))
            for lesson in list_lessons(name)
        ]
    return found


def make_reader(manifest: Manifest) -> Reader:
    """Return what taught heads of a bundle read with.

    Raises
    ------
    BundleError
        If the bundle cannot be taught.
    """
    try:
        return Reader(manifest)
    except NotTeachableError as error:
        raise BundleError(str(error), "Choose a bundle with an action head.") from error


def run_with_lessons(backend: Backend, bundle: Bundle, lessons: Sequence[Lesson]) -> TaughtBackend:
    """Put the heads of lessons on a runtime of `bundle`, which is without them.

    Raises
    ------
    BundleError
        If a lesson was taught with a model that sees pictures in another way.
    """
    reader = make_reader(bundle.manifest)
    for lesson in lessons:
        if lesson.manifest.model_sha256 != bundle.model_sha256:
            _verify_sight(lesson, reader, backend, bundle.manifest)
    heads = {lesson.manifest.name: lesson.head for lesson in lessons}
    return TaughtBackend(backend, TaughtHeads(reader, heads))


def probe_sight(reader: Reader, backend: Backend, manifest: Manifest) -> NDArray[np.float32]:
    """Return (R,) what is read of a few pictures that are the same everywhere, of noise."""
    spec, rng = manifest.input, np.random.default_rng(0)
    dt_s = np.full(1, 1 / spec.rate_hz, np.float32)
    state = initial_state(manifest)
    whole = Where(np.zeros((1, 4), np.float32), np.zeros((1, 1), np.float32))
    coarse = rng.integers(0, 256, (_PROBE_FRAMES, spec.height // 16, spec.width // 16, 3))
    for picture in coarse.astype(np.uint8).repeat(16, axis=1).repeat(16, axis=2):
        frame = np.zeros((1, spec.height, spec.width, 3), np.uint8)
        frame[0, : picture.shape[0], : picture.shape[1]] = picture
        before, state = state, backend.step(frame, dt_s, state).state
    found: NDArray[np.float32] = reader.read(before, state, dt_s, whole)[0]
    return found


def own_heads(heads: Sequence[HeadSpec] | None, lessons: Sequence[Lesson]) -> list[HeadSpec] | None:
    """Return those of `heads` that are the bundle's own; None stays None."""
    taught = {lesson.manifest.name for lesson in lessons}
    return None if heads is None else [head for head in heads if head.name not in taught]


def _verify_sight(lesson: Lesson, reader: Reader, backend: Backend, manifest: Manifest) -> None:
    """Let a newer model pass if it sees as the old one did: encoders are seldom trained again."""
    found, taught = probe_sight(reader, backend, manifest), lesson.sight
    lengths = float(np.linalg.norm(found)) * float(np.linalg.norm(taught))
    likeness = float(found @ taught) / max(lengths, 1e-9)
    log.info("The lesson %s sees %.5f alike", lesson.manifest.name, likeness)
    if likeness < _LEAST_LIKENESS:
        raise BundleError(
            f"The lesson {lesson.manifest.name!r} was taught with another version of the model "
            f"{manifest.name!r}.",
            "Open Teach and learn it again from its takes.",
        )


def _extended(manifest: Manifest, lessons: Sequence[Lesson]) -> Manifest:
    titles = [manifest.title, *(lesson.manifest.title for lesson in lessons)]
    update = {
        "version": LESSON_SEPARATOR.join(
            [manifest.version, *(lesson.manifest.name for lesson in lessons)]
        ),
        "title": _joined(titles),
        "heads": (*manifest.heads, *(lesson.manifest.head() for lesson in lessons)),
        "state": (*manifest.state, *state_spec()),
    }
    return manifest.model_copy(update=update)


def _joined(titles: Sequence[Label]) -> Label:
    return Label(
        en=" + ".join(title.en for title in titles)[:64],
        zh=" + ".join(title.zh for title in titles)[:64],
    )
