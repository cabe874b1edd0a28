"""The repository keeps its promises: what is packaged, what is documented, what is imported."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import app

ROOT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.zh-CN.md")
PACKAGES = {"app", "assets", "engine", "models"}


def _run(*command: str, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads(_read("pyproject.toml"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_brings_only_our_own_top_level_names(wheel: zipfile.ZipFile):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_the_wheel_holds_what_the_app_needs_beside_code(wheel: zipfile.ZipFile):
    names = set(wheel.namelist())
    assert "assets/demo.mp4" in names
    assert "assets/bundles/default/manifest.json" in names
    assert any(name.startswith("assets/icons/") for name in names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_the_wheel_holds_every_module(wheel: zipfile.ZipFile):
    tracked = _run("git", "ls-files", *PACKAGES).split()
    assert {name for name in tracked if name.endswith(".py")} <= set(wheel.namelist())


def test_it_runs_as_a_module_without_the_folder_on_the_path(tmp_path: Path):
    shown = _run(sys.executable, "-P", "-m", "app", "--version", cwd=tmp_path)
    assert shown.strip() == f"longtake {app.__version__}"


def test_starting_imports_no_training_framework_and_no_runtime():
    script = "import sys, app.cli, engine.bundle; print(*sorted(sys.modules))"
    loaded = set(_run(sys.executable, "-c", script).split())
    assert "app.cli" in loaded
    assert not loaded & {"torch", "openvino", "onnxruntime", "PySide6"}


def test_the_window_and_the_command_line_import_no_training_framework():
    script = (
        "import sys, app.main, app.annotate, engine.sources, engine.backends.choice;"
        "print(*sorted(sys.modules))"
    )
    assert "torch" not in _run(sys.executable, "-c", script).split()


def test_versions_agree(project: dict):
    assert f"## [{app.__version__}]" in _read("CHANGELOG.md")
    assert project["tool"]["hatch"]["version"]["path"] == "app/__init__.py"


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~ ]", line)[0].lower().replace("_", "-") for line in requirements}


def test_every_direct_dependency_is_pinned(project: dict):
    pins = _names([line for line in _read("constraints.txt").splitlines() if "==" in line])
    wanted = _names(project["project"]["dependencies"])
    wanted |= _names(project["project"]["optional-dependencies"]["train"])
    for group in project["dependency-groups"].values():
        wanted |= _names(group)
    assert wanted <= pins


def test_the_architecture_accounts_for_every_dependency(project: dict):
    text = _read("ARCHITECTURE.md").lower()
    extras = project["project"]["optional-dependencies"]
    wanted = _names(project["project"]["dependencies"]).union(*map(_names, extras.values()))
    assert {name for name in wanted if f"`{name}`" not in text} == set()


def _commands() -> set[str]:
    from typer.main import get_command

    from app.cli import cli

    return set(get_command(cli).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_shows_every_command_and_no_other(readme: str):
    code = "\n".join(re.findall(r"```sh\n(.*?)```", _read(readme), flags=re.DOTALL))
    shown = set(re.findall(r"^longtake ([a-z-]+)", code, flags=re.MULTILINE))
    assert shown == _commands()


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_options_that_exist(readme: str):
    from typer.main import get_command

    from app.cli import cli

    known = {"--help", "--version"}
    for command in get_command(cli).commands.values():  # type: ignore[attr-defined]
        known |= {option for parameter in command.params for option in parameter.opts}
    text = "\n".join(line for line in _read(readme).splitlines() if line.startswith("longtake "))
    assert set(re.findall(r"--[a-z][a-z-]*", text)) <= known


def _make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", _read("Makefile"), flags=re.MULTILINE))


def test_make_offers_what_is_promised():
    assert {"setup", "run", "test", "check", "bench", "train", "help"} <= _make_targets()


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md", "ARCHITECTURE.md"])
def test_documents_name_targets_that_exist(document: str):
    assert set(re.findall(r"\bmake ([a-z]+)`", _read(document))) <= _make_targets()
    assert set(re.findall(r"^make ([a-z]+)", _read(document), re.MULTILINE)) <= _make_targets()


@pytest.mark.parametrize(
    "document",
    [*READMES, "CONTRIBUTING.md", "ARCHITECTURE.md", "docs/labels.md", "benchmarks/README.md"],
)
def test_documents_link_to_files_that_exist(document: str):
    path = ROOT / document
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (path.parent / link).exists()] == []


def test_modules_named_in_the_architecture_exist():
    named = re.findall(r"`((?:app|engine|models)/[\w/.]+)`", _read("ARCHITECTURE.md"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_label_format_document_shows_lines_that_obey_the_schema():
    import jsonschema

    schema = json.loads(_read("engine/sinks/labels.schema.json"))
    (example,) = re.findall(r"```jsonl\n(.*?)```", _read("docs/labels.md"), flags=re.DOTALL)
    lines = [json.loads(line) for line in example.splitlines()]
    assert [line["type"] for line in lines] == ["header", "frame", "summary"]
    for line in lines:
        jsonschema.validate(line, schema)


def test_continuous_integration_runs_the_tests():
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").rstrip().endswith("exec make test")


def _imported(*folders: str) -> set[str]:
    """Return the top-level names that the Python files of `folders` import."""
    names: set[str] = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - PACKAGES - {"tests", "benchmarks"}


def _distributions(imported: set[str]) -> set[str]:
    known = packages_distributions()
    return {known[name][0].lower().replace("_", "-") for name in imported if name in known}


def test_every_import_is_declared(project: dict):
    extras = project["project"]["optional-dependencies"].values()
    declared = _names(project["project"]["dependencies"]).union(*map(_names, extras))
    declared |= {"shiboken6"}  # comes with PySide6
    assert _distributions(_imported("app", "engine", "models", "assets")) <= declared
    groups = set().union(*map(_names, project["dependency-groups"].values()))
    assert _distributions(_imported("tests", "benchmarks")) <= declared | groups
