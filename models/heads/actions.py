"""Action head: how the scene looks, what moves in it, two LSTM layers, a probability a label.

The structure of article 000 (LSTM(128) → Dropout 0.5 → LSTM(64) → Dense) on top of a shared
encoder instead of a CNN of its own.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.cells.lstm import LSTMCell
from models.heads.body import STANCE_SIZE, stance
from models.heads.motion import (
    C4_CHANNELS,
    C5_CHANNELS,
    GRID_CHANNELS,
    MOTION_SIZE,
)
from models.heads.pair import PAIR_SIZE, pair_stance
from models.recurrent import Recurrent, TensorState
from models.spec import TensorSpec

_POOL: Final = (3, 4)
_C4_CELLS: Final = (6, 6)
_C5_CELLS: Final = (3, 3)
_SHORTEST_DT_S: Final = 1 / 120
_LONGEST_DT_S: Final = 2.0
_HIDDEN: Final = 0.3
_CHANGE_GAIN: Final = 3.0
_MOST_CHANGE: Final = 5.0
SCENE_SIZE: Final = C4_CHANNELS * 36 + C5_CHANNELS * 9


class Reading(NamedTuple):
    """What the trained part of the head takes from one frame, or from T frames.

    Attributes
    ----------
    scene
        (B, 6912) or (B, T, 6912), see `pool_scene`.
    motion
        (B, 1296) or (B, T, 1296), see `models.heads.motion.MotionReader`.
    joints
        (B, 13, 3) or (B, T, 13, 3), see `models.heads.body.BodyReader`, or 26 for a head that reads
        two people, see `models.heads.pair`; None if nobody looked.
    """

    scene: Tensor
    motion: Tensor
    joints: Tensor | None = None

    def of_one_frame(self) -> Reading:
        """Return (B, 1, ...) of (B, ...)."""
        joints = None if self.joints is None else self.joints.unsqueeze(1)
        return Reading(self.scene.unsqueeze(1), self.motion.unsqueeze(1), joints)


def pool_scene(c4: Tensor, c5: Tensor) -> Tensor:
    """Average the maps of a 384 x 288 picture over cells that keep some space.

    Returns
    -------
    Tensor
        (B, 6912): C4 on 6 x 6 cells, then C5 on 3 x 3 cells, channel-major.
    """
    cells4 = functional.avg_pool2d(c4, _POOL)
    cells5 = functional.avg_pool2d(c5, _POOL)
    return torch.cat((cells4.flatten(1), cells5.flatten(1)), dim=1)


def first_motion(scene: Tensor) -> Tensor:
    """Return what `MotionReader` reads of a frame that nothing came before.

    Parameters
    ----------
    scene
        (B, 6912).

    Returns
    -------
    Tensor
        (B, 1296): no change, and the average look of the whole picture.
    """
    cells4 = scene[:, : C4_CHANNELS * 36].reshape(-1, C4_CHANNELS, 36)
    cells5 = scene[:, C4_CHANNELS * 36 :].reshape(-1, C5_CHANNELS, 9)
    look = torch.cat((cells4.mean(dim=2), cells5.mean(dim=2)), dim=1)
    return torch.cat((torch.zeros(len(scene), 2 * GRID_CHANNELS), look), dim=1)


class ActionHead(Recurrent):
    """Reads the encoder's maps of one frame; remembers through two LSTM layers.

    Parameters
    ----------
    labels
        Number of classes.
    rate_hz
        Frame rate at which a change of the scene counts as it is.
    activation
        ``"sigmoid"`` for labels that may hold together, ``"softmax"`` for exclusive ones.
    scene
        Whether the look of the whole scene, and of what moves, is read at all. Without it the
        head sees nothing but change, and cannot learn the places its clips were filmed at.
    body
        Whether joints of people on show are read, and how they move.
    people
        1 to read who takes up most of the picture, 2 to read two people side by side.
    """

    def __init__(
        self,
        labels: int,
        rate_hz: float,
        activation: Literal["sigmoid", "softmax"] = "sigmoid",
        *,
        scene: bool = True,
        body: bool = False,
        people: int = 1,
        hidden: tuple[int, int] = (128, 64),
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.rate_hz, self.activation, self.hidden = rate_hz, activation, hidden
        self.motion_size = MOTION_SIZE if scene else 2 * GRID_CHANNELS
        self.scene = SceneReader() if scene else None
        self.register_buffer("mean", torch.zeros(self.motion_size))
        self.register_buffer("scale", torch.ones(self.motion_size))
        self.mean: Tensor
        self.scale: Tensor
        self.motion_dropout = nn.Dropout(dropout)
        self.moving = nn.Linear(self.motion_size, 96)
        self.body = StanceReader(people) if body else None
        inputs = 96 + 1
        inputs += 2 * self.scene.size if self.scene else 0
        inputs += self.body.size if self.body else 0
        self.lstm1 = LSTMCell(inputs, hidden[0])
        self.lstm2 = LSTMCell(hidden[0], hidden[1])
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(hidden[1], labels)

    def standardise(self, motion: Tensor, joints: Tensor | None = None) -> None:
        """Learn the usual range of each value from N examples; before training.

        Parameters
        ----------
        motion, joints
            (N, 1296), and (N, 13, 3), or of two people (N, 26, 3), if the head reads them.
        """
        if self.body is not None and joints is not None:
            self.body.standardise(joints)
        motion = motion[:, : self.motion_size]
        self.mean.copy_(motion.mean(dim=0))
        self.scale.copy_(1 / (motion.std(dim=0) + 0.02))

    def state_spec(self) -> tuple[TensorSpec, ...]:
        """Return h and c of both layers, and what the scene's change is told by."""
        first, second = self.hidden
        memory = (
            TensorSpec(name="lstm1.h", shape=(first,)),
            TensorSpec(name="lstm1.c", shape=(first,)),
            TensorSpec(name="lstm2.h", shape=(second,)),
            TensorSpec(name="lstm2.c", shape=(second,)),
        )
        before = {
            "previous": self.scene.size if self.scene else 0,
            "stance": self.body.stance_size if self.body else 0,
        }
        told = [TensorSpec(name=name, shape=(size,)) for name, size in before.items() if size]
        return (*memory, *told, TensorSpec(name="seen", shape=(1,))) if told else memory

    def step(  # type: ignore[override]
        self, reading: Reading, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, TensorState]:
        """Take one frame; return (B, L) probabilities and the state."""
        logits, following = self.step_reading(reading, state, dt_s)
        return self.probability(logits), following

    def probability(self, logits: Tensor) -> Tensor:
        """Turn (..., L) logits into probabilities."""
        return torch.sigmoid(logits) if self.activation == "sigmoid" else logits.softmax(dim=-1)

    def step_reading(
        self, reading: Reading, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take one frame; return (B, L) logits and the state."""
        logits, following = self.forward_reading(reading.of_one_frame(), state, dt_s.unsqueeze(1))
        return logits[:, 0], following

    def forward_reading(
        self, clip: Reading, state: TensorState, dt_s: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Take T frames, dt_s (B, T); return (B, T, L) logits and the state, as `step_reading`."""
        frames = dt_s.clamp(_SHORTEST_DT_S, _LONGEST_DT_S) * self.rate_hz
        motion = (clip.motion[..., : self.motion_size] - self.mean) * self.scale
        inputs = [self.moving(self.motion_dropout(motion)), frames.log().unsqueeze(2)]
        following: dict[str, Tensor] = {}
        if self.scene is not None or self.body is not None:
            seen = torch.cat((state["seen"], torch.ones_like(frames[:, 1:])), dim=1)
            following["seen"] = torch.ones_like(state["seen"])
        see_scene, see_body = self._attention(frames)
        if self.scene is not None:
            embedded = self.scene.embed(clip.scene)
            before = torch.cat((state["previous"].unsqueeze(1), embedded[:, :-1]), dim=1)
            inputs.append(self.scene.change(embedded, before, seen, frames) * see_scene)
            following["previous"] = embedded[:, -1]
        if self.body is not None:
            assert clip.joints is not None
            held = self.body.held(clip.joints)
            before = torch.cat((state["stance"].unsqueeze(1), held[:, :-1]), dim=1)
            inputs.append(self.body.change(held, before, seen, frames) * see_body)
            following["stance"] = held[:, -1]
        logits, remembered = self._remember(torch.cat(inputs, dim=2), state)
        return logits, {**remembered, **following}

    def _attention(self, frames: Tensor) -> tuple[Tensor | float, Tensor | float]:
        """While training, hide the scene from some clips and the body from others.

        So that neither is relied on where it fails (modality dropout: Neverova et al., "ModDrop",
        PAMI 2016).
        """
        if not self.training or self.scene is None or self.body is None:
            return 1.0, 1.0
        drawn = torch.rand(len(frames), 1, 1)
        return (drawn > _HIDDEN).float(), (drawn < 1 - _HIDDEN).float()

    def _remember(self, x: Tensor, state: TensorState) -> tuple[Tensor, dict[str, Tensor]]:
        h1, c1 = state["lstm1.h"], state["lstm1.c"]
        h2, c2 = state["lstm2.h"], state["lstm2.c"]
        remembered = []
        for t in range(x.shape[1]):
            h1, c1 = self.lstm1(x[:, t], h1, c1)
            h2, c2 = self.lstm2(self.dropout(h1), h2, c2)
            remembered.append(h2)
        logits = self.dense(self.dropout(torch.stack(remembered, dim=1)))
        return logits, {"lstm1.h": h1, "lstm1.c": c1, "lstm2.h": h2, "lstm2.c": c2}


class SceneReader(nn.Module):
    """Embeds pooled maps, and says how the embedding changed."""

    size: Final = 160

    def __init__(self) -> None:
        super().__init__()
        self.reduce4 = nn.Conv2d(C4_CHANNELS, 16, 1)
        self.reduce5 = nn.Conv2d(C5_CHANNELS, 40, 1)
        self.dropout = nn.Dropout(0.2)
        self.linear = nn.Linear(16 * 36 + 40 * 9, self.size)
        self.norm = nn.LayerNorm(self.size)
        self.norm_change = nn.LayerNorm(self.size)

    def embed(self, scene: Tensor) -> Tensor:
        """Map (B, T, 6912), see `pool_scene`, to (B, T, 160)."""
        cells4 = scene[..., : C4_CHANNELS * 36].reshape(-1, C4_CHANNELS, *_C4_CELLS)
        cells5 = scene[..., C4_CHANNELS * 36 :].reshape(-1, C5_CHANNELS, *_C5_CELLS)
        reduced = torch.cat(
            (self.reduce4(cells4).flatten(1), self.reduce5(cells5).flatten(1)), dim=1
        )
        embedded: Tensor = self.linear(self.dropout(reduced))
        return embedded.view(*scene.shape[:2], self.size)

    def change(self, embedded: Tensor, before: Tensor, seen: Tensor, frames: Tensor) -> Tensor:
        """Return embedding and change per frame's worth of time, (B, T, 320).

        Parameters
        ----------
        embedded, before
            (B, T, 160) of each frame and the one before it.
        seen, frames
            (B, T): whether there was one before, and how many frames at the trained rate ago.
        """
        change = (embedded - before) * (seen / frames).unsqueeze(2)
        return torch.cat((self.norm(embedded), self.norm_change(change)), dim=2)


class StanceReader(nn.Module):
    """Reads how somebody holds themselves, or two people, and how that changed.

    Parameters
    ----------
    people
        See `ActionHead`.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, people: int = 1) -> None:
        super().__init__()
        self.people = people
        self.size = 32 * people
        self.stance_size = STANCE_SIZE if people == 1 else PAIR_SIZE
        self._stance = stance if people == 1 else pair_stance
        self.register_buffer("mean", torch.zeros(self.stance_size))
        self.register_buffer("scale", torch.ones(self.stance_size))
        self.dropout = nn.Dropout(0.3)
        self.linear = nn.Linear(2 * self.stance_size, self.size)

    def standardise(self, joints: Tensor) -> None:
        """Learn the usual range of each value from (N, 13, 3) examples, or (N, 26, 3)."""
        held = self._stance(joints)
        self.mean.copy_(held.mean(dim=0))
        self.scale.copy_(1 / (held.std(dim=0) + 0.02))

    def held(self, joints: Tensor) -> Tensor:
        """Map (B, T, 13, 3) to (B, T, 48), see `models.heads.body.stance`.

        Of two people (B, T, 26, 3) to (B, T, 148), see `models.heads.pair.pair_stance`.
        """
        return (self._stance(joints) - self.mean) * self.scale

    def change(self, held: Tensor, before: Tensor, seen: Tensor, frames: Tensor) -> Tensor:
        """Return (B, T, 32), of two people (B, T, 64); see `SceneReader.change`."""
        change = (held - before) * (seen / frames).unsqueeze(2) * _CHANGE_GAIN
        both = torch.cat((held, change.clamp(-_MOST_CHANGE, _MOST_CHANGE)), dim=2)
        return torch.relu(self.linear(self.dropout(both)))
