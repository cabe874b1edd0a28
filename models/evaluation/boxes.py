"""Measure a box head: on photographs, and on video with its memory and without.

Run as ``python -m models.evaluation.boxes --weights boxes.safetensors --shared ../shared``.
``coco128`` and ``voc/val.json`` are never learnt from and nothing is chosen on them.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import torch
from safetensors.torch import load_file

from models.data.boxes import PERSON, BoxLabels, read_coco_json, read_picture, read_yolo_folder
from models.data.boxes_cache import Sequence
from models.data.boxes_fallen import FALL_KEPT_BACK, read_fall
from models.data.boxes_geometry import suppress_duplicates
from models.data.boxes_motion import INPUT_SIZE
from models.data.boxes_prepare import FrozenEncoder
from models.data.boxes_sources import (
    held_out,
    photograph_sequences,
    read_excerpt,
    video_clips,
)
from models.data.teacher import YoloxTeacher
from models.evaluation.boxes_ap import average_precision, recall
from models.heads.boxes import BoxHead

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from torch import Tensor

    from models.data.boxes import BoxPicture
    from models.data.boxes_cache import Encoder
    from models.recurrent import TensorState

CHANCE_FLOOR: Final = 0.01
"""Boxes below this confidence are not looked at."""
SURE: Final = 0.3
"""Confidence from which on a person counts as found in the recall figure."""


@dataclass(frozen=True)
class Watcher:
    """Encoder and box head, run frame by frame.

    Attributes
    ----------
    head
        In evaluation mode.
    """

    encode: Encoder
    head: BoxHead

    @torch.inference_mode()
    def look(self, frames: NDArray[np.uint8]) -> list[BoxLabels]:
        """Return the boxes in each of the frames (T, H, W, 3), each seen for itself."""
        c3, c4, c5 = (torch.from_numpy(level) for level in self.encode(frames))
        raw, _ = self.head.step_raw((c3, c4, c5), self.head.init_state(len(frames)))
        return self._boxes(raw)

    def watch(self, frames: NDArray[np.uint8]) -> list[BoxLabels]:
        """Return the boxes in each of the frames (T, H, W, 3), memory carried along."""
        return self.resume(frames, self.head.init_state(1))[0]

    @torch.inference_mode()
    def resume(
        self, frames: NDArray[np.uint8], state: TensorState
    ) -> tuple[list[BoxLabels], TensorState]:
        """Go on watching with what is remembered; return the boxes and the last state."""
        c3, c4, c5 = (torch.from_numpy(level) for level in self.encode(frames))
        found = []
        for index in range(len(frames)):
            now = (c3[index : index + 1], c4[index : index + 1], c5[index : index + 1])
            raw, state = self.head.step_raw(now, state)
            found.extend(self._boxes(raw))
        return found, state

    def _boxes(self, raw: tuple[Tensor, Tensor]) -> list[BoxLabels]:
        result = self.head.detections(raw)
        boxes, confidence, class_id = (
            result[name].numpy() for name in ("boxes", "confidence", "class_id")
        )
        return [keep_best(*one) for one in zip(boxes, confidence, class_id, strict=True)]


def keep_best(
    boxes: NDArray[np.float32],
    confidence: NDArray[np.float32],
    class_id: NDArray[np.int64],
    iou_limit: float = 0.5,
) -> BoxLabels:
    """Return a frame's boxes, (N, 4), (N,) and (N,), without the duplicates, best first.

    `iou_limit` is that of `engine.postprocess.decode_boxes`, chosen on the pictures that
    `models.data.boxes_sources.split_photographs` keeps aside (AP50 there 57.1 %; with 0.6 56.1 %).
    """
    likely = np.flatnonzero(confidence >= CHANCE_FLOOR)
    likely = likely[np.argsort(-confidence[likely], kind="stable")[:500]]
    kept = likely[
        suppress_duplicates(
            boxes[likely], confidence[likely], class_id[likely], iou_limit=iou_limit, keep=100
        )
    ]
    return BoxLabels(boxes[kept], class_id[kept], confidence[kept], np.zeros(len(kept), bool))


def load_head(weights: Path) -> BoxHead:
    """Return the head in evaluation mode; what it has is read off the weights."""
    tensors = load_file(weights)
    head = BoxHead(channels=tensors["dense.sides.weight"].shape[1], evidence="trust" in tensors)
    head.load_state_dict(tensors)
    return head.eval()


def look_at_pictures(watcher: Watcher, pictures: list[BoxPicture]) -> list[BoxLabels]:
    """Return the boxes found in each photograph."""
    found = []
    for start in range(0, len(pictures), 8):
        some = [read_picture(picture.path) for picture in pictures[start : start + 8]]
        found.extend(watcher.look(np.stack([cv2.resize(one, INPUT_SIZE) for one in some])))
    return found


def photograph_metrics(watcher: Watcher, pictures: list[BoxPicture]) -> dict[str, float]:
    """Return AP, AP50, AP75 and the recall of persons on photographs with true boxes."""
    found = look_at_pictures(watcher, pictures)
    truth = [picture.labels for picture in pictures]
    precision = average_precision(found, truth)
    return {
        "ap": precision.mean,
        "ap50": precision.at(0.5),
        "ap75": precision.at(0.75),
        "person_recall": recall(found, truth, PERSON, SURE),
    }


def memory_metrics(watcher: Watcher, sequences: Iterable[Sequence]) -> dict[str, float]:
    """Return AP50 with memory carried through each sequence, and with none."""
    carried: list[BoxLabels] = []
    reset: list[BoxLabels] = []
    truth: list[BoxLabels] = []
    for sequence in sequences:
        carried.extend(watcher.watch(sequence.frames))
        reset.extend(watcher.look(sequence.frames))
        truth.extend(sequence.labels)
    half = np.array([0.5])
    return {
        "ap50": average_precision(carried, truth, half).mean,
        "ap50_without_memory": average_precision(reset, truth, half).mean,
    }


def fall_metrics(watcher: Watcher, data: Path, name: str) -> dict[str, float]:
    """Return in which share of a fall's frames the person is found, with memory and with none."""
    fall = read_fall(data, name)
    frames = np.stack([cv2.resize(frame, INPUT_SIZE) for frame in fall.clip.frames])
    return {
        "person_found": recall(watcher.watch(frames), fall.people, PERSON, SURE),
        "person_found_without_memory": recall(watcher.look(frames), fall.people, PERSON, SURE),
    }


