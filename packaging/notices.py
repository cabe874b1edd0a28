"""Writes the licences of everything that a distribution carries.

    python packaging/notices.py OUT.md [--extra NAME …]

Follows what `longtake` requires, and what that requires, through the metadata of what is installed,
and puts every licence file in. A package without one is named at the end, to be looked at.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_LONGEST_NAME = 60
_X264 = """\
The wheels of `av` carry FFmpeg built with x264 and x265, which are under the GNU General Public
License, version 2 or later. A copy of this program that carries them too, as the frozen folder
does, may be passed on under the terms of that licence only, with the source of all of it on offer.
A source or wheel installation of Longtake does not carry them and stays under Apache-2.0.
"""


@dataclass(frozen=True)
class Notice:
    """What one package says of its licence."""

    name: str
    version: str
    licence: str
    texts: tuple[str, ...]


def collect(root: str = "longtake", extras: tuple[str, ...] = ()) -> list[Notice]:
    """Return the notices of all that `root` requires here, by name."""
    waiting, found = [root], {}
    while waiting:
        name = _normal(waiting.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or Python
        found[name] = package
        asked = extras if name == _normal(root) else ()
        waiting += [_name_of(line) for line in package.requires or () if _is_wanted(line, asked)]
    return [_notice(found[name]) for name in sorted(found) if name != _normal(root)]


def _is_wanted(requirement: str, extras: tuple[str, ...]) -> bool:
    _, _, marker = requirement.partition(";")
    extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", marker)
    return extra is None or extra[1] in extras


def _name_of(requirement: str) -> str:
    return re.split(r"[\s\[<>=!~;(]", requirement, maxsplit=1)[0]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _notice(package: Distribution) -> Notice:
    about = package.metadata
    expressions = [*(about.get_all("License-Expression") or []), *(about.get_all("License") or [])]
    licence = next(iter(expressions), "")
    if not licence or "\n" in licence or len(licence) > _LONGEST_NAME:
        classified = about.get_all("Classifier") or []
        named = [line.split(" :: ")[-1] for line in classified if line.startswith("License ::")]
        licence = ", ".join(named) or licence.split("\n", 1)[0][:_LONGEST_NAME]
    files = [path for path in package.files or () if _is_licence(Path(str(path)))]
    texts = {Path(str(path.locate())).read_text("utf-8", "replace").strip() for path in files}
    return Notice(about["Name"], package.version, licence or "see below", tuple(sorted(texts)))


def _is_licence(path: Path) -> bool:
    inside = any(part.endswith(".dist-info") for part in path.parts)
    return inside and path.suffix != ".py" and bool(_LICENCE_FILE.search(path.name))


def render(notices: list[Notice]) -> str:
    """Return the document."""
    lines = ["# Third-party notices", "", _X264, "| package | version | licence |", "|---|---|---|"]
    lines += [f"| {one.name} | {one.version} | {one.licence} |" for one in notices]
    for one in notices:
        for text in one.texts:
            lines += ["", f"## {one.name} {one.version}", "", "````text", text, "````"]
    without = [one.name for one in notices if not one.texts]
    if without:
        lines += ["", "## Without a licence file of their own", "", ", ".join(without)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--extra", action="append", default=[])
    options = parser.parse_args()
    notices = collect(extras=tuple(options.extra))
    options.out.write_text(render(notices), encoding="utf-8")
    print(f"{len(notices)} packages: {options.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
