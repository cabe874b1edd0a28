"""What lens, sensor and codec do to a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

_NOISE_TILE: Final = 512


@dataclass(frozen=True, slots=True)
class Effects:
    """Settings of one camera; the defaults change nothing.

    Attributes
    ----------
    gain
        (3,) per colour: exposure and white balance.
    gamma
        Above one darkens the middle tones.
    noise
        Standard deviation in grey levels.
    sharpness
        Share of the resolution that survives, 0..1.
    jpeg
        Quality 1..100; 0 leaves it out.
    shutter
        Share of the time between frames that the shutter is open; 0 freezes motion.
    flicker
        Amplitude of a slow change of exposure (automatic exposure hunting).
    """

    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gamma: float = 1.0
    noise: float = 0.0
    sharpness: float = 1.0
    jpeg: int = 0
    shutter: float = 0.0
    flicker: float = 0.0
    grey: bool = False

    @classmethod
    def sample(cls, rng: np.random.Generator) -> Effects:
        """Draw a camera between a good one and a bad one in dim light."""
        exposure = np.exp(rng.normal(0, 0.22))
        tint = np.exp(rng.normal(0, 0.05, 3)) * exposure
        return cls(
            gain=(float(tint[0]), float(tint[1]), float(tint[2])),
            gamma=float(np.exp(rng.normal(0, 0.15))),
            noise=float(rng.gamma(1.3, 2.6)),
            sharpness=float(1 - rng.beta(1.1, 2.2) * 0.6),
            jpeg=int(rng.integers(25, 95)) if rng.random() < 0.7 else 0,
            shutter=float(rng.uniform(0.1, 0.9)) if rng.random() < 0.7 else 0.0,
            flicker=float(rng.exponential(0.02)),
            grey=bool(rng.random() < 0.04),
        )


class Lens:
    """Applies `Effects` frame by frame; the noise differs from frame to frame, by `seed`."""

    def __init__(self, effects: Effects, seed: int) -> None:
        self._effects = effects
        self._rng = np.random.default_rng(seed)
        tile = self._rng.normal(0, effects.noise, (_NOISE_TILE, _NOISE_TILE, 3))
        self._noise = np.clip(np.rint(tile), -100, 100).astype(np.int16)
        self._phase = self._rng.uniform(0, 2 * np.pi)

    def apply(self, image: Image, t_s: float) -> Image:
        """Return `image` (H, W, 3) RGB as the camera would deliver it at `t_s`."""
        fx = self._effects
        height, width = image.shape[:2]
        made: NDArray[Any] = image
        if fx.sharpness < 0.97:
            small = (max(8, round(width * fx.sharpness)), max(8, round(height * fx.sharpness)))
            made = cv2.resize(made, small, interpolation=cv2.INTER_AREA)
            made = cv2.resize(made, (width, height), interpolation=cv2.INTER_LINEAR)
        made = cv2.LUT(made, self._curves(t_s))
        if fx.grey:
            made = cv2.cvtColor(cv2.cvtColor(made, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        if fx.noise > 0.3:
            made = self._noisy(made)
        if fx.jpeg:
            _, data = cv2.imencode(".jpg", made, [cv2.IMWRITE_JPEG_QUALITY, fx.jpeg])
            made = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))
        return np.ascontiguousarray(made, np.uint8)

    def _curves(self, t_s: float) -> Image:
        """Return the (256, 1, 3) look-up table of exposure, white balance and gamma."""
        fx = self._effects
        swell = 1 + fx.flicker * np.sin(2 * np.pi * 0.4 * t_s + self._phase)
        grey = np.linspace(0, 1, 256)[:, None] ** fx.gamma * np.array(fx.gain) * swell
        # A soft shoulder instead of hard clipping, as cameras have.
        curve = np.where(grey > 0.8, 0.8 + 0.2 * np.tanh((grey - 0.8) / 0.2), grey)
        table: Image = np.rint(np.clip(curve, 0, 1) * 255).astype(np.uint8)[:, None]
        return table

    def _noisy(self, image: NDArray[Any]) -> Image:
        height, width = image.shape[:2]
        y, x = self._rng.integers(0, _NOISE_TILE, 2)
        rows = (np.arange(height) + y) % _NOISE_TILE
        columns = (np.arange(width) + x) % _NOISE_TILE
        noise = self._noise.take(rows, axis=0).take(columns, axis=1)
        noisy: Image = np.clip(image.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        return noisy
