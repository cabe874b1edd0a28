"""What the user chose, kept as one readable JSON file.

``LONGTAKE_CONFIG_DIR`` moves the folder. A file that cannot be read never stops the program: it
is set aside under another name and defaults are used.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import Annotated, Final, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

log = logging.getLogger(__name__)

RECENT_LIMIT: Final = 12
_PEOPLE_TOLD_APART: Final = 3

Precision = Literal["auto", "f32", "bf16", "fp16", "int8"]
"""As `engine.backends.precision.CHOICES`; what was not proved harmless here is not used."""
ThemeChoice = Literal["system", "dark", "light"]


class Settings(BaseModel):
    """Everything that outlives a run. Unknown keys of a newer version are ignored.

    Attributes
    ----------
    language, theme
        ``"system"`` follows the desktop.
    confidence
        Least confidence of a box that is shown; None takes the bundle's own.
    recent
        Addresses as `app.addresses.without_password` leaves them, newest first.
    state_policy
        As `engine.state.StatePolicy.parse` reads it; what is not named has its default.
    shortcuts
        Keys that differ from the command's own, by its name in `app.actions.Actions`.
    kept_addresses
        Addresses whose user and password the system's keyring keeps, without them.
    restore_session, last_address, last_position_s, last_part
        Whether to open at the start what was open last, where from, where in it, and its in and
        out point.
    places
        `QWidget.saveGeometry` of dialogs, base64, by name; see `app.place`.
    geometry, layout
        `QWidget.saveGeometry` and `QMainWindow.saveState`, base64.
    """

    model_config = ConfigDict(validate_assignment=True)

    language: Literal["system", "en", "zh"] = "system"
    theme: ThemeChoice = "system"
    bundle: str = "default"
    backend: str = "auto"
    precision: Precision = "f32"
    confidence: Annotated[float | None, Field(ge=0.0, le=1.0)] = None
    show_boxes: bool = True
    show_actions: bool = True
    show_memory: bool = True
    hide_people: bool = False
    person_actions: bool = False
    remember_live: bool = False
    show_panel: bool = True
    show_timeline: bool = True
    show_inspector: bool = False
    state_policy: str = ""
    steady_labels: bool = False
    shortcuts: dict[str, str] = {}
    recent: list[str] = []
    last_folder: str = ""
    kept_addresses: list[str] = []
    restore_session: bool = False
    last_address: str = ""
    last_position_s: Annotated[float, Field(ge=0.0)] = 0.0
    last_part: tuple[float | None, float | None] = (None, None)
    places: dict[str, str] = {}
    geometry: str = ""
    layout: str = ""

    @property
    def per_track(self) -> int:
        """How many people are told apart in what they do."""
        return _PEOPLE_TOLD_APART if self.person_actions else 0

    def remember(self, address: str) -> None:
        """Put `address` first in `recent`."""
        self.recent = [address, *(a for a in self.recent if a != address)][:RECENT_LIMIT]


def settings_path() -> Path:
    """Return the file the settings live in."""
    folder = os.environ.get("LONGTAKE_CONFIG_DIR") or platformdirs.user_config_dir("longtake")
    return Path(folder) / "settings.json"


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; a missing file gives defaults, a broken one too and is set aside."""
    path = path or settings_path()
    try:
        return Settings.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Settings()
    except (OSError, ValidationError) as error:
        log.warning("The settings in %s cannot be read, defaults are used: %s", path, error)
        _set_aside(path)
        return Settings()


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings whole or not at all; failure is logged, never raised."""
    path = path or settings_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".settings-", suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(settings.model_dump_json(indent=2))
        Path(draft).replace(path)
    except OSError as error:
        log.warning("The settings cannot be saved to %s: %s", path, error)


def reset_settings(path: Path | None = None) -> Path | None:
    """Put the settings away, so that defaults are used; return where they went, if there were any.

    Raises
    ------
    OSError
        If they cannot be moved.
    """
    path = path or settings_path()
    if not path.exists():
        return None
    former = path.with_suffix(".former.json")
    path.replace(former)
    return former


def _set_aside(path: Path) -> None:
    try:
        path.replace(path.with_suffix(".broken.json"))
    except OSError as error:
        log.warning("The broken settings file %s stays where it is: %s", path, error)
