"""What every producer of frames promises."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from engine.frame import Frame


class SourceKind(StrEnum):
    """Where frames come from."""

    FILE = "file"
    CAMERA = "camera"
    NETWORK = "network"
    FOLDER = "folder"
    SCREEN = "screen"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """What is known of a source once it is open.

    Attributes
    ----------
    title
        For people and logs: file name, camera name or address, never with a password.
    width, height
        Pixels as displayed (after rotation).
    rate_hz
        Nominal frames per second; None when unknown. Never used to compute time.
    duration_s, frame_count
        None for live sources and where the container does not say (an estimate otherwise).
    live
        Frames come at their own pace and are lost if not taken.
    seekable
        `Source.seek` works.
    related
        False for image folders: each still stands alone and carries no memory.
    audio_path
        The file whose audio goes with the pictures; None when there is no audio.
    """

    title: str
    kind: SourceKind
    width: int
    height: int
    rate_hz: float | None = None
    duration_s: float | None = None
    frame_count: int | None = None
    live: bool = False
    seekable: bool = False
    related: bool = True
    audio_path: Path | None = None


class SourceState(StrEnum):
    """Whether frames are to be expected."""

    OPEN = "open"
    RECONNECTING = "reconnecting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """Snapshot of a source's health, readable from any thread.

    Attributes
    ----------
    detail
        One sentence for the user, such as why the source reconnects; may be empty.
    damaged
        Packets or frames that could not be decoded and were skipped so far.
    dropped
        Frames of a live source so far that nobody took in time.
    reconnects
        Times the source came back so far.
    """

    state: SourceState
    detail: str = ""
    damaged: int = 0
    reconnects: int = 0
    dropped: int = 0


class Source(Protocol):
    """Frames in order. Opened by its constructor, which raises `engine.errors.SourceError`.

    ``OPEN → (RECONNECTING → OPEN)* → ENDED``

    One thread calls `read` and `seek`; any thread may call `close` and read `status`.
    The first frame carries `Discontinuity.START`, the first after `seek` carries ``SEEK``, the
    first after frames could not be decoded carries ``GAP``, the first after a reconnect or a
    change of picture size carries ``SOURCE``.
    """

    @property
    def info(self) -> SourceInfo:
        """What is known of the source."""

    @property
    def status(self) -> SourceStatus:
        """A snapshot of its health."""

    def read(self) -> Frame | None:
        """Wait for the next frame; None at the end or once closed.

        Raises
        ------
        SourceError
            When the source broke and cannot recover.
        """

    def seek(self, pts_s: float) -> None:
        """Make `read` go on with the first frame whose pts_s is ≥ `pts_s` (or the last frame).

        Raises
        ------
        SourceError
            When the source is not seekable.
        """

    def close(self) -> None:
        """Release everything; a `read` in progress returns None within one second. Idempotent."""
