"""A bundle by its name or folder, with everything in it checked."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assets import asset
from engine.adjustments import Adjustments, load_adjustments
from engine.bundle.files import verify_files
from engine.bundle.manifest import read_manifest
from engine.bundle.names import MANIFEST, MODEL, WEIGHTS
from engine.directories import data_dir
from engine.errors import BundleError
from engine.free_memory import hand_back_free_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.lessons.store import Lesson
    from models.spec import Manifest

LESSON_SEPARATOR: Final = "+"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle on disk.

    Attributes
    ----------
    lessons
        What it was taught besides, see `engine.lessons`; their heads are in `manifest`.
    untaught
        The same bundle without them; None where there are none.
    adjustments
        What the user changed, as it is in `manifest`.
    """

    folder: Path
    manifest: Manifest
    lessons: tuple[Lesson, ...] = ()
    untaught: Bundle | None = None
    adjustments: Adjustments = field(default_factory=Adjustments)

    @property
    def address(self) -> str:
        """What `load_bundle` finds it by: its name, and those of its lessons."""
        names = (self.manifest.name, *(lesson.manifest.name for lesson in self.lessons))
        return LESSON_SEPARATOR.join(names)

    @property
    def model_path(self) -> Path:
        """The ONNX graph."""
        return self.folder / MODEL

    @property
    def model_sha256(self) -> str:
        """Digest of the graph, in hex, as verified when the bundle was loaded."""
        return self.manifest.files[MODEL]


def load_bundle(name_or_path: str | Path = "default") -> Bundle:
    """Find a bundle by name (shipped or installed) or by the path of its folder, and check it.

    ``name+lesson`` is the bundle with what it was taught, see `engine.lessons`.

    Raises
    ------
    BundleError
        If there is none, a file is missing, altered or damaged, the schema is newer than this
        version reads, the graph is not what the manifest says, or anything in it is not plain
        data.
    """
    # Parsing graphs takes a tenth of a second to import, which listing bundles need not pay.
    from engine.bundle.graph import verify_graph
    from engine.bundle.weights import verify_weights

    name_or_path, lessons = _part(name_or_path)
    if lessons:
        from engine.lessons.attach import attach_lessons

        return attach_lessons(load_bundle(name_or_path), lessons)
    folder = _find(name_or_path)
    manifest = read_manifest(folder)
    verify_files(folder, manifest)
    verify_graph(folder, manifest)
    if WEIGHTS in manifest.files:
        verify_weights(folder / WEIGHTS)
    hand_back_free_memory()
    adjustments = load_adjustments(manifest.name)
    return Bundle(folder, adjustments.apply(manifest), adjustments=adjustments)


def list_bundles() -> list[Bundle]:
    """Return the bundles that can be used, shipped ones first; damaged ones are left out."""
    bundles = []
    for folder in _known_folders():
        try:
            bundles.append(Bundle(folder, read_manifest(folder)))
        except BundleError:
            continue
    return bundles


def bundle_roots() -> Iterator[Path]:
    """Yield the folders that hold bundles: the shipped one, then the user's own."""
    try:
        yield asset("bundles")
    except FileNotFoundError:
        log.warning("This installation has no model bundles of its own; reinstall it.")
    yield data_dir() / "bundles"


def _known_folders() -> Iterator[Path]:
    for root in bundle_roots():
        if root.is_dir():
            yield from sorted(path.parent for path in root.glob(f"*/{MANIFEST}"))


def _part(name_or_path: str | Path) -> tuple[str | Path, list[str]]:
    """Part the names of lessons from the bundle's; a folder may have a plus in its name."""
    name, *lessons = str(name_or_path).split(LESSON_SEPARATOR)
    if not lessons or Path(name_or_path).is_dir():
        return name_or_path, []
    return name, lessons


def _find(name_or_path: str | Path) -> Path:
    text = str(name_or_path)
    known = {folder.name: folder for folder in _known_folders()}
    if text in known:
        return known[text]
    folder = Path(name_or_path)
    if (folder / MANIFEST).is_file():
        return folder
    if folder.is_dir():
        raise BundleError(f"The folder {folder} is no model bundle: it has no {MANIFEST}.")
    names = ", ".join(known) or "none"
    raise BundleError(
        f"There is no model bundle {text!r}.", f"Installed: {names}; a folder's path works too."
    )
