"""What `peephole-detector` learns from and is measured by: short films of labelled pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import torch

from models.data.augment import Augmentation, warp_boxes, warp_clip
from models.data.boxes import BoxLabels, read_picture
from models.data.boxes_batches import pad_labels
from models.data.boxes_motion import film, random_camera
from models.data.examples import Batch
from models.evaluation.boxes import keep_best
from models.evaluation.boxes_ap import average_precision
from models.training.box_loss import box_losses
from models.zoo.peephole_detector import decode_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from models.bundled_network import BundledNetwork
    from models.data.boxes import BoxPicture
    from models.evaluation.boxes_ap import Precision
    from models.recurrent import Recurrent, TensorState
    from models.training.box_loss import Targets
    from models.training.zoo_trainer import Loss, Start

_PERIOD_S: Final = 0.1
"""Between the frames of a film, for networks that read the clock."""


@dataclass(frozen=True)
class Film:
    """A clip (T, H, W, 3) uint8 RGB, and the boxes in each frame."""

    frames: NDArray[np.uint8]
    labels: list[BoxLabels]


class FilmExamples:
    """A film per picture, all of one size and length.

    Parameters
    ----------
    shoot
        Makes the n-th film; what is random about it comes from the generator.
    """

    def __init__(self, count: int, shoot: Callable[[int, np.random.Generator], Film]) -> None:
        self._count, self._shoot = count, shoot

    def __len__(self) -> int:
        return self._count

    def film(self, index: int, rng: np.random.Generator | None = None) -> Film:
        """Return a film; without `rng`, always the same one."""
        return self._shoot(index, rng or np.random.default_rng(index))

    def batch(self, chosen: NDArray[np.int64], rng: np.random.Generator | None) -> Batch[Targets]:
        """Return clips (B, T, H, W, 3) uint8, and the targets of their B * T frames."""
        films = [self.film(int(index), rng) for index in chosen]
        clips = np.stack([one.frames for one in films])
        height, width = clips.shape[2:4]
        labels = [boxes for one in films for boxes in one.labels]
        targets = pad_labels(labels, np.array([width, height] * 2))
        return Batch(torch.from_numpy(clips), torch.full(clips.shape[:2], _PERIOD_S), targets)


def picture_films(
    pictures: list[BoxPicture], size: tuple[int, int], frames: int, finer: int = 1
) -> FilmExamples:
    """Film pictures with a moving camera, each film changed once as the articles do.

    Parameters
    ----------
    size
        Width and height of the frames.
    finer
        How many times as often the camera takes a frame, on the same way in the same time.
    """
    augmentation = Augmentation()

    def shoot(index: int, rng: np.random.Generator) -> Film:
        pixels = read_picture(pictures[index].path)
        camera = random_camera(rng, frames).finer(finer)
        taken = len(camera.centre)
        filmed, labels = film([pixels] * taken, [pictures[index].labels] * taken, camera, rng)
        small = np.stack(
            [cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in filmed]
        )
        matrix = augmentation.draw(rng, *size)
        return Film(
            warp_clip(small.astype(np.uint8), matrix),
            [_warped(one, matrix, size) for one in labels],
        )

    return FilmExamples(len(pictures), shoot)


def stills(pictures: list[BoxPicture], size: tuple[int, int]) -> FilmExamples:
    """Return films of a single frame: the pictures as they are, stretched to `size`."""

    def shoot(index: int, _: np.random.Generator) -> Film:
        pixels = cv2.resize(read_picture(pictures[index].path), size, interpolation=cv2.INTER_AREA)
        return Film(pixels.astype(np.uint8, copy=False)[None], [pictures[index].labels])

    return FilmExamples(len(pictures), shoot)


def _warped(labels: BoxLabels, matrix: NDArray[np.float64], size: tuple[int, int]) -> BoxLabels:
    """Return labels, in fractions, as a change of the frame moves them; lost ones are left out."""
    scale = np.array([*size, *size], np.float32)
    xyxy = warp_boxes(labels.xyxy * scale, matrix, *size) / scale
    moved = BoxLabels(xyxy, labels.class_id, labels.score, labels.ignored)
    return moved.select(np.asarray((xyxy[:, 2:] - xyxy[:, :2]).min(1) > 0.01, bool))


def detection_loss(centres: Tensor) -> Loss[Targets]:
    """Return the loss over all frames of a clip, for places at `centres` (N, 2) in pixels."""
    return partial(_detection_loss, centres)


def _detection_loss(
    centres: Tensor, network: Recurrent, batch: Batch[Targets], start: Start
) -> tuple[Tensor, TensorState]:
    answer, following = network(batch.clips, start.state, batch.dt_s)
    centres = centres.to(answer.device)
    logits, xyxy = decode_places(answer.flatten(0, 1).float(), centres)
    return box_losses(logits, xyxy, batch.truth, centres).total, following


@torch.inference_mode()
def precision(
    network: BundledNetwork, head: str, films: FilmExamples, *, memory: bool = True
) -> Precision:
    """Measure on the last frame of every film, after all frames before it or after none."""
    found, truth = [], []
    for index in range(len(films)):
        film = films.film(index)
        found.append(_look(network, head, film.frames if memory else film.frames[-1:]))
        truth.append(film.labels[-1])
    return average_precision(found, truth)


def _look(network: BundledNetwork, head: str, frames: NDArray[np.uint8]) -> BoxLabels:
    state, dt_s = network.init_state(1), torch.full((1,), _PERIOD_S)
    for frame in torch.from_numpy(frames):
        outputs, state = network.step(frame[None], state, dt_s)
    boxes, confidence, class_id = (
        outputs[f"{head}.{part}"][0].numpy() for part in ("boxes", "confidence", "class_id")
    )
    return keep_best(boxes, confidence, class_id)
