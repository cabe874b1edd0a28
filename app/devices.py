"""What this computer can be watched with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from engine.sources import CameraDevice
    from engine.sources.camera_modes import CameraMode


@dataclass(frozen=True, slots=True)
class Offer:
    """A camera, with what it can be asked for; nothing where its driver does not tell."""

    camera: CameraDevice
    modes: tuple[CameraMode, ...] = ()


class Device(TypedDict):
    """A camera or the screen; `modes` are addresses that open a camera otherwise than usual."""

    address: str
    name: str
    modes: list[str]


def find_devices() -> list[Device]:
    """Return the cameras, the first choice first, and the screen where it can be captured."""
    from engine.sources.screen import why_not

    devices: list[Device] = [
        {
            "address": offer.camera.address,
            "name": offer.camera.name,
            "modes": [mode.address(offer.camera.address) for mode in offer.modes],
        }
        for offer in find_offers()
    ]
    if why_not() is None:
        devices.append({"address": "screen:", "name": "The screen", "modes": []})
    return devices


def find_offers() -> list[Offer]:
    """Return the cameras of this computer; asks their drivers."""
    from engine.sources import list_cameras
    from engine.sources.camera_modes import list_modes

    return [
        Offer(camera, tuple(list_modes(camera.address.partition(":")[2])))
        for camera in list_cameras()
    ]
