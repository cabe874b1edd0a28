"""``longtake actors`` and ``longtake actors-dataset``: labelled video of people made by code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.errors import LongtakeError, SinkError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class ActorsError(LongtakeError):
    """Actors cannot be drawn, or were asked for something they cannot do."""


def _size(text: str) -> tuple[int, int]:
    """Read ``WxH``; both must be even, as H.264 in 4:2:0 demands."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise typer.BadParameter(f"{text!r} is no size such as 384x288")
    size = int(width), int(height)
    if any(side % 2 or not 64 <= side <= 4096 for side in size):
        raise typer.BadParameter("both sides must be even and between 64 and 4096")
    return size


ActionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--action", "-a", help="What the first person does; repeat to choose from several."
    ),
]
SecondsOption = Annotated[
    float, typer.Option("--seconds", min=0.5, max=600, help="Length of a clip.")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Everything follows from it.")]
SizeOption = Annotated[str, typer.Option("--size", metavar="WxH", help="Pixels.")]
RateOption = Annotated[float, typer.Option("--rate", min=1, max=120, help="Frames per second.")]
PhotosOption = Annotated[
    Path | None,
    typer.Option("--photos", help="Folder of photographs for backgrounds.", exists=True),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]


def actors(
    action: ActionOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The MP4 to write.")] = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", help="The truth, as JSON lines.")
    ] = None,
    coco: Annotated[
        Path | None, typer.Option("--coco", help="Boxes and joints, in COCO's format.")
    ] = None,
    seconds: SecondsOption = 6.0,
    people: Annotated[
        int | None, typer.Option("--people", min=1, max=8, help="How many; by chance if left out.")
    ] = None,
    seed: SeedOption = 0,
    size: SizeOption = "640x480",
    rate: RateOption = 25.0,
    view: Annotated[
        str | None,
        typer.Option("--view", help="level, webcam, corner, surveillance or handheld."),
    ] = None,
    photos: PhotosOption = None,
    show: Annotated[bool, typer.Option("--list", help="List the actions and stop.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Draw one clip of people who act, with the truth about every frame.

    Example: `longtake actors --action waving --seconds 6 --people 1 --seed 7 -o clip.mp4
    --labels clip.jsonl`
    """
    from models.actors import sample_clip
    from models.actors.camera import VIEWS

    if show:
        _print_actions()
        return
    target = output or labels or coco
    if target is None:
        raise typer.BadParameter("say where to write: -o CLIP.mp4, --labels or --coco")
    if view is not None and view not in VIEWS:
        raise typer.BadParameter(f"no view is called {view!r}; there are {', '.join(VIEWS)}")
    with _Explained(target):
        from models.actors.dataset import photographs
        from models.actors.writers import write_clip

        clip = sample_clip(
            seed,
            actions=_known(action),
            seconds=seconds,
            size=_size(size),
            rate_hz=rate,
            people=people,
            view=view,
            photos=photographs(photos),
        )
        truths = write_clip(clip, output, labels, coco)
    if not quiet:
        seen = sorted({label for truth in truths for label in truth.actions})
        typer.echo(f"{target}: {len(truths)} frames, {', '.join(seen)}")


def actors_dataset(
    clips: Annotated[int, typer.Option("--clips", min=1, help="How many clips.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; a stopped run goes on.")],
    action: ActionOption = None,
    seconds: SecondsOption = 5.0,
    seed: SeedOption = 0,
    size: SizeOption = "384x288",
    rate: RateOption = 25.0,
    photos: PhotosOption = None,
    workers: Annotated[
        int, typer.Option("--workers", min=0, help="Processes; 0: one per processor.")
    ] = 0,
    quiet: QuietOption = False,
) -> None:
    """Write many clips with their truth, in parallel; a stopped run goes on where it was.

    Example: `longtake actors-dataset --clips 200 --out cache/actors`
    """
    from models.actors.dataset import DatasetMismatchError, DatasetPlan, write_dataset

    plan = DatasetPlan(
        out=out,
        clips=clips,
        seed=seed,
        seconds=seconds,
        size=_size(size),
        rate_hz=rate,
        actions=tuple(_known(action) or ()),
        photos=photos,
    )
    with _Explained(out):
        try:
            _report(write_dataset(plan, workers=workers), clips, quiet=quiet)
        except DatasetMismatchError as error:
            raise ActorsError(str(error)) from None


def _known(wanted: Sequence[str] | None) -> list[str] | None:
    """Return full names of actions; a beginning stands for all that begin so."""
    from models.actors import ACTIONS

    if not wanted:
        return None
    found: list[str] = []
    for word in wanted:
        names = [word] if word in ACTIONS else [n for n in ACTIONS if n.startswith(word)]
        if not names:
            raise typer.BadParameter(f"no action is called {word!r}; see `longtake actors --list`")
        found += names
    return found


def _print_actions() -> None:
    from models.actors import ACTIONS

    width = max(map(len, ACTIONS))
    for name, action in ACTIONS.items():
        also = f"  (also {', '.join(action.also)})" if action.also else ""
        typer.echo(f"{name:<{width}}  {action.zh}{also}")


def _report(progress: Iterator[int], total: int, *, quiet: bool) -> None:
    """Follow `progress` with a bar."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("clips", total=total)
        for done in progress:
            bar.update(task, completed=done)


class _Explained:
    """Turns what can go wrong while drawing and writing into one clear sentence."""

    def __init__(self, target: Path | None) -> None:
        self._target = target

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from models.actors import RendererUnavailableError

        if isinstance(error, RendererUnavailableError):
            raise ActorsError(str(error)) from None
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise SinkError(f"Cannot write {self._target}: {reason}.") from None
