"""Lessons on disk: found, checked, written whole or not at all, packed and unpacked."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from engine.bundle.archive import unpack_archive
from engine.bundle.files import open_data_file
from engine.bundle.names import MANIFEST, WEIGHTS
from engine.bundle.weights import verify_weights
from engine.directories import data_dir
from engine.errors import BundleError
from engine.lessons.manifest import SCHEMA_VERSION, LessonManifest
from models.teaching.head import TaughtHead
from models.teaching.reading import READING_SIZE
from models.teaching.takes import Take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TAKES: Final = "takes.safetensors"
_MANIFEST_BYTES: Final = 4 << 20
_AGAIN: Final = "Teach it again, or import a sound copy."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A checked lesson on disk.

    Attributes
    ----------
    sight
        (R,) what the model read of known pictures when it was taught, see
        `engine.lessons.attach.probe_sight`.
    """

    folder: Path
    manifest: LessonManifest
    head: TaughtHead
    sight: NDArray[np.float32]


def lessons_dir(bundle: str) -> Path:
    """Return the folder of all lessons of a bundle."""
    return data_dir() / "lessons" / bundle


def list_lessons(bundle: str) -> list[LessonManifest]:
    """Return the manifests of a bundle's lessons, by name; damaged ones are left out."""
    found = []
    for path in sorted(lessons_dir(bundle).glob(f"*/{MANIFEST}")):
        try:
            found.append(_read_manifest(path.parent))
        except BundleError as error:
            log.warning("%s", error)
    return found


def load_lesson(bundle: str, name: str) -> Lesson:
    """Find a lesson of a bundle by its name, and check it.

    Raises
    ------
    BundleError
        If there is none, or it is damaged, altered or newer than this version reads.
    """
    folder = lessons_dir(bundle) / name
    if not (folder / MANIFEST).is_file():
        known = ", ".join(lesson.name for lesson in list_lessons(bundle)) or "none"
        raise BundleError(f"The bundle {bundle!r} has no lesson {name!r}.", f"There are: {known}.")
    return read_lesson(folder)


def read_lesson(folder: Path) -> Lesson:
    """Check the lesson in `folder`; see `load_lesson`."""
    manifest = _read_manifest(folder)
    for file in (WEIGHTS, TAKES):
        _verify(folder / file, manifest.files.get(file, ""))
    tensors = _read_tensors(folder / WEIGHTS)
    labels = len(manifest.head().labels)
    wanted = {
        "mean": (READING_SIZE,),
        "scale": (READING_SIZE,),
        "weights": (READING_SIZE, labels),
        "bias": (labels,),
        "sight": (READING_SIZE,),
    }
    if {name: tensor.shape for name, tensor in tensors.items()} != wanted:
        raise BundleError(f"{folder / WEIGHTS} does not fit its manifest.", _AGAIN)
    values = {name: value.astype(np.float32) for name, value in tensors.items()}
    sight = values.pop("sight")
    return Lesson(folder, manifest, TaughtHead(**values), sight)


def load_takes(lesson: Lesson) -> list[Take]:
    """Return the takes of a lesson, in order.

    Raises
    ------
    BundleError
        If one is missing or damaged.
    """
    tensors = _read_tensors(lesson.folder / TAKES)
    takes = []
    for record in lesson.manifest.takes:
        times_s, readings = tensors.get(f"{record.id}.times"), tensors.get(f"{record.id}.readings")
        if (
            times_s is None
            or readings is None
            or times_s.ndim != 1
            or len(times_s) == 0
            or readings.shape != (len(times_s), READING_SIZE)
        ):
            raise BundleError(f"The lesson {lesson.folder} lacks the take {record.id}.", _AGAIN)
        takes.append(
            Take(
                record.id,
                record.label,
                record.source,
                record.start_s,
                record.end_s,
                times_s.astype(np.float64),
                readings.astype(np.float16),
                record.person_share,
            )
        )
    return takes


def save_lesson(
    manifest: LessonManifest,
    head: TaughtHead,
    sight: NDArray[np.float32],
    takes: Sequence[Take],
) -> Lesson:
    """Write a lesson into the user's data folder, in the place of one of its name.

    Parameters
    ----------
    manifest
        Its `files` are filled in here.

    Raises
    ------
    BundleError
        If it cannot be written.
    """
    target = lessons_dir(manifest.bundle) / manifest.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".lesson-") as scratch:
            draft = Path(scratch) / manifest.name
            draft.mkdir()
            _write(draft, manifest, head, sight, takes)
            _put_in_place(draft, target)
    except OSError as error:
        raise BundleError(f"The lesson cannot be saved in {target}: {error.strerror}.") from error
    return read_lesson(target)


