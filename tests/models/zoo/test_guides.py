"""The guides to training name options, architectures and files that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import cli
from models.cells.registry import CELLS, MAP_CELLS
from models.registry import ARCHITECTURES
from models.training.zoo import DEFAULTS

_DOCS = Path(__file__).parents[3] / "docs"
_TORCHRUN = {
    *("--max-restarts", "--nnodes", "--nproc-per-node", "--rdzv-backend", "--rdzv-endpoint"),
    *("--rdzv-id", "--standalone"),
}
_GUIDES = ["training.md", "training.zh.md", "mnist-rows.md", "mnist-rows.zh.md"]


@pytest.mark.parametrize("guide", _GUIDES)
def test_options_architectures_cells_and_links_exist(guide: str):
    text = (_DOCS / guide).read_text(encoding="utf-8")
    known = {
        option
        for command in get_command(cli).commands.values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - _TORCHRUN - {"--help"}
    assert named
    assert named - known == set()
    assert set(re.findall(r"--arch ([a-z0-9-]+)", text)) <= set(DEFAULTS)
    assert set(re.findall(r"--cell ([a-z-]+)", text)) <= {*CELLS, *MAP_CELLS}
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (_DOCS / link).exists()] == []


@pytest.mark.parametrize("guide", ["training.md", "training.zh.md"])
def test_every_architecture_is_described(guide: str):
    text = (_DOCS / guide).read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z0-9-]+-(?:lstm|detector))` \|", text, re.MULTILINE)) == set(
        ARCHITECTURES
    )
