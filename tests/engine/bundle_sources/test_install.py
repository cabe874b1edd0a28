"""Bundles from files and from servers that break off, lie and send something else."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from engine.bundle import list_bundles, load_bundle
from engine.bundle_sources import download
from engine.bundle_sources.download import fetch
from engine.bundle_sources.install import Request, install, remove
from engine.errors import BundleError
from tests.engine.bundle_sources.servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.bundle_sources.servers import Behaviour


@pytest.fixture(autouse=True)
def _own(tmp_path, monkeypatch):
    monkeypatch.setenv("LONGTAKE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(download, "_PAUSE_S", 0.01)


@pytest.fixture(scope="module")
def packed(tiny_bundle: Path) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(tiny_bundle.iterdir()):
            archive.write(path, f"tiny/{path.name}")
    return file.getvalue()


@pytest.fixture
def server(packed: bytes) -> Iterator[tuple[str, Behaviour]]:
    with serving(packed) as (address, behaviour):
        yield address, behaviour


def installed() -> list[str]:
    return [bundle.manifest.name for bundle in list_bundles()]


@pytest.mark.parametrize("kind", ["folder", "file", "address"])
def test_from_wherever_it_is(kind, tiny_bundle, packed, server, tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(packed)
    source = {"folder": str(tiny_bundle), "file": str(path), "address": server[0]}[kind]
    bundle = install(Request(source))
    assert bundle is not None
    assert bundle.manifest.name == "tiny"
    assert "tiny" in installed()
    assert load_bundle("tiny").folder == tmp_path / "data" / "bundles" / "tiny"
    assert [p.name for p in (tmp_path / "data" / "bundles").iterdir()] == ["tiny"]
    remove("tiny")
    assert "tiny" not in installed()


def test_it_goes_on_where_it_broke_off(server, packed):
    address, how = server
    how.cut_after = len(packed) // 3
    bundle = install(Request(address, sha256=hashlib.sha256(packed).hexdigest()))
    assert bundle is not None
    third = len(packed) // 3
    assert how.asked[:3] == [None, f"bytes={third}-", f"bytes={2 * third}-"]


def test_a_connection_that_always_breaks_fails_clearly_and_the_next_try_goes_on(server, packed):
    address, how = server
    how.cut_after = 10
    with pytest.raises(BundleError, match=r"breaks off again and again.*goes on from there"):
        fetch(address)
    assert len(how.asked) == 4
    how.cut_after = None
    assert fetch(address).path.read_bytes() == packed
    assert how.asked[-1] == "bytes=40-"


def test_a_server_that_cannot_go_on_begins_again(server, packed):
    address, how = server
    how.ranges = False
    how.cut_after = len(packed) - 5
    with pytest.raises(BundleError, match="breaks off"):
        fetch(address)
    how.cut_after = None
    assert fetch(address).path.read_bytes() == packed


def test_a_file_that_changed_meanwhile_is_not_mixed(server, packed):
    address, how = server
    how.cut_after = 10
    with pytest.raises(BundleError, match="breaks off"):
        fetch(address)
    how.cut_after, how.tag, how.data = None, '"two"', packed[::-1]
    assert fetch(address).path.read_bytes() == packed[::-1]


def test_a_length_that_is_a_lie(server, packed):
    address, how = server
    how.claimed = len(packed) + 100
    with pytest.raises(BundleError, match="breaks off"):
        fetch(address)
    how.claimed = 1 << 40
    with pytest.raises(BundleError, match="no bundle needs"):
        fetch(address)


def test_too_short_a_length_leaves_a_damaged_archive(server, packed):
    address, how = server
    how.claimed = len(packed) // 2
    with pytest.raises(BundleError, match="damaged"):
        install(Request(address))
    assert "tiny" not in installed()


def test_a_file_that_does_not_end(server, monkeypatch):
    address, how = server
    how.claimed = -1
    monkeypatch.setattr("engine.bundle.limits.BUNDLE_BYTES", 1000)
    with pytest.raises(BundleError, match="does not end"):
        fetch(address)


def test_wrong_bytes_are_thrown_away(server, packed):
    address, how = server
    how.data = packed[:-1] + b"x"
    with pytest.raises(BundleError, match="is not what it should be: its sha256 is"):
        install(Request(address, sha256=hashlib.sha256(packed).hexdigest()))
    how.data = packed
    assert install(Request(address, sha256=hashlib.sha256(packed).hexdigest())) is not None


def test_what_was_downloaded_works_offline(server, packed):
    address, how = server
    with pytest.raises(BundleError, match="never downloaded"):
        fetch(address, offline=True)
    fetch(address)
    asked = len(how.asked)
    assert not fetch(address, offline=True).fresh
    assert not fetch(address, sha256=hashlib.sha256(packed).hexdigest()).fresh
    assert len(how.asked) == asked
    how.status = 503
    assert not fetch(address).fresh


@pytest.mark.parametrize(("status", "words"), [(404, "404"), (500, "500")])
def test_a_server_that_refuses(server, status, words):
    address, how = server
    how.status = status
    with pytest.raises(BundleError, match=words):
        fetch(address)


def test_no_server_and_no_password_in_the_message():
    with pytest.raises(BundleError, match="cannot be downloaded") as caught:
        fetch("http://me:secret@127.0.0.1:9/x.zip")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("source", ["nothing", "ftp://a/b.zip", "file:///etc/passwd"])
def test_sources_that_are_none(source):
    with pytest.raises(BundleError, match=r"There is no|no web address"):
        install(Request(source))


def test_owner_and_name_are_a_release(monkeypatch, packed, tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(packed)
    asked = []

    def pretend(address, **more):
        asked.append(address)
        return download.Fetched(path, "0" * 64, fresh=True)

    monkeypatch.setattr("engine.bundle_sources.install.fetch", pretend)
    assert install(Request("somebody/their-model")) is not None
    assert asked == [
        "https://github.com/somebody/their-model/releases/latest/download/longtake-bundle.zip"
    ]


def test_the_licence_is_shown_before_and_no_means_no(tiny_bundle):
    seen = []

    def refuse(manifest) -> bool:
        seen.append(manifest.provenance.licence)
        return False

    assert install(Request(str(tiny_bundle)), accept=refuse) is None
    assert seen == ["Apache-2.0"]
    assert "tiny" not in installed()


def test_names_that_are_taken(tiny_bundle, tmp_path):
    install(Request(str(tiny_bundle)))
    with pytest.raises(BundleError, match=r"installed already \(version 1\)"):
        install(Request(str(tiny_bundle)))
    assert install(Request(str(tiny_bundle), replace=True)) is not None
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"name": "tiny"', '"name": "default"'))
    with pytest.raises(BundleError, match="comes with Longtake"):
        install(Request(str(copy), replace=True))


def test_what_lies_beside_a_bundle_stays_there(tiny_bundle, tmp_path):
    copy = shutil.copytree(tiny_bundle, tmp_path / "copy")
    (copy / "notes.txt").write_text("mine")
    bundle = install(Request(str(copy)))
    assert bundle is not None
    assert not (bundle.folder / "notes.txt").exists()


@pytest.mark.parametrize("name", ["default", "../data", "nope", ""])
def test_only_installed_ones_are_removed(name):
    with pytest.raises(BundleError, match="no installed bundle"):
        remove(name)
