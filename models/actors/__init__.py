"""People made by code who act: labelled video for training, without rights or privacy to mind.

`sample_clip` returns the clip of a seed; iterating over its frames draws it. `ACTIONS` names what
the people can do. Needs the extra ``actors`` (moderngl) and EGL, but only for drawing.
"""

from models.actors.clip import VERSION, ActorsClip, sample_clip
from models.actors.motions import ACTIONS, LABELS
from models.actors.opengl import RendererUnavailableError
from models.actors.renderer import Renderer
from models.actors.truth import FrameTruth, PersonTruth

__all__ = [
    "ACTIONS",
    "LABELS",
    "VERSION",
    "ActorsClip",
    "FrameTruth",
    "PersonTruth",
    "Renderer",
    "RendererUnavailableError",
    "sample_clip",
]
