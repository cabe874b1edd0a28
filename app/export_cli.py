"""Options of `longtake annotate` about what is written, and `longtake convert-labels`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.rules.model import RuleBook

LabelsOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="Labels to write, in the format of the ending: .jsonl, .csv, .coco.json, .mot.txt, "
        ".yolo.zip, .vtt, .srt, .activitynet.json, .boris.csv, .ass. May be given several times."
    ),
]
LabelsFormatOption = Annotated[
    str | None,
    typer.Option(
        help="Format of the first --labels, whatever it ends in: jsonl, csv, coco, mot, yolo, "
        "webvtt, srt, activitynet, boris or ass."
    ),
]
SoftOption = Annotated[
    bool,
    typer.Option(
        "--soft",
        help="Copy video and sound as they are into an MKV, with the overlay as subtitles that "
        "players switch on and off.",
    ),
]
BurnOption = Annotated[
    str, typer.Option(help="What to draw: any of boxes,labels,actions,memory,strip; or none.")
]
BlurOption = Annotated[
    str,
    typer.Option(
        help="Hide people, or their heads (estimated from the boxes of people), or none. Whom the "
        "model does not find it does not hide: look at the result."
    ),
]
SizeOption = Annotated[
    str, typer.Option(help="Size of the video, at most: source, 1080p, 720p or 480p.")
]
QualityOption = Annotated[
    str, typer.Option(help="best, good, small, or a constant rate factor from 0 to 51.")
]
EncoderOption = Annotated[
    str, typer.Option(help="libx264, h264_nvenc, h264_qsv, h264_amf, or auto: hardware if any.")
]
NoAudioOption = Annotated[bool, typer.Option("--no-audio", help="Leave the sound out.")]
RulesOption = Annotated[
    Path | None,
    typer.Option(help="Rules to follow on the way (JSON, see docs/rules.md)."),
]


def read_rules(path: Path | None) -> RuleBook | None:
    """Return the rules in a file, if one was given.

    Raises
    ------
    RuleError
        When it holds none.
    """
    if path is None:
        return None
    from engine.rules.model import load_rules

    return load_rules(path)


def drawing_options(
    output: Path | None,
    soft: bool,
    burn: str,
    blur: str,
    size: str,
    quality: str,
    encoder: str,
    no_audio: bool,
) -> dict[str, Any]:
    """Return the fields of `app.annotate.AnnotateOptions` that the options mean.

    Raises
    ------
    typer.BadParameter
        When they mean nothing, or not together.
    """
    from app.export_choices import quality_of, style_of, video_options

    if soft:
        _check_soft(output, blur, size, encoder, no_audio)
    try:
        return {
            "style": style_of(burn, blur),
            "quality": quality_of(quality),
            "video_options": video_options(size, encoder, audio=not no_audio),
        }
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _check_soft(output: Path | None, blur: str, size: str, encoder: str, no_audio: bool) -> None:
    if output is None or output.suffix.lower() != ".mkv":
        raise typer.BadParameter("needs -o with a name that ends in .mkv", param_hint="--soft")
    if (blur, size, encoder, no_audio) != ("none", "source", "libx264", False):
        raise typer.BadParameter(
            "copies the recording: --blur, --size, --encoder and --no-audio cannot be had with it",
            param_hint="--soft",
        )


def convert_labels(
    source: Annotated[
        Path, typer.Argument(metavar="IN.jsonl", help="Labels that longtake annotate wrote.")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.")],
    format_name: Annotated[
        str | None,
        typer.Option("--format", help="Where the ending of -o does not tell; as --labels-format."),
    ] = None,
) -> None:
    """Write labels in the format of another program.

    Examples: `longtake convert-labels out.jsonl -o out.coco.json`,
    `longtake convert-labels out.jsonl -o events.csv --format boris`
    """
    from engine.sinks.label_formats import convert_labels as convert

    frames = convert(source, output, format_name)
    typer.echo(f"{output}: {frames} frames")
