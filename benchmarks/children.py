"""Longtake run as a process of its own, timed and weighed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from benchmarks.media import ROOT

_KILO: int = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """Wall time, the most memory held at once, and what was written to standard error."""

    seconds: float
    peak_mb: float
    errors: str


def longtake(*arguments: str, end_s: float | None = None, **environment: str) -> Run:
    """Run the command line offscreen; raises `RuntimeError` when it fails.

    Parameters
    ----------
    end_s
        Ask it to end after so many seconds; None waits until it ends.
    """
    begun_s = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if end_s is not None:
        time.sleep(end_s)
        child.send_signal(signal.SIGTERM)
    assert child.stderr is not None
    errors = child.stderr.read()
    # Not wait(): only this tells what the child used.
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begun_s
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, -signal.SIGTERM) or (child.returncode and end_s is None):
        raise RuntimeError(f"longtake {' '.join(arguments)}: {child.returncode}\n{errors}")
    return Run(seconds, usage.ru_maxrss * _KILO / 1e6, errors)
