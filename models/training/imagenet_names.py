"""COCO's names in the terms of ImageNet's classifier, which the encoder was trained as."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch

from models.data.boxes import COCO_NAMES
from models.encoders.efficientnet_lite import load_imagenet_classifier
from models.heads.class_evidence import FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.heads.class_evidence import ClassEvidence

_NEVER: Final = -1000.0
SYNSETS: Final[Mapping[str, tuple[int, ...]]] = {
    "bicycle": (444, 671),
    "car": (436, 468, 511, 609, 627, 656, 661, 751, 817),
    "motorcycle": (665, 670),
    "airplane": (404, 895),
    "bus": (654, 779, 874),
    "train": (466, 547, 565, 705, 820),
    "truck": (555, 569, 675, 717, 864, 867),
    "boat": (472, 484, 554, 576, 625, 724, 780, 814, 871, 914),
    "traffic light": (920,),
    "stop sign": (919,),
    "parking meter": (704,),
    "bench": (703,),
    "bird": (*range(7, 25), *range(80, 101), *range(127, 147)),
    "cat": tuple(range(281, 286)),
    "dog": tuple(range(151, 269)),
    "horse": (339,),
    "sheep": (348, 349),
    "cow": (345, 346),
    "elephant": (101, 385, 386),
    "bear": tuple(range(294, 298)),
    "zebra": (340,),
    "backpack": (414,),
    "umbrella": (879,),
    "handbag": (748,),
    "tie": (457, 906),
    "skis": (795,),
    "sports ball": (429, 430, 805, 852, 890),
    "tennis racket": (752,),
    "bottle": (440, 720, 737, 898, 907),
    "wine glass": (572, 966),
    "cup": (504, 968),
    "knife": (499,),
    "spoon": (910,),
    "bowl": (659, 809),
    "banana": (954,),
    "apple": (948,),
    "orange": (950,),
    "broccoli": (937,),
    "hot dog": (934,),
    "pizza": (963,),
    "chair": (423, 559, 765),
    "couch": (831,),
    "potted plant": (738,),
    "bed": (564,),
    "dining table": (532,),
    "toilet": (861,),
    "tv": (664, 782, 851),
    "laptop": (620, 681),
    "mouse": (673,),
    "remote": (761,),
    "keyboard": (508,),
    "cell phone": (487,),
    "microwave": (651,),
    "oven": (827,),
    "toaster": (859,),
    "sink": (896,),
    "refrigerator": (760,),
    "book": (917, 921),
    "clock": (409, 892),
    "vase": (883,),
    "teddy bear": (850,),
    "hair drier": (589,),
}
"""Places among ImageNet's thousand classes, in the order of their WordNet numbers, of each name
that they know; 18 of the 80 they do not, people among them."""


def fill_from_imagenet(evidence: ClassEvidence) -> None:
    """Give it the mean weights of the classes of each name, less the mean of all thousand.

    Raises
    ------
    ImportError
        If the package with the published weights is missing (extra ``train``).
    """
    layers = load_imagenet_classifier()
    weight, bias = layers.classes - layers.classes.mean(0), layers.classes_bias
    bias = bias - bias.mean()
    named = torch.zeros(len(COCO_NAMES), weight.shape[1])
    offset = torch.full((len(COCO_NAMES),), _NEVER)
    for name, places in SYNSETS.items():
        named[COCO_NAMES.index(name)] = weight[list(places)].mean(0)
        offset[COCO_NAMES.index(name)] = bias[list(places)].mean()
    spread = layers.expand.norm(dim=1)  # of a feature, as far as it can be told without a picture
    order = (named.norm(dim=0) * spread).argsort(descending=True)[:FEATURES].sort().values
    evidence.expand.copy_(layers.expand[order])
    evidence.expand_bias.copy_(layers.expand_bias[order])
    evidence.classes.copy_(named[:, order])
    evidence.classes_bias.copy_(offset)
    evidence.known.copy_(offset > _NEVER)
