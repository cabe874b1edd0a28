"""Self-supervised pre-training of memory: it foretells what the next frame will look like.

No labels are needed. What is foretold are features, not pixels, and nothing that makes them learns
meanwhile: else the easiest way to foretell them would be to make them all alike. After Srivastava,
Mansimov & Salakhutdinov, Unsupervised Learning of Video Representations using LSTMs (ICML 2015),
whose future predictor this is with a horizon of one frame.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import numpy as np
import torch
from torch import nn

from models.data.examples import Batch

if TYPE_CHECKING:
    from torch import Tensor

    from models.data.examples import Examples
    from models.training.zoo_trainer import ZooRecipe
    from models.zoo.foresighted import Foresighted

_LOG = logging.getLogger(__name__)
_REPORT_EVERY: Final = 50
_LEAST_VARIANCE: Final = 1e-4


class Foresight(nn.Module):
    """A network with what foretells the next frame from its memory; the latter is thrown away."""

    def __init__(self, network: nn.Module, hidden: int, features: int) -> None:
        super().__init__()
        self.network, self.foretell = network, nn.Linear(hidden, features)


def pretrain(
    network: Foresighted, examples: Examples[object], recipe: ZooRecipe, steps: int
) -> float:
    """Take `steps` steps of AdamW; return the last error as a share of the features' variance.

    Same network, examples, recipe and steps give the same weights.
    """
    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng((recipe.seed, 0xF0))
    with torch.no_grad():
        seen, memory = _recollect(network, _draw(examples, recipe, rng))
    whole = Foresight(network, memory.shape[-1], seen.shape[-1]).to(recipe.device).train()
    variance = seen.flatten(0, 1).var(0).clamp_min(_LEAST_VARIANCE)
    optimizer = torch.optim.AdamW(
        whole.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    share = 1.0
    for step in range(1, steps + 1):
        seen, memory = _recollect(network, _draw(examples, recipe, rng))
        error = (whole.foretell(memory[:, :-1]) - seen[:, 1:]).square() / variance
        loss = error.mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(whole.parameters(), recipe.clip_norm)
        optimizer.step()
        share += (float(loss.detach()) - share) * (1 if step == 1 else 0.05)
        if step % _REPORT_EVERY == 0:
            _LOG.info("foretelling: step %d of %d, error %.4f of the variance", step, steps, share)
    return share


def _draw(examples: Examples[object], recipe: ZooRecipe, rng: np.random.Generator) -> Batch[object]:
    chosen = rng.choice(len(examples), min(recipe.batch, len(examples)), replace=False)
    batch = examples.batch(chosen, rng)
    return Batch(batch.clips.to(recipe.device), batch.dt_s.to(recipe.device), None)


def _recollect(network: Foresighted, batch: Batch[object]) -> tuple[Tensor, Tensor]:
    return network.recollect(batch.clips, network.init_state(len(batch.clips)), batch.dt_s)
