"""What a rule says, as it is kept in JSON. Positions are fractions of the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.errors import LongtakeError

SCHEMA: Final = 1

Name = Annotated[str, Field(min_length=1, max_length=64)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Seconds = Annotated[float, Field(ge=0.0, le=3600.0)]
Point = tuple[Share, Share]


class RuleError(LongtakeError):
    """A rule cannot be read, or its action failed; says what to do about it."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Zone(_Frozen):
    """A polygon. Something is in it when the middle of the lower side of its box is."""

    name: Name
    points: Annotated[tuple[Point, ...], Field(min_length=3, max_length=64)]


class Line(_Frozen):
    """A line to be crossed. Its right side is on the right of who goes from start to end."""

    name: Name
    start: Point
    end: Point


class ActionHolds(_Frozen):
    """An action is recognised for a while.

    Attributes
    ----------
    head
        None takes any head that has the label.
    zone
        Somebody has to be in it meanwhile. Actions are recognised for the whole picture: whose
        action it is, is not known.
    """

    kind: Literal["action"] = "action"
    label: Name
    head: Name | None = None
    at_least: Share = 0.6
    for_s: Seconds = 1.0
    zone: Name | None = None


class Present(_Frozen):
    """So many of a kind of thing are in the picture, or in a zone, for a while."""

    kind: Literal["present"] = "present"
    label: Name = "person"
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    for_s: Seconds = 1.0
    zone: Name | None = None


class Crosses(_Frozen):
    """A tracked thing crosses a line; every crossing counts as one."""

    kind: Literal["crosses"] = "crosses"
    label: Name = "person"
    line: Name
    direction: Literal["any", "to-right", "to-left"] = "any"


Condition = Annotated[ActionHolds | Present | Crosses, Field(discriminator="kind")]


class Sound(_Frozen):
    """A short tone."""

    do: Literal["sound"] = "sound"


class Notify(_Frozen):
    """A message on the desktop."""

    do: Literal["notify"] = "notify"


class SaveClip(_Frozen):
    """A clip of what happened, with what came before it."""

    do: Literal["clip"] = "clip"
    before_s: Annotated[float, Field(ge=0.0, le=60.0)] = 5.0
    after_s: Annotated[float, Field(ge=0.0, le=60.0)] = 5.0
    folder: Path = Path("~/Videos/longtake")


class RunCommand(_Frozen):
    """A program and its arguments; no shell looks at them.

    It finds what happened in the environment: ``LONGTAKE_RULE``, ``LONGTAKE_SOURCE``,
    ``LONGTAKE_TIME_S``, ``LONGTAKE_DETAIL`` and all of it in ``LONGTAKE_JSON``.
    """

    do: Literal["command"] = "command"
    command: Annotated[tuple[str, ...], Field(min_length=1, max_length=64)]
    timeout_s: Annotated[float, Field(gt=0.0, le=600.0)] = 30.0


class Webhook(_Frozen):
    """A POST of JSON.

    Attributes
    ----------
    secret
        Name of a secret that is sent as ``Authorization: Bearer …``; see `engine.rules.secrets`.
    """

    do: Literal["webhook"] = "webhook"
    url: Annotated[str, Field(pattern=r"^https?://[^\s/]+")]
    secret: Name | None = None
    timeout_s: Annotated[float, Field(gt=0.0, le=60.0)] = 10.0


class Mqtt(_Frozen):
    """A message of JSON to a broker.

    Attributes
    ----------
    secret
        Name of a secret that is the password.
    """

    do: Literal["mqtt"] = "mqtt"
    host: Name
    port: Annotated[int, Field(ge=1, le=65535)] = 1883
    topic: Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^#+\x00]+$")]
    user: str = ""
    secret: Name | None = None
    tls: bool = False
    qos: Literal[0, 1, 2] = 1
    timeout_s: Annotated[float, Field(gt=0.0, le=60.0)] = 10.0


Action = Annotated[
    Sound | Notify | SaveClip | RunCommand | Webhook | Mqtt, Field(discriminator="do")
]


class Rule(_Frozen):
    """When, then what.

    Attributes
    ----------
    cool_down_s
        After it fired, so long nothing of it; in time of the stream.
    """

    name: Name
    when: Condition
    then: tuple[Action, ...] = ()
    cool_down_s: Annotated[float, Field(ge=0.0, le=86_400.0)] = 10.0
    enabled: bool = True


class RuleBook(_Frozen):
    """All rules, with the zones and lines that they name.

    Attributes
    ----------
    act_on_recordings
        In the window: also do what rules say, not only note that they fired, while a recording is
        played. Live sources always do.
    """

    version: Literal[1] = SCHEMA
    rules: tuple[Rule, ...] = ()
    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()
    act_on_recordings: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> RuleBook:
        for what, all_ in (("rule", self.rules), ("zone", self.zones), ("line", self.lines)):
            names = [one.name for one in all_]
            if len(set(names)) != len(names):
                raise ValueError(f"a {what} is there twice")
        zones, lines = {zone.name for zone in self.zones}, {line.name for line in self.lines}
        for rule in self.rules:
            zone = None if isinstance(rule.when, Crosses) else rule.when.zone
            if zone is not None and zone not in zones:
                raise ValueError(f"rule {rule.name!r} names a zone that is not there: {zone!r}")
            if isinstance(rule.when, Crosses) and rule.when.line not in lines:
                raise ValueError(
                    f"rule {rule.name!r} names a line that is not there: {rule.when.line!r}"
                )
        return self


def load_rules(path: Path) -> RuleBook:
    """Read rules from JSON.

    Raises
    ------
    RuleError
        When the file is missing or no such thing.
    """
    try:
        return RuleBook.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RuleError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise RuleError(
            f"{path} holds no rules that Longtake can follow: {place}: {first['msg']}.",
            "docs/rules.md describes them; the Rules dialog writes them.",
        ) from None
