"""What people call the heads of models."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def head_name(name: str) -> str:
    """Return a head's name for people; bundles of others keep theirs."""
    known = {
        "objects": QCoreApplication.translate("Heads", "Objects"),
        "actions": QCoreApplication.translate("Heads", "Actions"),
        "fight": QCoreApplication.translate("Heads", "Fight"),
        "interaction": QCoreApplication.translate("Heads", "Interaction"),
        "gestures": QCoreApplication.translate("Heads", "Gestures"),
        "tennis": QCoreApplication.translate("Heads", "Tennis"),
    }
    return known.get(name) or name.replace("_", " ").replace("-", " ").capitalize()
