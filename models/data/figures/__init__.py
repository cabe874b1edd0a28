"""People drawn by code, acting to a script: the demo clip, and films whose truth is known.

`render_clip` draws; `ACTIONS` names what the people can do.
"""

from models.data.figures.clips import ACTIONS, FigureTruth, Part, Role, render_clip

__all__ = ["ACTIONS", "FigureTruth", "Part", "Role", "render_clip"]
