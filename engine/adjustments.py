"""What a user changed about a bundle: thresholds of labels, heads that are not run.

Kept beside the lessons in the user's data folder, one JSON file for each bundle, and taken into
account wherever the bundle is loaded: in the window, in exports and on the command line alike.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.directories import data_dir
from engine.errors import BundleError
from models.spec import SHARED_STATE, Probability

if TYPE_CHECKING:
    from models.spec import HeadSpec, Manifest

_LIMIT_BYTES: Final = 1 << 20

log = logging.getLogger(__name__)


class Adjustments(BaseModel):
    """Changes to a bundle; labels and heads that it does not have are ignored.

    Attributes
    ----------
    thresholds
        By head, then by label in English.
    heads_off
        Heads that are not run: they cost nothing, and nothing of them is shown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    thresholds: dict[str, dict[str, Probability]] = {}
    heads_off: Annotated[tuple[str, ...], Field(max_length=100)] = ()

    def apply(self, manifest: Manifest) -> Manifest:
        """Return `manifest` as it is with the changes; one head is left on in any case."""
        heads = tuple(self._changed(head) for head in manifest.heads)
        kept = tuple(head for head in heads if head.name not in self.heads_off) or heads
        owners = {SHARED_STATE, *(head.name for head in kept)}
        state = tuple(spec for spec in manifest.state if spec.name.split(".", 1)[0] in owners)
        return manifest.model_copy(update={"heads": kept, "state": state})

    def _changed(self, head: HeadSpec) -> HeadSpec:
        chosen = self.thresholds.get(head.name)
        if not chosen:
            return head
        pairs = zip(head.labels, head.thresholds, strict=True)
        values = tuple(chosen.get(label.en, own) for label, own in pairs)
        return head.model_copy(update={"thresholds": values})


def adjustments_path(bundle: str) -> Path:
    """Return the file for a bundle, by its name."""
    return data_dir() / "adjustments" / f"{bundle}.json"


def load_adjustments(bundle: str) -> Adjustments:
    """Return what was changed about a bundle; a file that cannot be read counts for nothing."""
    path = adjustments_path(bundle)
    try:
        if path.stat().st_size > _LIMIT_BYTES:
            raise OSError("it is too large")
        return Adjustments.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Adjustments()
    except (OSError, ValidationError) as error:
        log.warning("%s cannot be read, the bundle is used as it is: %s", path, error)
        return Adjustments()


def save_adjustments(bundle: str, adjustments: Adjustments) -> None:
    """Write what was changed; nothing changed leaves no file.

    Raises
    ------
    BundleError
        If it cannot be written.
    """
    path = adjustments_path(bundle)
    try:
        if adjustments == Adjustments():
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(adjustments.model_dump_json(indent=2))
        Path(draft).replace(path)
    except OSError as error:
        raise BundleError(f"{path} cannot be written: {error.strerror}.") from error
