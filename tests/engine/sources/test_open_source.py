from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path

import pytest

import engine.sources as sources
from engine.errors import SourceError
from engine.frame import Discontinuity
from engine.sources import open_source
from engine.sources.base import SourceKind, SourceState
from tests.fixtures.clips import make_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("open") / "a clip: part 1.mp4", frames=5)


def test_paths_in_every_form(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip.parent)
    for address in (clip, str(clip), clip.name, clip.as_uri()):
        source = open_source(address)
        assert (source.info.kind, source.info.title) == (SourceKind.FILE, clip.name)
        source.close()


def test_home_is_expanded(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(clip.parent))
    monkeypatch.setenv("USERPROFILE", str(clip.parent))
    assert open_source(f"~/{clip.name}").info.title == clip.name


def test_the_demo(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "asset", {"demo.mp4": clip}.__getitem__)
    assert open_source("demo").info.title == "Demo"


def test_a_demo_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Path:
        raise FileNotFoundError(f"Longtake's own file {name!r} is missing; reinstall it.")

    monkeypatch.setattr(sources, "asset", missing)
    with pytest.raises(SourceError, match="reinstall"):
        open_source("demo")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nowhere.mp4", r'There is no file "nowhere\.mp4"'),
        (r"C:\films\clip.mp4", r'There is no file "C:\\films\\clip\.mp4"'),
        (Path("camera:0"), r'There is no file "camera:0"'),
        ("gopher://host/x", r"Known are .*camera:.*rtsp:.*demo"),
        ("webcam:0", r"Known are .*camera:"),
        ("", r"There is no name to open"),
        ("a\0b.mp4", r"cannot be read"),
        ("x" * 5000, r"cannot be read: file name too long"),
        ("lavfi:nonsense", r'"lavfi:nonsense" cannot be opened'),
        ("camera:/dev/video99", r'"camera:/dev/video99" cannot be opened'),
    ],
)
def test_what_cannot_be_opened(
    address: str | Path, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=message) as failure:
        open_source(address)
    assert failure.value.hint or "cannot be read" in str(failure.value)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(clip: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(clip.read_bytes())
    secret.chmod(0)
    with pytest.raises(SourceError, match="permission denied"):
        open_source(secret)


def test_test_pictures_come_at_the_pace_of_a_camera() -> None:
    source = open_source("lavfi:testsrc2=size=160x120:rate=50")
    assert source.info.kind is SourceKind.TEST
    assert source.info.live
    assert (source.info.width, source.info.height, source.info.rate_hz) == (160, 120, 50)
    started = time.monotonic()
    frames = [source.read() for _ in range(26)]
    assert time.monotonic() - started > 0.4
    assert frames[0].discontinuity is Discontinuity.START
    last = frames[-1]
    # By the frame that was least late: the first, which is nought, may have been later.
    assert last.pts_s == pytest.approx(last.index / 50, abs=0.05)
    steps_s = [b.pts_s - a.pts_s for a, b in pairwise(frames)]
    assert sorted(steps_s)[len(steps_s) // 2] == pytest.approx(1 / 50, abs=0.001)
    source.close()
    assert source.read() is None


def test_test_pictures_that_end() -> None:
    source = open_source("lavfi:testsrc2=size=64x48:rate=50:duration=0.2,realtime")
    last = [*iter(source.read, None)][-1]
    assert last.index == 9
    assert source.status.state is SourceState.ENDED


def test_a_file_named_like_an_address(tmp_path: Path) -> None:
    odd = make_clip(tmp_path / "lavfi:x.mp4", frames=2)
    assert open_source(str(odd)).info.kind is SourceKind.FILE
