"""A plan is code: only what this user built on this machine is ever handed back."""

from __future__ import annotations

import os
import stat
from dataclasses import replace

import pytest

from engine.backends.plan_cache import PlanCache, PlanKey
from engine.errors import BackendError

KEY = PlanKey("a" * 64, "SM89", "tensorrt_rtx", "1.7", "fp16")
PLAN = b"plan" * 100

posix = pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "plans"


def test_what_was_kept_is_found_again(folder):
    PlanCache(folder).write(KEY, PLAN)
    assert PlanCache(folder).read(KEY) == PLAN


@pytest.mark.parametrize(
    "change",
    [
        {"graph_sha256": "b" * 64},
        {"device": "SM80"},
        {"library": "tensorrt"},
        {"version": "1.8"},
        {"precision": "f32"},
    ],
)
def test_a_stale_plan_is_not_found(folder, change):
    cache = PlanCache(folder)
    cache.write(KEY, PLAN)
    assert cache.read(replace(KEY, **change)) is None


@pytest.mark.parametrize("place", [0, 31, 32, -1])
def test_a_tampered_plan_is_deleted_and_never_loaded(folder, place):
    cache = PlanCache(folder)
    path = cache.write(KEY, PLAN)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert cache.read(KEY) is None
    assert not path.exists()


def test_a_plan_under_another_name_is_not_loaded(folder):
    cache = PlanCache(folder)
    other = replace(KEY, precision="f32")
    cache.write(KEY, PLAN).rename(folder / other.file_name)
    assert cache.read(other) is None


def test_a_plan_from_another_machine_is_not_loaded(folder, tmp_path):
    path = PlanCache(tmp_path / "theirs").write(KEY, PLAN)
    cache = PlanCache(folder)
    cache.write(KEY, b"ours").write_bytes(path.read_bytes())
    assert cache.read(KEY) is None


@posix
def test_nobody_else_may_read_or_write(folder):
    folder.mkdir(mode=0o755)
    path = PlanCache(folder).write(KEY, PLAN)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    path.chmod(0o666)
    assert PlanCache(folder).read(KEY) is None


@posix
def test_links_are_not_followed(folder, tmp_path):
    cache = PlanCache(folder)
    path = cache.write(KEY, PLAN)
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert cache.read(KEY) is None
    other = tmp_path / "link"
    other.symlink_to(folder)
    with pytest.raises(BackendError, match="no folder"):
        PlanCache(other)


def test_a_damaged_secret_is_replaced(folder):
    PlanCache(folder).write(KEY, PLAN)
    (folder / "secret").write_bytes(b"short")
    with pytest.raises(BackendError, match="try again"):
        PlanCache(folder)
    assert PlanCache(folder).read(KEY) is None


def test_what_was_used_longest_ago_makes_room(folder, monkeypatch):
    monkeypatch.setattr("engine.backends.plan_cache._MOST_KEPT_BYTES", 3 * (len(PLAN) + 32))
    cache = PlanCache(folder)
    keys = [replace(KEY, version=str(number)) for number in range(4)]
    for age, key in zip((40, 30, 20), keys, strict=False):
        path = cache.write(key, PLAN)
        about = path.stat()
        os.utime(path, (about.st_atime - age, about.st_mtime - age))
    assert cache.read(keys[0]) == PLAN  # used just now
    cache.write(keys[3], PLAN)
    assert [cache.read(key) is not None for key in keys] == [True, False, True, True]


def test_a_plan_larger_than_all_that_may_be_kept_is_kept(folder, monkeypatch):
    monkeypatch.setattr("engine.backends.plan_cache._MOST_KEPT_BYTES", 1)
    cache = PlanCache(folder)
    cache.write(KEY, PLAN)
    assert cache.read(KEY) == PLAN
