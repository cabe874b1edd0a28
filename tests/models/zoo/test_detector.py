from __future__ import annotations

import numpy as np
import pytest
import torch

from models.data.boxes import BoxLabels
from models.registry import ARCHITECTURES
from models.training.zoo_detection import Film, FilmExamples, detection_loss, precision
from models.training.zoo_trainer import ZooRecipe, ZooTrainer
from models.zoo.bundled import Detector, ZooPlan
from models.zoo.config import ZooConfig
from models.zoo.peephole_detector import decode_places, place_centres

_SIDE, _FRAMES = 48, 3


def vanishing_squares(count: int, seed: int) -> FilmExamples:
    """Return films of a bright (0) or dark (1) square that is hidden in the last frame."""

    def shoot(index: int, _: np.random.Generator) -> Film:
        rng = np.random.default_rng((seed, index))
        size = int(rng.integers(14, 25))
        left, top = rng.integers(0, _SIDE - size, 2)
        kind = int(rng.integers(2))
        frames = np.full((_FRAMES, _SIDE, _SIDE, 3), 128, np.uint8)
        frames[:-1, top : top + size, left : left + size] = (240, 20)[kind]
        box = np.array([[left, top, left + size, top + size]], np.float32) / _SIDE
        labels = BoxLabels(box, np.array([kind]), np.ones(1, np.float32), np.zeros(1, bool))
        return Film(frames, [labels] * _FRAMES)

    return FilmExamples(count, shoot)


@pytest.mark.slow
def test_it_learns_to_find_what_it_sees_and_remembers_what_it_no_longer_sees():
    torch.manual_seed(0)
    config = ZooConfig(2, _SIDE, _SIDE, scale=0.5, dropout=0.0)
    network = ARCHITECTURES["peephole-detector"](config)
    recipe = ZooRecipe(epochs=12, batch=16, learning_rate=4e-3, ema_decay=0.95)
    trainer = ZooTrainer(
        network, recipe, vanishing_squares(256, seed=1), detection_loss(place_centres(config))
    )
    for _ in range(trainer.steps):
        trainer.advance()
    detector = Detector(ZooPlan("peephole-detector", config, "objects")).eval()
    detector.network.load_state_dict(trainer.average.state_dict())
    test = vanishing_squares(100, seed=2)
    assert precision(detector, "objects", test).at(0.5) > 0.8
    assert precision(detector, "objects", test, memory=False).at(0.5) < 0.2


def test_boxes_are_measured_from_the_centre_of_their_place():
    config = ZooConfig(2, 48, 32)
    centres = place_centres(config)
    assert centres.tolist() == [[8, 8], [24, 8], [40, 8], [8, 24], [24, 24], [40, 24]]
    sides = torch.tensor([0.25, 0.5, 0.75, 1.0]).log().expand(6, 4)
    logits, xyxy = decode_places(torch.cat((torch.ones(6, 2), sides), -1), centres)
    assert logits.shape == (6, 2)
    torch.testing.assert_close(xyxy[4], torch.tensor([20.0, 16.0, 36.0, 40.0]))
