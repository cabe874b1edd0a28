"""``longtake build-engine``; the command line mounts it with ``cli.command("build-engine")``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from engine.backends.precision import Precision
    from engine.bundle import Bundle

_NAMES: Final = {"fp32": "f32", "f32": "f32", "fp16": "fp16", "int8": "int8"}


def build_engine(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="A name from `longtake bundles`, or a folder.")
    ],
    precision: Annotated[str, typer.Option(help="fp32, fp16 or int8.")] = "fp32",
    gpu: Annotated[
        str, typer.Option(help="Generation of the card, such as SM89, or current.")
    ] = "current",
) -> None:
    """Build the TensorRT plan of a model in advance, and keep it for `--backend tensorrt`.

    It takes no graphics card if the generation is named: SM75 is Turing, SM80 and SM86 Ampere,
    SM89 Ada, SM120 Blackwell.

    Examples: `longtake build-engine default`,
    `longtake build-engine default --precision fp16 --gpu SM89`
    """
    from engine.backends.precision import Precision
    from engine.bundle import load_bundle

    if precision not in _NAMES:
        raise typer.BadParameter("fp32, fp16 or int8", param_hint="--precision")
    loaded = load_bundle(bundle)
    loaded = loaded.untaught or loaded
    size_bytes = _build(loaded, Precision(_NAMES[precision]), gpu)
    typer.echo(f"The {precision} plan of {loaded.manifest.name} for {gpu}: {size_bytes >> 20} MB.")


def _build(bundle: Bundle, precision: Precision, gpu: str) -> int:
    """Build it or find it in the cache; return its size in bytes."""
    from rich.console import Console
    from rich.progress import Progress

    from engine.backends.tensorrt_backend import NAME, cached_plan
    from engine.backends.tensorrt_graph import plan_graph
    from engine.backends.tensorrt_library import load_library
    from engine.drift.store import load_variant
    from engine.errors import BackendError

    try:
        library = load_library()
    except ImportError as error:
        raise BackendError(f"TensorRT is {error}.") from None
    variant, _ = load_variant(bundle, precision, NAME)
    heads = variant.manifest.heads if variant.adjustments.heads_off else None
    graph = plan_graph(variant, precision, heads)
    target, card = _card(gpu, library.targets)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Building", total=None)

        def show(phase: str, done: int, steps: int) -> None:
            bar.update(task, description=phase, completed=done, total=max(steps, 1))

        return len(cached_plan(graph, precision, library, target, card, show))


def _card(gpu: str, targets: tuple[str, ...]) -> tuple[str, str]:
    """Return what to build for, and the name of the card where there is one."""
    from engine.backends.nvidia_card import open_card
    from engine.backends.tensorrt_builder import CURRENT
    from engine.errors import BackendError

    if gpu != CURRENT:
        return gpu, ""
    try:
        card = open_card()
    except ImportError as error:
        raise BackendError(
            f"No plan can be built for this machine: {error}.",
            f"Name the generation of a card with --gpu: {', '.join(targets)}.",
        ) from None
    return (card.generation if card.generation in targets else CURRENT), card.name
