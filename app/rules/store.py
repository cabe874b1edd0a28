"""Where the user's rules are kept: beside the settings, secrets in a file of their own."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path

from app.settings import settings_path
from engine.rules.model import RuleBook, RuleError, load_rules
from engine.rules.secrets import Secrets

log = logging.getLogger(__name__)


def rules_path() -> Path:
    """Return the file of the user's rules."""
    return settings_path().with_name("rules.json")


def user_secrets() -> Secrets:
    """Return the secrets that the user's rules name."""
    return Secrets(settings_path().with_name("rule-secrets.json"))


def load_book() -> RuleBook:
    """Read the user's rules; there are none where nobody made any.

    Raises
    ------
    RuleError
        When the file is there and cannot be followed.
    """
    return load_rules(rules_path()) if rules_path().exists() else RuleBook()


def set_aside() -> None:
    """Give a file that cannot be followed another name, so that nothing overwrites it."""
    path = rules_path()
    try:
        path.replace(path.with_suffix(".broken.json"))
    except OSError as error:
        log.warning("The broken rules in %s stay where they are: %s", path, error)


def save_book(book: RuleBook) -> None:
    """Write the user's rules, whole or not at all.

    Raises
    ------
    RuleError
        When that fails.
    """
    path = rules_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".rules-", suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(book.model_dump_json(indent=2))
        Path(draft).replace(path)
    except OSError as error:
        raise RuleError(f"{path} cannot be written: {error.strerror or error}.") from error