def are_current(lessons: Sequence[Lesson]) -> bool:
    """Whether lessons loaded some time ago are still what is on disk."""
    try:
        return all(_read_manifest(lesson.folder) == lesson.manifest for lesson in lessons)
    except BundleError:
        return False


def remove_lesson(bundle: str, name: str) -> None:
    """Delete a lesson and its takes; nothing happens if there is none.

    Raises
    ------
    BundleError
        If it cannot be deleted.
    """
    folder = lessons_dir(bundle) / name
    if not (folder / MANIFEST).is_file():
        return
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise BundleError(f"{folder} cannot be deleted: {error.strerror}.") from error


def pack_lesson(lesson: Lesson, path: Path) -> None:
    """Write a lesson as one ZIP file, for `unpack_lesson` elsewhere.

    Raises
    ------
    BundleError
        If it cannot be written.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in (MANIFEST, WEIGHTS, TAKES):
                archive.write(lesson.folder / name, f"{lesson.manifest.name}/{name}")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise BundleError(f"{path} cannot be written: {error.strerror}.") from error


def unpack_lesson(path: Path) -> Lesson:
    """Install a lesson from a ZIP file, in the place of one of its name.

    Raises
    ------
    BundleError
        If it is no lesson, is damaged, or the bundle it extends is not what it was made for.
    """
    with tempfile.TemporaryDirectory(prefix="longtake-lesson-") as scratch:
        folder = Path(scratch) / "lesson"
        folder.mkdir()
        unpack_archive(path, folder)
        lesson = read_lesson(folder)
        load_takes(lesson)
        target = lessons_dir(lesson.manifest.bundle) / lesson.manifest.name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _put_in_place(folder, target)
        except OSError as error:
            raise BundleError(f"{target} cannot be written: {error.strerror}.") from error
    return replace(lesson, folder=target)


def _write(
    folder: Path,
    manifest: LessonManifest,
    head: TaughtHead,
    sight: NDArray[np.float32],
    takes: Sequence[Take],
) -> None:
    weights = {
        "mean": head.mean,
        "scale": head.scale,
        "weights": head.weights,
        "bias": head.bias,
        "sight": sight,
    }
    seen: dict[str, NDArray[Any]] = {}
    for take in takes:
        seen[f"{take.id}.times"] = take.times_s
        seen[f"{take.id}.readings"] = take.readings
    for name, tensors in ((WEIGHTS, weights), (TAKES, seen)):
        save_file(
            {key: np.ascontiguousarray(value) for key, value in tensors.items()}, folder / name
        )
        (folder / name).chmod(0o644)
    files = {name: _sha256(folder / name) for name in (WEIGHTS, TAKES)}
    text = manifest.model_copy(update={"files": files}).model_dump_json(indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _put_in_place(draft: Path, target: Path) -> None:
    """Move a complete lesson to where it belongs; the one it replaces is kept until then."""
    former = target.with_name(f".{target.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if target.exists():
        target.rename(former)
    shutil.move(draft, target)
    shutil.rmtree(former, ignore_errors=True)


def _read_manifest(folder: Path) -> LessonManifest:
    path = folder / MANIFEST
    with open_data_file(path, _MANIFEST_BYTES) as file:
        text = file.read()
    try:
        manifest = LessonManifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BundleError(f"{path} is no lesson: {where}: {first['msg']}.", _AGAIN) from error
    if manifest.schema_version > SCHEMA_VERSION:
        raise BundleError(f"The lesson {folder} was made by a newer Longtake.", "Update Longtake.")
    return manifest


def _verify(path: Path, expected: str) -> None:
    verify_weights(path)
    if _sha256(path) != expected:
        raise BundleError(
            f"{path} is damaged or was altered: its sha256 is not the manifest's.", _AGAIN
        )


def _read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    try:
        return dict(load_file(path))
    except (OSError, SafetensorError) as error:
        raise BundleError(f"{path} cannot be read.", _AGAIN) from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
