"""Drawing with OpenGL off screen (EGL; a graphics card or Mesa's llvmpipe)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import numpy as np

from models.actors.camera import look_at, orthographic
from models.actors.mesh import VERTEX as PERSON_VERTEX
from models.actors.opengl import make_context
from models.actors.room import VERTEX as ROOM_VERTEX

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.actors.looks import Look
    from models.actors.mesh import PersonMesh
    from models.actors.shot import Backdrop, Light, Shot

    Array = NDArray[np.float64]

_Options = ParamSpec("_Options")
_Result = TypeVar("_Result")

SHADOW_SIDE: Final = 512
AMODAL_WIDEN: Final = 3.0
"""The pass that sees people whole shows this many times the extent of the picture."""

_PERSON_LAYOUT: Final = ("3f 3f 3f 3f 4u1 4f", *PERSON_VERTEX.names)  # type: ignore[misc]
_ROOM_LAYOUT: Final = ("3f 3f 3f 3f", *ROOM_VERTEX.names)  # type: ignore[misc]
_MAX_BLOBS: Final = 24


@dataclass(frozen=True, slots=True)
class _Person:
    """Vertex arrays of someone and of what they may hold."""

    arrays: dict[str, Any]
    props: list[dict[str, Any]]
    look: Look
    head: tuple[float, ...]

    def held(self, holding: Sequence[bool]) -> list[dict[str, Any]]:
        """Return the props held now."""
        return [prop for prop, on in zip(self.props, holding, strict=True) if on]


def _source(name: str) -> str:
    folder = Path(__file__).parent / "shaders"
    text = (folder / name).read_text()
    return text.replace("//#include light", (folder / "light.glsl").read_text())


def _current(
    method: Callable[Concatenate[Renderer, _Options], _Result],
) -> Callable[Concatenate[Renderer, _Options], _Result]:
    """Let `method` run in its renderer's own context, whichever was made or used last."""

    @wraps(method)
    def made(self: Renderer, /, *args: _Options.args, **kwargs: _Options.kwargs) -> _Result:
        # Never left again: leaving ends with no context at all, even for the caller's own calls.
        self._gl.__enter__()
        return method(self, *args, **kwargs)

    return made


