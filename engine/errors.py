"""Errors a user can act on. Everything else is a bug and may show a traceback to developers."""

from __future__ import annotations


class LongtakeError(Exception):
    """Something outside the program is wrong; `str(error)` is one sentence for the user.

    Parameters
    ----------
    message
        What is wrong, naming the file or address (never with a password).
    hint
        What the user can do about it; may be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message if not hint else f"{message} {hint}")
        self.message = message
        self.hint = hint


class SourceError(LongtakeError):
    """A video, camera, folder or address cannot be opened or read."""


class BundleError(LongtakeError):
    """A model bundle is missing, damaged or not ours to run."""


class BackendError(LongtakeError):
    """No runtime can run the model, or the one asked for cannot."""


class SinkError(LongtakeError):
    """A result cannot be written."""
