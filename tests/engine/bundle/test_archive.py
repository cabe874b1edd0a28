from __future__ import annotations

import stat
import struct
import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from engine.bundle import load_bundle
from engine.bundle.archive import unpack_archive
from engine.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out" / "in"
    folder.mkdir(parents=True)
    return folder


def pack(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("around", ["", "tiny-1.0/"])
def test_a_sound_archive_becomes_a_bundle(tiny_bundle, tmp_path, target, around):
    files = [(around + p.name, p.read_bytes()) for p in sorted(tiny_bundle.iterdir())]
    unpack_archive(pack(tmp_path / "a.zip", *files), target)
    assert load_bundle(target).manifest.name == "tiny"


def _link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


ZIPPED: dict[str, tuple[list[tuple[str | zipfile.ZipInfo, bytes]], str]] = {
    "slip upwards": ([("../evil.txt", b"x")], "points outside"),
    "slip upwards, deep": ([("a/../../evil.txt", b"x")], "points outside"),
    "absolute": ([("/tmp/evil.txt", b"x")], "points outside"),
    "backslashes": ([("..\\evil.txt", b"x")], "points outside"),
    "drive": ([("C:/evil.txt", b"x")], "points outside"),
    "link": ([(_link("model.onnx"), b"/etc/passwd")], "points outside"),
    "hidden": ([(".bashrc", b"x")], "points outside"),
    "folders": ([("a/b.txt", b"x"), ("c/d.txt", b"x")], "points outside"),
    "pickle": ([("weights.pkl", b"x")], "holds a pickle"),
    "code": ([("setup.py", b"x")], "no bundle needs"),
    "bomb": ([("a.txt", bytes(50 << 20))], "far more than it should"),
    "many": ([(f"{i}.txt", b"") for i in range(200)], "more in it than a bundle"),
}


@pytest.mark.parametrize("name", ZIPPED)
def test_a_hostile_archive_is_refused_and_leaves_nothing(name, tmp_path, target):
    entries, reason = ZIPPED[name]
    path = pack(tmp_path / "a.zip", *entries)
    begun = time.process_time()
    with pytest.raises(BundleError, match=reason):
        unpack_archive(path, target)
    assert time.process_time() - begun < 2.0
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def _two_of_a_name(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        pack(path, ("a.txt", b"x"), ("a.txt", b"y"))


def _lies_about_its_size(path: Path) -> None:
    """Says ten bytes, holds a megabyte."""
    pack(path, ("a.txt", b"ab" * (1 << 19)))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<L", data, data.index(signature) + offset, 10)
    path.write_bytes(data)


def _many_entries_hidden(path: Path) -> None:
    """A list of contents of a hundred megabytes; its end says that it is one entry."""
    size = 100 << 20
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, size, 0, 0))


def _cut_off(path: Path) -> None:
    pack(path, ("a.txt", b"ab" * 1000))
    path.write_bytes(path.read_bytes()[:60])


def _other_bytes(path: Path) -> None:
    pack(path, ("a.txt", bytes(range(256))))
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_two_of_a_name, "two files called a.txt"),
        (_lies_about_its_size, "damaged"),
        (_many_entries_hidden, "more in it than a bundle"),
        (_cut_off, "damaged"),
        (_other_bytes, "damaged"),
        (lambda path: path.write_bytes(b"hello"), "damaged"),
    ],
)
def test_an_archive_that_lies_is_refused(make: Callable[[Path], None], reason, tmp_path, target):
    path = tmp_path / "a.zip"
    make(path)
    begun = time.process_time()
    with pytest.raises(BundleError, match=reason):
        unpack_archive(path, target)
    assert time.process_time() - begun < 2.0
