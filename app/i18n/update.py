"""Maintainers' command: collect the interface's strings and compile the translations.

``python -m app.i18n.update`` after changing any string: new ones come out unfinished in
``assets/translations/longtake_zh.ts``; translate them there and run it again.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
TRANSLATIONS: Final = ROOT / "assets" / "translations"


def sources() -> list[str]:
    """Return the modules that hold strings, relative to the checkout."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))


def collect(catalogue: Path) -> None:
    """Bring `catalogue` (.ts) up to date with the modules; strings no longer used are dropped."""
    options = ["-locations", "none", "-no-obsolete", "-source-language", "en"]
    _run("lupdate", *options, *sources(), "-ts", str(catalogue))


def compile_catalogue(catalogue: Path, compiled: Path) -> None:
    """Compile a .ts into a .qm."""
    _run("lrelease", "-silent", str(catalogue), "-qm", str(compiled))


def _run(tool: str, *arguments: str) -> None:
    beside = Path(sys.executable).parent / f"pyside6-{tool}"
    command = str(beside) if beside.exists() else shutil.which(f"pyside6-{tool}")
    if command is None:
        raise SystemExit(f"pyside6-{tool} is missing: install PySide6-Essentials.")
    subprocess.run([command, *arguments], cwd=ROOT, check=True)


def main() -> None:
    """Update every catalogue."""
    for catalogue in sorted(TRANSLATIONS.glob("*.ts")):
        collect(catalogue)
        compile_catalogue(catalogue, catalogue.with_suffix(".qm"))


if __name__ == "__main__":
    main()
