"""Writing many clips: in parallel, resumable, each from its own seed."""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from models.actors.clip import VERSION, sample_clip
from models.actors.coco import merged
from models.actors.renderer import Renderer
from models.actors.writers import write_clip, write_json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """What to write.

    Attributes
    ----------
    clips
        How many; clip k has the seed `seed` + k and the name ``clip-<seed>.mp4``.
    actions
        Names to choose from; all when empty.
    photos
        Folder with background photographs (JPEG, PNG), or None.
    """

    out: Path
    clips: int
    seed: int = 0
    seconds: float = 5.0
    size: tuple[int, int] = (384, 288)
    rate_hz: float = 25.0
    actions: tuple[str, ...] = ()
    photos: Path | None = None

    def stem(self, k: int) -> str:
        """Return the name of clip `k` without its ending."""
        return f"clip-{self.seed + k:07d}"


class DatasetMismatchError(ValueError):
    """The folder holds clips of another plan or version."""


def photographs(folder: Path | None) -> tuple[Path, ...]:
    """Return the pictures in `folder` and below, sorted; nothing for None.

    Raises
    ------
    FileNotFoundError
        If the folder holds none.
    """
    if folder is None:
        return ()
    endings = {".jpg", ".jpeg", ".png", ".webp"}
    found = tuple(sorted(p for p in folder.rglob("*") if p.suffix.lower() in endings))
    if not found:
        raise FileNotFoundError(f"{folder} holds no photographs (.jpg, .png, .webp).")
    return found


def write_dataset(plan: DatasetPlan, *, workers: int = 0) -> Iterator[int]:
    """Write what is missing of `plan`; yield the number of clips there after each one.

    Beside ``clip-<seed>.mp4`` stand its labels (``.jsonl``) and its boxes and joints in COCO's
    format (``.coco.json``). A run that was stopped goes on where it was; ``truth.json``, all COCO
    files in one, is written last.

    Parameters
    ----------
    workers
        Processes; as many as processors when 0.

    Raises
    ------
    DatasetMismatchError
        If `plan.out` holds clips made with other settings.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    _claim(plan)
    missing = [k for k in range(plan.clips) if not _complete(plan, k)]
    done = plan.clips - len(missing)
    yield done
    count = min(workers or os.cpu_count() or 1, max(len(missing), 1))
    if missing:
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
            shares = [missing[i::count] for i in range(count)]
            tasks = [
                pool.submit(_write_share, plan, part[i : i + 4])
                for part in shares
                for i in range(0, len(part), 4)
            ]
            for task in as_completed(tasks):
                done += task.result()
                yield done
    _write_coco(plan)


def _complete(plan: DatasetPlan, k: int) -> bool:
    """Return whether clip `k` is there; its labels are written last."""
    return (plan.out / f"{plan.stem(k)}.jsonl").exists()


def _claim(plan: DatasetPlan) -> None:
    """Note the plan in the folder, or check that the note there says the same."""
    settings = {k: v for k, v in asdict(plan).items() if k not in ("out", "clips", "photos")}
    settings["photographs"] = len(photographs(plan.photos))
    note = json.loads(json.dumps({"version": VERSION} | settings, default=str))
    path = plan.out / "plan.json"
    if not path.exists():
        partial = path.with_name(f"plan.{os.getpid()}.part")  # two may claim it at once
        partial.write_text(json.dumps(note, indent=1))
        partial.rename(path)
    elif json.loads(path.read_text()) != note:
        raise DatasetMismatchError(
            f"{plan.out} holds clips made with other settings (see its plan.json); "
            "choose another folder or delete it."
        )


def _write_share(plan: DatasetPlan, which: list[int]) -> int:
    """Write clips in a process of its own and return how many."""
    photos = photographs(plan.photos)
    renderer = Renderer(plan.size)
    for k in which:
        clip = sample_clip(
            plan.seed + k,
            actions=plan.actions or None,
            seconds=plan.seconds,
            size=plan.size,
            rate_hz=plan.rate_hz,
            photos=photos,
        )
        stem = plan.out / plan.stem(k)
        video, labels, boxes = (stem.with_suffix(e) for e in (".mp4", ".jsonl", ".coco.json"))
        write_clip(clip, video, labels, boxes, renderer=renderer)
    renderer.close()
    return len(which)


def _write_coco(plan: DatasetPlan) -> None:
    """Gather the COCO files of all clips into one."""
    paths = [plan.out / f"{plan.stem(k)}.coco.json" for k in range(plan.clips)]
    parts = (json.loads(path.read_text()) for path in paths)
    write_json_lines(plan.out / "truth.json", [merged(parts)])
