"""Sounds and messages through what the system has; the window puts its own in their place."""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.rules.model import RuleError

if TYPE_CHECKING:
    from engine.rules.model import Notify, Sound
    from engine.rules.occasion import Occasion
    from engine.rules.secrets import Secrets

_RATE_HZ: Final = 22_050
_TONES_HZ: Final = (880.0, 660.0)
_TONE_S: Final = 0.22
_PLAYERS: Final = (("paplay",), ("pw-play",), ("aplay", "-q"), ("afplay",))
_TIMEOUT_S: Final = 10.0


def sound(action: Sound, occasion: Occasion, secrets: Secrets) -> str:
    """Play two tones.

    Raises
    ------
    RuleError
        When this machine has nothing to play them with.
    """
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(tone(), winsound.SND_MEMORY)
        return "winsound"
    player = next((p for p in _PLAYERS if shutil.which(p[0])), None)
    if player is None:
        names = ", ".join(p[0] for p in _PLAYERS)
        raise RuleError(f"Nothing here can play a sound: there is none of {names}.")
    with tempfile.TemporaryDirectory(prefix="longtake-") as folder:
        path = Path(folder) / "tone.wav"
        path.write_bytes(tone())
        _run([*player, str(path)])
    return player[0]


def notify(action: Notify, occasion: Occasion, secrets: Secrets) -> str:
    """Show a message on the desktop.

    Raises
    ------
    RuleError
        When there is no desktop to show it on.
    """
    title, text = occasion.rule, f"{occasion.detail} ({occasion.source})"
    if sys.platform == "darwin":
        script = "on run a\ndisplay notification (item 2 of a) with title (item 1 of a)\nend run"
        _run(["osascript", "-e", script, title, text])
        return "osascript"
    if shutil.which("notify-send") is None:
        raise RuleError("Messages cannot be shown here: there is no notify-send.")
    _run(["notify-send", "--app-name=Longtake", "--", title, text])
    return "notify-send"


def tone() -> bytes:
    """Return the sound as WAV: two tones that fade, so that they do not click."""
    frames = bytearray()
    count = int(_TONE_S * _RATE_HZ)
    for pitch_hz in _TONES_HZ:
        for i in range(count):
            swell = math.sin(math.pi * i / count) ** 0.5
            value = swell * math.sin(2 * math.pi * pitch_hz * i / _RATE_HZ)
            frames += struct.pack("<h", round(12_000 * value))
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE_HZ)
        out.writeframes(bytes(frames))
    return file.getvalue()


def _run(command: list[str]) -> None:
    try:
        subprocess.run(
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
        )
    except (OSError, subprocess.SubprocessError):
        raise RuleError(f"{command[0]} did not work.") from None
