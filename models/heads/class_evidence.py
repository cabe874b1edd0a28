"""What a classifier of whole pictures would call each place of a picture.

Class activation maps (Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR
2016): where nothing but an average lies between the last features and the classes, the classes can
be asked of each place by itself. So a detector may use names that it has hardly seen a box of.
"""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.heads.motion import C5_CHANNELS

FEATURES: Final = 960
"""Of the classifier's 1280, those its answers about our classes depend on most."""
_HIGHEST: Final = 6.0
_LOWEST: Final = -10.0


class ClassEvidence(nn.Module):
    """The classifier's last layers, for the names of a detector; nothing in it is trained.

    Parameters
    ----------
    classes
        Number of names, K. Those whose `known` is 0 mean nothing to the classifier.
    """

    expand: Tensor
    expand_bias: Tensor
    classes: Tensor
    classes_bias: Tensor
    known: Tensor

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.register_buffer("expand", torch.zeros(FEATURES, C5_CHANNELS))
        self.register_buffer("expand_bias", torch.zeros(FEATURES))
        self.register_buffer("classes", torch.zeros(classes, FEATURES))
        self.register_buffer("classes_bias", torch.zeros(classes))
        self.register_buffer("known", torch.ones(classes))

    def forward(self, high: Tensor) -> Tensor:
        """Map C5 (B, 320, H, W) to (B, K, H, W).

        Logarithms of how likely each name is, if what is there has one of those known: from -10
        to 0, and 0 throughout for names not known.
        """
        places = high.flatten(2).transpose(1, 2)
        features = F.linear(places, self.expand, self.expand_bias).clamp(0, _HIGHEST)
        said = F.linear(features, self.classes, self.classes_bias)
        likely = said.log_softmax(dim=2).clamp(min=_LOWEST) * self.known
        return likely.transpose(1, 2).reshape(-1, len(self.known), *high.shape[2:])
