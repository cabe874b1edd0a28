"""One file to send along with a question: what works here, settings, versions and log.

Passwords, home folders, the user's and the computer's name are taken out, and so is what was
opened: none of it is needed to find a fault.
"""

from __future__ import annotations

import getpass
import importlib.metadata
import json
import platform
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.log_ring import installed_log_ring
from engine.errors import SinkError
from engine.redact import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.doctor import Finding
    from app.settings import Settings

_PERSONAL: Final = ("recent", "last_folder", "last_address", "kept_addresses")
_SHORTEST_NAME: Final = 3


def write_diagnostics(path: Path, findings: Sequence[Finding], settings: Settings) -> None:
    """Write the ZIP file.

    Raises
    ------
    SinkError
        If it cannot be written.
    """
    ring = installed_log_ring()
    content = {
        "report.txt": "".join(
            f"{'ok  ' if one.ok else '--  '}{one.topic}: {one.detail}\n" for one in findings
        ),
        "settings.json": _settings_text(settings),
        "versions.txt": _versions(),
        "log.txt": ring.text() if ring else "",
    }
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in content.items():
                archive.writestr(f"longtake-diagnostics/{name}", anonymous(text))
    except OSError as error:
        raise SinkError(f"{path} cannot be written: {error.strerror}.") from error


def anonymous(text: str) -> str:
    """Return `text` without passwords, home folders, and the names of user and computer."""
    text = redact(text)
    home = str(Path.home())
    for folder in (home, home.replace("\\", "\\\\"), home.replace("\\", "/")):
        if len(folder) > 1:
            text = text.replace(folder, "~")
    text = re.sub(r"(?i)([\\/](?:home|users)[\\/]+)[^\\/\s\"':]+", r"\1<user>", text)
    for name, mask in ((_user(), "<user>"), (platform.node(), "<computer>")):
        if len(name) >= _SHORTEST_NAME and name != "root":
            text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", mask, text)
    return text


def _settings_text(settings: Settings) -> str:
    values = settings.model_dump()
    for name in _PERSONAL:
        kept = values[name]
        values[name] = f"<{len(kept)} left out>" if isinstance(kept, list) else "<left out>"
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _versions() -> str:
    found = {
        dist.metadata["Name"]: dist.version
        for dist in importlib.metadata.distributions()
        if dist.metadata["Name"]
    }
    return "".join(f"{name} {found[name]}\n" for name in sorted(found, key=str.casefold))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
