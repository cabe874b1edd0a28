"""Nothing leaves the computer: OpenVINO's reports on its use are off."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("openvino")
_LOOK = """
import engine.backends.openvino_backend as backend
backend.probe()
import openvino.tools.ovc.telemetry_utils as used
print(used.tm.__name__)
"""


def test_openvino_tells_nobody_that_it_is_used(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", _LOOK],
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "openvino.tools.ovc.telemetry_stub"
    assert not (tmp_path / "intel").exists()  # where it keeps whom it reports
