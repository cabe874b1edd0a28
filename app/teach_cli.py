"""``longtake teach``; the command line mounts it with ``cli.command("teach")(teach)``."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.lessons.manifest import Outcome
    from engine.lessons.store import Lesson

TakesOption = Annotated[
    Path,
    typer.Option(
        exists=True,
        help="Folder with a folder of clips (or of folders of stills) for each action, one called "
        "`background` among them; or a JSON file of intervals, "
        '{"clip.mp4": [{"label": "wave", "start_s": 1, "end_s": 3.5}]}, whose rest is background.',
    ),
]
ChineseOption = Annotated[
    list[str] | None, typer.Option("--zh", help="Chinese name of an action: `wave=挥手`.")
]


def teach(
    name: Annotated[
        str, typer.Argument(help="Name of the lesson; `--bundle default+NAME` runs it.")
    ],
    takes: TakesOption,
    bundle: Annotated[
        str, typer.Option("--bundle", help="Model bundle to teach: a name from `longtake bundles`.")
    ] = "default",
    backend: Annotated[str, typer.Option("--backend", help="See `longtake doctor`.")] = "auto",
    chinese: ChineseOption = None,
    test_only: Annotated[bool, typer.Option("--test-only", help="Keep nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Teach a bundle new actions from a few takes each, and test it on takes left out.

    Examples: `longtake teach kitchen --takes takes/`,
    `longtake teach kitchen --takes labels.json --zh stirring=搅拌`, then
    `longtake annotate clip.mp4 -o out.mp4 --bundle default+kitchen`
    """
    from engine.backends import create_backend
    from engine.bundle import load_bundle
    from engine.lessons.learning import keep_lesson, lesson_name, tested
    from engine.lessons.material import TeachingError, read_material
    from engine.lessons.viewing import Viewer
    from models.spec import Label
    from models.teaching import course

    names = _chinese_names(chinese or [])
    key = lesson_name(name)
    material = read_material(takes)
    model = load_bundle(bundle)
    model = model.untaught or model
    viewer = Viewer(model.manifest, create_backend(model, backend))
    begun_s = time.monotonic()
    viewed = [viewer.view_part(part) for part in material.parts]
    looked_s = time.monotonic() - begun_s
    try:
        taught = course.teach(viewed, material.actions)
    except ValueError as error:
        raise TeachingError(f"{takes} cannot be learnt: {error}.") from error
    taught_s = time.monotonic() - begun_s - looked_s
    outcome, lesson = tested(taught.verdict), None
    if not test_only:
        lesson = keep_lesson(
            key,
            Label(en=name[:64], zh=name[:64]),
            model,
            viewer,
            viewed,
            taught,
            addresses={part.id: str(Path(part.address).resolve()) for part in material.parts},
            chinese=names,
        )
    viewer.backend.close()
    counts = {label: sum(take.label == label for take in viewed) for label in taught.labels}
    if as_json:
        typer.echo(_as_json(outcome, counts, looked_s, taught_s, lesson))
    elif not quiet:
        _print(outcome, counts, looked_s, taught_s, lesson)


def _chinese_names(given: list[str]) -> dict[str, str]:
    names = {}
    for text in given:
        label, found, chinese = text.partition("=")
        if not (found and label.strip() and chinese.strip()):
            raise typer.BadParameter(f"{text!r} is not like wave=挥手", param_hint="--zh")
        names[label.strip()] = chinese.strip()[:64]
    return names


def _as_json(
    outcome: Outcome,
    counts: dict[str, int],
    looked_s: float,
    taught_s: float,
    lesson: Lesson | None,
) -> str:
    report: dict[str, Any] = outcome.model_dump()
    report |= {
        "takes": {label or "background": count for label, count in counts.items()},
        "looked_s": round(looked_s, 2),
        "taught_s": round(taught_s, 2),
        "folder": str(lesson.folder) if lesson else None,
    }
    return json.dumps(report, ensure_ascii=False, indent=2)


def _print(
    outcome: Outcome,
    counts: dict[str, int],
    looked_s: float,
    taught_s: float,
    lesson: Lesson | None,
) -> None:
    from app.teach.findings import sentence, summary

    shown = ", ".join(f"{label or 'background'} {count}" for label, count in counts.items())
    typer.echo(f"Takes: {shown}; looked at in {looked_s:.1f} s, learnt in {taught_s:.1f} s.")
    typer.echo(summary(outcome))
    for finding in outcome.findings:
        typer.echo(f"  - {sentence(finding, {})}")
    if lesson is not None:
        manifest = lesson.manifest
        typer.echo(f"Kept in {lesson.folder}")
        typer.echo(f"Run it:  longtake gui CLIP --bundle {manifest.bundle}+{manifest.name}")
