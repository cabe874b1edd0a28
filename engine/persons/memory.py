"""What each person does, remembered for as long as they are followed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.backends.base import initial_state
from engine.persons.window import Window
from engine.results import PersonActions
from models.spec import HeadKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from engine.backends.base import State, StepOutput
    from engine.frame import Frame
    from engine.persons.model import PersonModel
    from engine.results import Detections

_LONGEST_GAP_S: Final = 2.0
_INCUMBENT: Final = 1.5
"""How much smaller a person may be than a newcomer and keep the place: two of about the same size
would otherwise take turns, and neither would remember anything."""
_WIDEST_PX: Final = 1280
_FADING: Final = (".h", ".c")


@dataclass(frozen=True, slots=True)
class Person:
    """What is carried of one person."""

    state: State
    window: Window
    seen_s: float
    since_s: float


@dataclass(frozen=True, slots=True)
class PersonsState:
    """What is carried of all, by track; immutable.

    Attributes
    ----------
    newest
        What was said of them last.
    """

    people: Mapping[int, Person] = field(default_factory=lambda: MappingProxyType({}))
    newest: tuple[PersonActions, ...] = ()

    @property
    def nbytes(self) -> int:
        """Bytes that keeping it costs, about."""
        return sum(
            tensor.nbytes for person in self.people.values() for tensor in person.state.values()
        )


class PersonMemory:
    """Runs the action heads on the surroundings of each tracked person, with a state for each.

    The state belongs to the track: it begins with it, is carried with it and ends with it, so that
    labels follow who somebody is and never where they stand in a list. At most `limit` people
    are looked at in a frame, the largest and surest first, in one batched step: that bounds the
    cost. Whoever is left out keeps their memory for two seconds.

    Parameters
    ----------
    model
        See `engine.persons.load_person_model`.
    """

    def __init__(self, model: PersonModel, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"at least one person, not {limit}")
        self._model, self._limit = model, limit
        self._heads = [h for h in model.manifest.heads if h.kind is HeadKind.ACTIONS]
        self._initial = initial_state(model.manifest)
        self._carried = PersonsState()

    @property
    def newest(self) -> tuple[PersonActions, ...]:
        """What was said last."""
        return self._carried.newest

    def snapshot(self) -> PersonsState:
        """Return what is carried."""
        return self._carried

    def restore(self, state: PersonsState) -> None:
        """Go back to where `state` was taken."""
        self._carried = state

    def close(self) -> None:
        """Release the model. Idempotent."""
        self._model.backend.close()

    def fade(self, kept: float) -> None:
        """Scale h and c of everybody by `kept`, towards the initial state."""
        scale = np.float32(kept)
        people = {
            track_id: replace(
                person,
                state={
                    name: value * scale if name.endswith(_FADING) else value
                    for name, value in person.state.items()
                },
            )
            for track_id, person in self._carried.people.items()
        }
        self._carried = replace(self._carried, people=MappingProxyType(people))

    def update(
        self, frame: Frame, found: Detections, alive: NDArray[np.int32]
    ) -> tuple[PersonActions, ...]:
        """Look at the people of the next frame.

        Parameters
        ----------
        found
            Boxes with their tracks.
        alive
            Tracks that may come back, lost ones included; the memory of all others is freed.

        Returns
        -------
        tuple of PersonActions
            By rising track.

        Raises
        ------
        engine.errors.BackendError
            When the runtime fails.
        """
        people = self._kept(alive, frame.pts_s)
        chosen = self._choose(found, people, frame.pts_s)
        newest: tuple[PersonActions, ...] = ()
        if chosen:
            for track_id, box in chosen.items():
                people[track_id] = self._moved(people.get(track_id), box, frame.pts_s)
            output = self._step(frame, {track_id: people[track_id] for track_id in chosen})
            for row, track_id in enumerate(chosen):
                state = {name: value[row : row + 1].copy() for name, value in output.state.items()}
                people[track_id] = replace(people[track_id], state=state, seen_s=frame.pts_s)
            newest = tuple(
                self._said(output, row, track_id, frame.pts_s - people[track_id].since_s)
                for row, track_id in enumerate(chosen)
            )
        self._carried = PersonsState(MappingProxyType(people), newest)
        return newest

    def _kept(self, alive: NDArray[np.int32], pts_s: float) -> dict[int, Person]:
        living = set(alive.tolist())
        return {
            track_id: person
            for track_id, person in self._carried.people.items()
            if track_id in living and 0 < pts_s - person.seen_s <= _LONGEST_GAP_S
        }

    def _choose(
        self, found: Detections, people: Mapping[int, Person], pts_s: float
    ) -> dict[int, list[float]]:
        """Return the boxes of those to look at, by rising track."""
        eligible = (found.class_id == self._model.person_class) & (found.track_id >= 0)
        rows = np.flatnonzero(eligible).tolist()

        def weight(row: int) -> float:
            left, top, right, bottom = found.xyxy[row].tolist()
            place = _INCUMBENT if int(found.track_id[row]) in people else 1.0
            return place * float((right - left) * (bottom - top) * found.confidence[row])

        best = sorted(rows, key=weight, reverse=True)[: self._limit]
        boxes = {int(found.track_id[row]): found.xyxy[row].tolist() for row in best}
        return dict(sorted(boxes.items()))

    def _moved(self, person: Person | None, box: list[float], pts_s: float) -> Person:
        spec = self._model.manifest.input
        target = Window.around(box, spec.width / spec.height)
        if person is None:
            return Person(self._initial, target, pts_s - 1.0 / spec.rate_hz, pts_s)
        return replace(person, window=person.window.towards(target, pts_s - person.seen_s))

    def _step(self, frame: Frame, people: Mapping[int, Person]) -> StepOutput:
        spec, picture = self._model.manifest.input, frame.picture
        shrunk = min(1.0, _WIDEST_PX / picture.width)
        rgb = picture.rgb(round(picture.width * shrunk), round(picture.height * shrunk))
        windows = [person.window.scaled(shrunk) for person in people.values()]
        crops = [window.cut(rgb, spec.width, spec.height) for window in windows]
        states = [person.state for person in people.values()]
        return self._model.backend.step(
            np.stack(crops),
            np.array([frame.pts_s - person.seen_s for person in people.values()], np.float32),
            {name: np.concatenate([state[name] for state in states]) for name in self._initial},
        )

    def _said(self, output: StepOutput, row: int, track_id: int, memory_s: float) -> PersonActions:
        actions = {
            head.name: np.asarray(output.heads[head.output_names[0]][row], np.float32)
            for head in self._heads
        }
        return PersonActions(track_id, actions, memory_s)
