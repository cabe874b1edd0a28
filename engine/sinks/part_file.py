"""Files that appear under their name only when they are complete."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from engine.errors import SinkError


class PartFile:
    """A target and the ``.part`` beside it that is written in the meantime.

    Parameters
    ----------
    target
        Where the complete file goes; an existing one is replaced only then.
    source
        File that is read meanwhile and must not be replaced.

    Raises
    ------
    SinkError
        When nothing can be written there.
    """

    def __init__(self, target: Path, *, source: Path | None = None) -> None:
        self.target = Path(target)
        self.path = self.target.with_name(self.target.name + ".part")
        if self.target.is_dir():
            raise SinkError(f"{target} is a folder.", "Name a file in it.")
        if not self.target.parent.is_dir():
            raise SinkError(
                f"{target} cannot be written: there is no folder {self.target.parent}.",
                "Make it, or choose another place.",
            )
        if source is not None and self.target.exists() and self.target.samefile(source):
            raise SinkError(
                f"{target} is the recording itself and would be overwritten.",
                "Choose another name for the export.",
            )
        try:
            self.path.open("wb").close()
        except OSError as error:
            raise write_error(self.target, error) from error

    def finish(self) -> None:
        """Make what was written durable and give it its name.

        Raises
        ------
        SinkError
            When that fails; the ``.part`` stays.
        """
        try:
            with self.path.open("rb") as file:
                os.fsync(file.fileno())
            self.path.replace(self.target)
        except OSError as error:
            raise write_error(self.target, error) from error

    def discard(self) -> None:
        """Remove the ``.part``: there is nothing in it. Never raises."""
        with suppress(OSError):
            self.path.unlink()


def write_error(target: Path, error: OSError) -> SinkError:
    """Return the error to show for a failed write to `target`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SinkError(
            f"The disk is full: {target} could not be written to the end.",
            "Free some space; what was written so far lies beside it as .part.",
        )
    return SinkError(f"{target} cannot be written: {error.strerror or error}.")
