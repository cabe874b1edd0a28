"""Prepare the box head's training data: film sequences, encode them, keep them in a cache.

Run as ``python -m models.data.boxes_prepare --shared ../shared --cache cache/boxes``. Shards that
are already there are left alone, so an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch

from models.data.boxes_actors import actor_sequences
from models.data.boxes_cache import write_shard
from models.data.boxes_fallen import FALL_KEPT_BACK, fallen_sequences, keyed_falls, read_fall
from models.data.boxes_motion import INPUT_SIZE
from models.data.boxes_seldom import seldom_shown
from models.data.boxes_sources import (
    FRAMES,
    held_out,
    labelled_photographs,
    mosaic_sequences,
    photograph_sequences,
    unlabelled_photographs,
    video_clips,
    video_sequences,
)
from models.data.compiled import compile_graph
from models.data.teacher import YoloxTeacher
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from models.data.boxes import BoxPicture
    from models.data.boxes_cache import Maps, Sequence

_LOG = logging.getLogger(__name__)


class FrozenEncoder:
    """The image encoder with ImageNet weights, run by OpenVINO in float32.

    Parameters
    ----------
    folder
        Where its ONNX file is kept.
    threads
        Of the CPU.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        path = folder / "encoder.onnx"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _export_encoder(path)
        self._model = compile_graph(path, threads)

    def __call__(self, frames: NDArray[np.uint8]) -> Maps:
        """Return C3, C4 and C5 of the frames (T, H, W, 3) uint8 RGB."""
        result = self._model(frames)
        return tuple(np.asarray(result[index]) for index in range(3))


def _export_encoder(path: Path) -> None:
    encoder = EfficientNetLite0().eval()
    load_imagenet_weights(encoder)
    frame = torch.zeros(1, INPUT_SIZE[1], INPUT_SIZE[0], 3, dtype=torch.uint8)
    names = ["c3", "c4", "c5"]
    torch.onnx.export(
        encoder,
        (frame,),
        path,
        input_names=["frame"],
        output_names=names,
        dynamic_axes={name: {0: "batch"} for name in ["frame", *names]},
        opset_version=17,
        dynamo=False,
    )


def sequence_plan(
    data: Path, teacher: YoloxTeacher, passes: int, falls_of: str = ""
) -> Iterator[tuple[str, int, Callable[[np.random.Generator], Iterator[Sequence]]]]:
    """Yield name, number of sequences and maker of every shard, the most useful first.

    Parameters
    ----------
    passes
        How often each photograph is filmed anew, and how often mosaics of them.
    falls_of
        How the names of the falls learnt from begin: ``Subject_1`` leaves the other subject out.
    """
    voc = labelled_photographs(data, teacher)
    photos = unlabelled_photographs(data, teacher)
    clips = [clip for clip in video_clips(data) if not held_out(clip)]
    names = (name for name in keyed_falls() if name != FALL_KEPT_BACK)
    falls = [read_fall(data, name) for name in names if name.startswith(falls_of)]

    def stills(pictures: list[BoxPicture]) -> Callable[[np.random.Generator], Iterator[Sequence]]:
        return lambda rng: photograph_sequences(pictures, rng)

    for number in range(passes):
        yield f"voc{number}", len(voc), stills(voc)
        yield f"photos{number}", len(photos), stills(photos)
        yield f"mosaic{number}", 1500, lambda rng: mosaic_sequences(voc + photos, rng)
        if number:
            continue
        yield "actors0", 1600, lambda rng: actor_sequences(rng, FRAMES, photos, teacher)
        yield "video0", len(clips) * 9 // 10, lambda rng: video_sequences(clips, teacher, rng)
        yield "fallen0", 1400, lambda rng: fallen_sequences(falls, voc, teacher, rng)
    seldom = seldom_shown(voc + photos)
    yield "seldom0", len(seldom), stills(seldom)
    yield "seldom_mosaic0", len(seldom) // 2, lambda rng: mosaic_sequences(seldom, rng)


def prepare(
    shared: Path, cache: Path, *, passes: int = 1, threads: int = 1, falls_of: str = ""
) -> None:
    """Write all shards below `cache` that are not there yet.

    Parameters
    ----------
    shared
        The folder that holds ``data`` and ``teachers``.
    passes, falls_of
        As of `sequence_plan`.
    """
    cv2.setNumThreads(1)
    encode = FrozenEncoder(cache, threads=threads)
    teacher = YoloxTeacher(shared / "teachers/yolox_nano.onnx", threads=threads)
    plan = sequence_plan(shared / "data", teacher, passes, falls_of)
    for seed, (name, count, make) in enumerate(plan):
        sequences = make(np.random.default_rng(seed))
        write_shard(cache / name, sequences, count, encode, _progress(name, count))


def _progress(name: str, count: int) -> Callable[[int], None]:
    start = time.monotonic()
    tick = itertools.count()

    def report(done: int) -> None:
        if next(tick) % 200 == 0 or done == count:
            rate = done / max(time.monotonic() - start, 1e-6)
            left_s = (count - done) / rate
            _LOG.info("%s: %d of %d sequences, %.0f s left", name, done, count, left_s)

    return report


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--falls-of", default="", help="learn from falls named like this only")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    prepare(
        arguments.shared,
        arguments.cache,
        passes=arguments.passes,
        threads=arguments.threads,
        falls_of=arguments.falls_of,
    )


if __name__ == "__main__":
    main()
