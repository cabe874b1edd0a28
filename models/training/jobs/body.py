"""The body reader: learnt from people whose joints are known, measured on stills of others."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from models.data.body_examples import acted_people, taught_people, write_body_shard
from models.data.body_pictures import collect
from models.data.boxes_prepare import FrozenEncoder
from models.heads.body import BodyReader, build_of
from models.training.body import BodyRecipe, train_body_reader
from models.training.jobs.actions import write_actors
from models.training.jobs.job import BODY

if TYPE_CHECKING:
    from pathlib import Path

    from models.data.body_examples import BodyShard
    from models.training.jobs.job import Workshop
    from models.training.recipe import BodyPlan

_MEASURED_ON: Final = "gestures"
_NEAR: Final = 0.2
_BATCH: Final = 32

log = logging.getLogger(__name__)


class BodyJob:
    """What heads that read joints are built on; see `models.heads.body`."""

    def __init__(self, plan: BodyPlan, shop: Workshop) -> None:
        self._plan, self._shop = plan, shop
        self._folder = shop.work / BODY

    @property
    def weights(self) -> Path:
        """Where the trained weights lie, or will."""
        return self._shop.weights(BODY)

    def train(self) -> None:
        """Learn from all sets of the plan; what is measured on is not among them."""
        collect(self._shop.shared, self._folder, self._shop.threads)
        encode = FrozenEncoder(self._shop.work / "boxes", threads=self._shop.threads)
        shards = []
        for name, variants in self._plan.variants.items():
            people = (
                acted_people(write_actors(self._shop, name))
                if name.startswith("actors")
                else taught_people(self._folder, name)
            )
            shards.append(
                write_body_shard(self._folder / "shards" / name, people, variants, encode)
            )
        reader = train_body_reader(
            BodyRecipe(steps=self._plan.steps),
            shards,
            lambda step, steps, loss: log.info("%s: %d/%d, %.3f", BODY, step, steps, loss),
        )
        state = {name: tensor.contiguous() for name, tensor in reader.state_dict().items()}
        save_file(state, self.weights)

    def evaluate(self) -> dict[str, float]:
        """Return the share of joints less than a fifth of the trunk's length from the teacher's."""
        encode = FrozenEncoder(self._shop.work / "boxes", threads=self._shop.threads)
        shard = write_body_shard(
            self._folder / "shards" / _MEASURED_ON,
            taught_people(self._folder, _MEASURED_ON),
            0,
            encode,
        )
        return joint_figures(self.reader(), shard)

    def reader(self) -> BodyReader:
        """Return the trained reader."""
        reader = BodyReader()
        reader.load_state_dict(load_file(self.weights))
        return reader.eval()


@torch.inference_mode()
def joint_figures(reader: BodyReader, shard: BodyShard) -> dict[str, float]:
    """Return the share of joints, and of wrists, that lie near where the teacher sees them.

    Near is less than a fifth of the way from the shoulders' to the hips' middle; counted are the
    joints that the teacher is sure of.
    """
    near, counted = [], []
    for start in range(0, len(shard), _BATCH):
        *maps, truth = shard.take(np.arange(start, min(start + _BATCH, len(shard))))
        said = reader((maps[0], maps[1], maps[2]))
        known = truth[..., 2] > 0.5
        seen = build_of(truth)
        away = build_of(said).place - seen.place
        near.append(away.square().sum(dim=2).sqrt() < _NEAR * seen.length)
        counted.append(known)
    hit, known = torch.cat(near), torch.cat(counted)
    wrists = [5, 6]
    return {
        f"{_MEASURED_ON}.joints_found": float(hit[known].float().mean()),
        f"{_MEASURED_ON}.wrists_found": float(hit[:, wrists][known[:, wrists]].float().mean()),
    }
