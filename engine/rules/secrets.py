"""Passwords and tokens that rules name: kept apart from the rules, never logged."""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path

from engine.rules.model import RuleError


class Secrets:
    """Secrets by name, from the environment or from a file that only its owner can read.

    ``LONGTAKE_SECRET_<NAME>``, upper case with ``_`` for whatever is no letter or digit, goes
    before the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, name: str) -> str:
        """Return a secret.

        Raises
        ------
        RuleError
            When there is none of that name.
        """
        from_environment = os.environ.get(variable(name))
        if from_environment is not None:
            return from_environment
        value = self._read().get(name)
        if not isinstance(value, str):
            raise RuleError(
                f'There is no secret called "{name}".',
                f"Enter it in the Rules dialog, or set {variable(name)}.",
            )
        return value

    def has(self, name: str) -> bool:
        """Return whether there is a secret of that name."""
        return variable(name) in os.environ or isinstance(self._read().get(name), str)

    def set(self, name: str, value: str) -> None:
        """Keep a secret; an empty one is forgotten.

        Raises
        ------
        RuleError
            When it cannot be written.
        """
        kept = {**self._read(), name: value}
        if not value:
            del kept[name]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Readable by its owner alone from its first moment on.
            handle, draft = tempfile.mkstemp(dir=self._path.parent, prefix=".secrets-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(kept, file)
            Path(draft).replace(self._path)
        except OSError as error:
            raise RuleError(f"{self._path} cannot be written: {error.strerror}.") from None

    def _read(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def variable(name: str) -> str:
    """Return the environment variable that holds the secret called `name`."""
    return "LONGTAKE_SECRET_" + re.sub(r"[^A-Z0-9]", "_", name.upper())
