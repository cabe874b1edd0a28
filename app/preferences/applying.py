"""Puts preferences into effect, in the settings and in the window on show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.session import Session
    from app.settings import Settings


def apply_preferences(
    choice: dict[str, Any], settings: Settings, session: Session, window: MainWindow
) -> None:
    """Take what `PreferencesDialog` hands over; only what differs is touched."""
    changed = {name for name, value in choice.items() if getattr(settings, name) != value}
    for name in changed:
        setattr(settings, name, choice[name])
    actions = window.actions_
    overlays = (
        actions.show_boxes,
        actions.show_actions,
        actions.show_memory,
        actions.hide_people,
    )
    # Each toggle writes all of them back into the settings: what is wanted is read before.
    wanted = {action: getattr(settings, action.objectName()) for action in overlays}
    for action, on in wanted.items():
        action.setChecked(on)
    if "confidence" in changed:
        session.set_confidence(settings.confidence)
        window.top_bar.show_confidence(settings.confidence)
    if "backend" in changed:
        window.backend = settings.backend
        window.top_bar.name_backend(settings.backend)
        session.reopen(backend=settings.backend)
    if "precision" in changed:
        session.reopen(precision=settings.precision)
    if changed & {"language", "theme"}:
        window.look_changed.emit()  # the window is made anew: last of all