class Renderer:
    """Draws one cast before one backdrop at one size.

    Parameters
    ----------
    size
        Width and height in pixels.
    samples
        Of multi-sampling; 0 draws with jagged edges.

    Notes
    -----
    Use from the thread that made it. `close` frees what the graphics card holds.
    """

    def __init__(self, size: tuple[int, int], *, samples: int = 4, context: Any = None) -> None:
        self.size = size
        self._gl = context or make_context()
        self._owns = context is None
        gl = self._gl
        samples = min(samples, gl.max_samples)
        self._programs = {
            name: gl.program(vertex_shader=_source(vertex), fragment_shader=_source(fragment))
            for name, vertex, fragment in (
                ("person", "person.vert", "person.frag"),
                ("person-mask", "person.vert", "mask.frag"),
                ("room", "room.vert", "room.frag"),
                ("room-mask", "room.vert", "mask.frag"),
                ("catcher", "room.vert", "catcher.frag"),
                ("photo", "photo.vert", "photo.frag"),
            )
        }
        self._shadow_map = gl.depth_texture((SHADOW_SIDE, SHADOW_SIDE))
        self._shadow_map.compare_func = "<="
        self._shadow_map.repeat_x = self._shadow_map.repeat_y = False
        self._shadow = gl.framebuffer(depth_attachment=self._shadow_map)
        self._drawn = gl.framebuffer(
            [gl.renderbuffer(size, 3, samples=samples)],
            gl.depth_renderbuffer(size, samples=samples),
        )
        self._resolved = gl.framebuffer([gl.renderbuffer(size, 3)], gl.depth_renderbuffer(size))
        self._ids = gl.framebuffer([gl.renderbuffer(size, 1)], gl.depth_renderbuffer(size))
        self._whole = gl.framebuffer([gl.renderbuffer(size, 4)])
        self._quad = gl.buffer(np.array([-1, -1, 1, -1, -1, 1, 1, 1], "f4").tobytes())
        self._people: list[_Person] = []
        self._room: dict[str, Any] = {}
        self._held: list[Any] = []

    @_current
    def set_backdrop(self, backdrop: Backdrop, light: Light) -> None:
        """Take over room and light of a new scene, and forget the people of the last."""
        gl = self._gl
        self.release_scene()
        buffer = self._keep(gl.buffer(backdrop.vertices.tobytes()))
        self._room = {
            name: self._keep(self._array(name, buffer, _ROOM_LAYOUT))
            for name in ("room", "room-mask", "catcher")
        }
        side = backdrop.surfaces.shape[1]
        layers = len(backdrop.surfaces)
        self._surfaces = self._keep(
            gl.texture_array((side, side, layers), 3, backdrop.surfaces.tobytes())
        )
        self._surfaces.build_mipmaps()
        self._photo: Any = None
        if backdrop.photo is not None:
            height, width = backdrop.photo.shape[:2]
            pixels = np.ascontiguousarray(backdrop.photo).tobytes()
            self._photo = self._keep(gl.texture((width, height), 3, pixels, alignment=1))
            self._photo_quad = self._keep(
                gl.vertex_array(self._programs["photo"], [(self._quad, "2f", "corner")])
            )
        self._set_light(light)

    @_current
    def add_person(
        self,
        mesh: PersonMesh,
        look: Look,
        head: tuple[float, ...],
        props: Sequence[PersonMesh] = (),
    ) -> None:
        """Add someone; `head` is eye height, half eye distance and the head's x, y, z."""
        held = [self._solid(prop) for prop in props]
        self._people.append(_Person(self._solid(mesh), held, look, head))

    def _solid(self, mesh: PersonMesh) -> dict[str, Any]:
        """Return the vertex arrays of a mesh that bones move, by program."""
        buffer = self._keep(self._gl.buffer(mesh.vertices.tobytes()))
        index = self._keep(self._gl.buffer(mesh.triangles.astype("i4").tobytes()))
        return {
            name: self._keep(self._array(name, buffer, _PERSON_LAYOUT, index))
            for name in ("person", "person-mask")
        }

    @_current
    def draw(self, shot: Shot, *, smooth: bool = True, shadows: bool = True) -> NDArray[np.uint8]:
        """Return the (H, W, 3) RGB picture.

        Parameters
        ----------
        smooth
            Smooth edges, at about twice the cost.
        shadows
            Work out shadows anew instead of keeping those of the last picture.
        """
        gl = self._gl
        bones = [np.ascontiguousarray(b, "f4").tobytes() for b in shot.bones]
        gl.enable_only(gl.DEPTH_TEST)
        if shadows:
            self._draw_shadows(bones)
        target = self._drawn if smooth else self._resolved
        target.use()
        target.clear(0.5, 0.5, 0.5)
        self._shadow_map.use(0)
        self._surfaces.use(1)
        matrix = _columns(shot.matrix)
        if self._photo is not None:
            self._draw_photo(shot, matrix)
        self._draw_people(shot, bones, matrix)
        if self._photo is None:  # last, so that nothing behind people is worked out
            self._fill_floor("room", shot, matrix)
            self._programs["room"]["surfaces"].value = 1
            self._room["room"].render()
        if smooth:
            gl.copy_framebuffer(self._resolved, self._drawn)
        return _read(self._resolved, self.size, 3)

    def _draw_people(self, shot: Shot, bones: list[bytes], matrix: bytes) -> None:
        program = self._programs["person"]
        program["view_projection"].write(matrix)
        for i, (person, transforms) in enumerate(zip(self._people, bones, strict=True)):
            program["bones"].write(transforms)
            _dress(program, person.look, person.head)
            person.arrays["person"].render()
            for prop in person.held(shot.holding[i]):
                prop["person"].render()

    @_current
    def masks(self, shot: Shot) -> tuple[NDArray[np.uint8], list[int]]:
        """Return who is seen where, and how much of everyone there would be.

        Returns
        -------
        ids
            (H, W) uint8: 0 nobody, else 1 + index of the person.
        whole
            Per person the pixels that nothing hid and no edge cut off would cover.
        """
        gl = self._gl
        gl.enable_only(gl.DEPTH_TEST)
        self._ids.use()
        self._ids.clear()
        self._render_masks("room", _columns(shot.matrix), shot)
        self._render_masks("ids", _columns(shot.matrix), shot)
        ids = _read(self._ids, self.size, 1)[..., 0]
        whole: list[int] = []
        gl.enable_only(gl.BLEND)
        gl.blend_equation = gl.MAX
        for first in range(0, len(self._people), 4):
            self._whole.use()
            self._whole.clear()
            self._render_masks("whole", _columns(shot.wide_matrix), shot, first)
            counts = np.count_nonzero(_read(self._whole, self.size, 4), axis=(0, 1))
            whole += [round(int(c) * AMODAL_WIDEN**2) for c in counts]
        gl.blend_equation = gl.FUNC_ADD
        return ids, whole[: len(self._people)]

    @_current
    def release_scene(self) -> None:
        """Free what belongs to the present scene."""
        for thing in self._held:
            thing.release()
        self._held, self._people, self._room = [], [], {}

    def close(self) -> None:
        """Free everything."""
        self.release_scene()
        if self._owns:
            self._gl.release()

    def _keep(self, thing: Any) -> Any:
        self._held.append(thing)
        return thing

    def _array(self, name: str, buffer: Any, layout: tuple[str, ...], index: Any = None) -> Any:
        """Return a vertex array; attributes that the program does not use are skipped."""
        return self._gl.vertex_array(
            self._programs[name], [(buffer, *layout)], index, skip_errors=True
        )

    def _set_light(self, light: Light) -> None:
        eye = np.asarray(light.key_direction, float) * 12.0
        target = np.zeros(3)
        self._light_matrix = _columns(orthographic(6.5, 24.0) @ look_at(eye, target))
        for name in ("person", "room", "catcher"):
            program = self._programs[name]
            values = {
                "key_direction": tuple(light.key_direction),
                "key_colour": light.key_colour,
                "sky_colour": light.sky,
                "ground_colour": light.ground,
                "lamp_at": light.lamp_at,
                "lamp_colour": light.lamp_colour,
                "shadow_map": 0,
            }
            for key, value in values.items():
                if key in program:
                    program[key].value = value
            program["light_projection"].write(self._light_matrix)

    def _draw_shadows(self, bones: list[bytes]) -> None:
        self._shadow.use()
        self._shadow.clear()
        self._programs["room-mask"]["view_projection"].write(self._light_matrix)
        if self._photo is None:
            self._room["room-mask"].render(first=36)
        program = self._programs["person-mask"]
        program["view_projection"].write(self._light_matrix)
        for person, transforms in zip(self._people, bones, strict=True):
            program["bones"].write(transforms)
            person.arrays["person-mask"].render()

    def _draw_photo(self, shot: Shot, matrix: bytes) -> None:
        """Draw the photograph, and the shade that people throw on its floor."""
        gl = self._gl
        self._photo.use(2)
        self._programs["photo"]["photo"].value = 2
        self._programs["photo"]["window"].value = shot.photo_window
        gl.disable(gl.DEPTH_TEST)
        self._photo_quad.render(gl.TRIANGLE_STRIP)
        gl.enable(gl.DEPTH_TEST)
        self._fill_floor("catcher", shot, matrix)
        gl.enable(gl.BLEND)
        gl.blend_func = gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA
        self._room["catcher"].render(vertices=6)
        gl.disable(gl.BLEND)
        self._fill_floor("room", shot, matrix)
        self._programs["room"]["surfaces"].value = 1
        self._room["room"].render(first=6)

    def _fill_floor(self, name: str, shot: Shot, matrix: bytes) -> None:
        program = self._programs[name]
        program["view_projection"].write(matrix)
        count = min(len(shot.blobs), _MAX_BLOBS)
        padded = np.zeros((_MAX_BLOBS, 4), "f4")
        padded[:count] = shot.blobs[:count]
        program["blobs"].write(padded.tobytes())
        program["blob_count"].value = count

    def _render_masks(self, kind: str, matrix: bytes, shot: Shot, first: int = 0) -> None:
        """Render one kind of mask into the framebuffer in use."""
        if kind == "room":
            program = self._programs["room-mask"]
            program["view_projection"].write(matrix)
            program["value"].value = (0.0, 0.0, 0.0, 0.0)
            self._room["room-mask"].render(first=6)
            return
        program = self._programs["person-mask"]
        program["view_projection"].write(matrix)
        people = self._people[first : first + 4] if kind == "whole" else self._people
        for i, person in enumerate(people):
            program["bones"].write(np.ascontiguousarray(shot.bones[first + i], "f4").tobytes())
            bit = tuple(float(k == i) for k in range(4))
            program["value"].value = bit if kind == "whole" else ((i + 1) / 255.0, 0.0, 0.0, 0.0)
            person.arrays["person-mask"].render()
            if kind == "ids":
                program["value"].value = (0.0, 0.0, 0.0, 0.0)
                for prop in person.held(shot.holding[i]):
                    prop["person-mask"].render()


def _columns(matrix: Array) -> bytes:
    """Return `matrix` as OpenGL wants it: float32, columns first."""
    return np.ascontiguousarray(matrix.T, "f4").tobytes()


def _read(framebuffer: Any, size: tuple[int, int], channels: int) -> NDArray[np.uint8]:
    """Return (H, W, C), top row first."""
    data = framebuffer.read(components=channels, alignment=1)
    return np.frombuffer(data, np.uint8).reshape(size[1], size[0], channels)[::-1]


def _dress(program: Any, look: Look, head: tuple[float, ...]) -> None:
    """Set the uniforms of clothes, skin and face."""
    values = {
        "skin": look.skin, "hair": look.hair, "top": look.top, "top_2": look.top_2,
        "bottom": look.bottom, "bottom_2": look.bottom_2, "shoes": look.shoes,
        "beard": look.beard, "prop_colour": look.prop,
        "cut": (look.sleeve, look.hem, look.waist_m, look.collar_m),
        "pattern": (*look.top_pattern, *look.bottom_pattern),
        "head": (look.hairline, 0.0, *head[:2]),
        "head_at": head[2:],
    }  # fmt: skip
    for name, value in values.items():
        if name in program:
            program[name].value = value