def pseudo_video(data: Path, sequences: int, frames: int) -> Iterable[Sequence]:
    """Return pseudo-videos, damaged frames included, of the first pictures of ``voc/val.json``."""
    pictures = read_coco_json(data / "voc/val.json", data / "voc/images")[:sequences]
    return photograph_sequences(pictures, np.random.default_rng(0), frames)


def real_video(data: Path, teacher: YoloxTeacher, frames: int) -> Iterable[Sequence]:
    """Yield excerpts of the clips that were held out; their boxes are the teacher's."""
    for clip in filter(held_out, video_clips(data)):
        pixels = read_excerpt(clip, 0.3, frames, 2)
        labels = [teacher.label(frame) for frame in pixels]
        yield Sequence(np.stack([cv2.resize(frame, INPUT_SIZE) for frame in pixels]), labels)


def measure(weights: Path, shared: Path, encode: Encoder) -> dict[str, float]:
    """Return every figure of a box head, named ``<data>.<figure>``."""
    watcher = Watcher(encode, load_head(weights))
    data = shared / "data"
    teacher = YoloxTeacher(shared / "teachers/yolox_nano.onnx")
    parts = {
        "coco128": photograph_metrics(watcher, read_yolo_folder(data / "coco128")),
        "voc": photograph_metrics(
            watcher, read_coco_json(data / "voc/val.json", data / "voc/images")
        ),
        "pseudo_video": memory_metrics(watcher, pseudo_video(data, 100, 8)),
        "fall": fall_metrics(watcher, data, FALL_KEPT_BACK),
        "video": memory_metrics(watcher, real_video(data, teacher, 12)),
    }
    return {f"{part}.{name}": value for part, got in parts.items() for name, value in got.items()}


def main() -> None:
    """Run from the command line: figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("cache/boxes"))
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    encode = FrozenEncoder(arguments.cache, threads=arguments.threads)
    print(json.dumps(measure(arguments.weights, arguments.shared, encode), indent=2))


if __name__ == "__main__":
    main()
