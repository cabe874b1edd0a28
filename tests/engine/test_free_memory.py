from __future__ import annotations

import subprocess
import sys

import pytest

from engine.free_memory import hand_back_free_memory

# In a process of its own: here, others hold and free memory, too.
_FREE_BELOW_WHAT_IS_KEPT = """
from engine.free_memory import hand_back_free_memory, share_arenas
share_arenas()

def rss_mb():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20

blocks = [bytearray(b"x" * 60_000) for _ in range(1000)]
del blocks[:-1]
before = rss_mb()
hand_back_free_memory()
print(before - rss_mb())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only GNU's C library is told")
def test_what_is_free_below_what_is_kept_goes_back() -> None:
    out = subprocess.run(
        [sys.executable, "-c", _FREE_BELOW_WHAT_IS_KEPT], capture_output=True, text=True, check=True
    )
    assert float(out.stdout) > 40


def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("engine.free_memory.ctypes", None)
    hand_back_free_memory()
