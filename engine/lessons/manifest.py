"""What a lesson says about itself."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.spec import Activation, HeadKind, HeadSpec, Label, Name, Probability

SCHEMA_VERSION: Final = 1
OTHER: Final = Label(en="none of these", zh="均不是")
TakeId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TakeRecord(_Frozen):
    """Where a take is from; see `models.teaching.takes.Take`.

    Attributes
    ----------
    address
        To read it again from; empty where that cannot be, as with a camera. Without a password.
    """

    id: TakeId
    label: Annotated[str, Field(max_length=64)]
    source: Annotated[str, Field(max_length=512)]
    address: Annotated[str, Field(max_length=4096)] = ""
    start_s: float
    end_s: float
    person_share: Probability = 1.0


class Doubtful(_Frozen):
    """A `models.teaching.judge.Finding`, as it is stored."""

    doubt: str
    label: str = ""
    other: str = ""
    count: int = 0
    of: int = 0


class Outcome(_Frozen):
    """How the lesson did on takes left out; see `models.teaching.judge.Verdict`."""

    accuracy: Probability | None
    frame_accuracy: Probability | None
    good: bool
    findings: tuple[Doubtful, ...] = ()


class LessonManifest(_Frozen):
    """``manifest.json`` of a lesson.

    Attributes
    ----------
    bundle, model_sha256
        The bundle that was taught, and the digest of its graph then.
    labels
        The actions, in the head's order; `OTHER` comes after them if `background`.
    thresholds
        From which probability on an action counts as recognised.
    files
        sha256, in hex, of the other files.
    """

    schema_version: int = SCHEMA_VERSION
    name: Name
    title: Label
    bundle: Name
    model_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    labels: Annotated[tuple[Label, ...], Field(min_length=1, max_length=50)]
    thresholds: tuple[Probability, ...]
    background: bool
    takes: Annotated[tuple[TakeRecord, ...], Field(max_length=500)]
    tested: Outcome
    created: str
    files: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]

    @model_validator(mode="after")
    def _consistent(self) -> LessonManifest:
        self.head()  # checks labels and thresholds
        if len({take.id for take in self.takes}) != len(self.takes):
            raise ValueError("two takes have the same id")
        return self

    def head(self) -> HeadSpec:
        """Return the head as the bundle's manifest lists it."""
        other = (OTHER,) if self.background else ()
        return HeadSpec(
            name=self.name,
            kind=HeadKind.ACTIONS,
            labels=(*self.labels, *other),
            thresholds=(*self.thresholds, *([1.0] if other else [])),
            activation=Activation.SOFTMAX,
            quiet=tuple(label.en for label in other),
        )
