"""What is handed to users: wheel, desktop files, notices, and the frozen folder.

Slow ones are asked for: ``LONGTAKE_INSTALL=1`` installs the wheel into an environment of its own;
``LONGTAKE_FROZEN=FOLDER`` starts what ``packaging/freeze FOLDER`` built.
"""

from __future__ import annotations

import configparser
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).resolve().parents[1]
LINUX = ROOT / "packaging" / "linux"
INSTALL = os.environ.get("LONGTAKE_INSTALL")
FROZEN = os.environ.get("LONGTAKE_FROZEN")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_is_in_order(wheel: Path):
    names = ",".join(("app", "engine", "models", "assets"))
    done = subprocess.run(
        [sys.executable, "-m", "check_wheel_contents", "--toplevel", names, str(wheel)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_desktop_entry_starts_what_is_installed():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(LINUX / "longtake.desktop", encoding="utf-8")
    main = entry["Desktop Entry"]
    assert main["Type"] == "Application"
    assert main["Exec"] == "longtake gui %u"
    assert main["Icon"] == "longtake"
    assert "video/mp4" in main["MimeType"].rstrip(";").split(";")
    assert {"Name", "Comment", "Comment[zh_CN]", "Categories"} <= set(main)
    for action in main["Actions"].rstrip(";").split(";"):
        assert entry[f"Desktop Action {action}"]["Exec"].startswith("longtake gui")


def test_the_shop_window_names_this_version():
    root = ET.parse(LINUX / "io.github.longtake.Longtake.metainfo.xml").getroot()
    assert root.findtext("id") == "io.github.longtake.Longtake"
    assert root.findtext("project_license") == "Apache-2.0"
    assert root.findtext("launchable") == "longtake.desktop"
    releases = [release.get("version") for release in root.iter("release")]
    assert releases[0] == app.__version__
    (mime,) = ET.parse(LINUX / "longtake-mime.xml").getroot()
    assert mime.get("type") == root.findtext("provides/mediatype")


@pytest.mark.parametrize(
    "command",
    [
        ("appstreamcli", "validate", "--no-net", "io.github.longtake.Longtake.metainfo.xml"),
        ("desktop-file-validate", "longtake.desktop"),
    ],
    ids=lambda command: command[0],
)
def test_validators_of_the_desktop_find_no_fault(command: tuple[str, ...]):
    if shutil.which(command[0]) is None:
        pytest.skip(f"needs {command[0]}")
    done = subprocess.run(command, cwd=LINUX, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_desktop_learns_and_forgets(tmp_path: Path):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    subprocess.run([LINUX / "install"], env=environment, check=True, capture_output=True)
    placed = {"applications/longtake.desktop", "icons/hicolor/scalable/apps/longtake.svg"}
    assert all((tmp_path / name).is_file() for name in placed)
    subprocess.run(
        [LINUX / "install", "--remove"], env=environment, check=True, capture_output=True
    )
    assert not any((tmp_path / name).exists() for name in placed)


def _notices():
    spec = importlib.util.spec_from_file_location("notices", ROOT / "packaging" / "notices.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["notices"] = module
    spec.loader.exec_module(module)
    return module


def test_every_package_that_is_passed_on_says_its_licence():
    module = _notices()
    found = {notice.name.lower(): notice for notice in module.collect()}
    assert {"av", "numpy", "onnx", "openvino", "pydantic", "pyside6_essentials"} <= found.keys()
    assert "torch" not in found
    assert [name for name, notice in found.items() if notice.licence == "see below"] == []
    text = module.render(list(found.values()))
    assert "GNU General Public" in text
    assert "Permission is hereby granted" in text


def _environment(home: Path) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
        # Where the network cannot be taken away, at least the usual way there leads nowhere.
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }


def _without_network() -> list[str]:
    """Return what runs a command with no network at all, where this system lets us."""
    prefix = ["unshare", "--map-root-user", "--net"]
    if shutil.which(prefix[0]) is None:
        return []
    done = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return [] if done.returncode else prefix


def _try_out(program: list[str], folder: Path) -> None:
    """Do what a new user does first."""
    environment = _environment(folder / "home")
    program = [*_without_network(), *program]

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*program, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert app.__version__ in run("--version")
    assert "default" in run("bundles")
    report = {line["topic"]: line for line in json.loads(run("doctor", "--json"))}
    assert report["longtake"]["ok"]
    shown = run(
        "annotate", "demo", "-o", "out.mp4", "--labels", "out.jsonl", "--end", "3", "--json"
    )
    assert json.loads(shown)["frames"] > 30
    assert (folder / "out.mp4").stat().st_size > 10_000
    run("gui", "demo", "--screenshot", "window.png", "--at", "2", "--lang", "zh")
    assert (folder / "window.png").stat().st_size > 20_000
    (folder / "clips").mkdir()
    shutil.copy(folder / "out.mp4", folder / "clips" / "a.mp4")
    run("batch", "clips", "--out", "seen", "--workers", "2", "--quiet")
    assert (folder / "seen" / "labels" / "a.mp4.jsonl").is_file()


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(
    not os.environ.get("LONGTAKE_INSTALL"), reason="takes minutes: LONGTAKE_INSTALL=1"
)
def test_the_wheel_in_an_environment_of_its_own(wheel: Path, tmp_path: Path):
    place = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    pip = [place / "bin" / "python", "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-c", ROOT / "constraints.txt", wheel], check=True)
    _try_out([str(place / "bin" / "longtake")], tmp_path)
    imported = subprocess.run(
        [place / "bin" / "python", "-c", "import torch"], capture_output=True, check=False
    )
    assert imported.returncode != 0, "running needs no torch, so the test must be without"


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not FROZEN, reason="needs what packaging/freeze builds: LONGTAKE_FROZEN=FOLDER")
def test_the_frozen_folder_runs_by_itself(tmp_path: Path):
    folder = Path(str(FROZEN)) / "longtake"
    assert (folder / "THIRD-PARTY-NOTICES.md").is_file()
    _try_out([str(folder / "longtake")], tmp_path)
    xvfb = shutil.which("xvfb-run")
    if xvfb is None:
        pytest.skip("the rest needs xvfb-run")
    environment = _environment(tmp_path / "home") | {"QT_QPA_PLATFORM": "xcb"}
    shot = [str(folder / "longtake"), "gui", "demo", "--screenshot", "x11.png", "--at", "1"]
    subprocess.run([xvfb, "-a", *shot], cwd=tmp_path, env=environment, check=True, timeout=300)
    assert (tmp_path / "x11.png").stat().st_size > 20_000
