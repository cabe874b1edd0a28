"""Networks, their data, training and evaluation; what the engine reads of them is in `spec`."""

from __future__ import annotations

import sys

# Importing OpenVINO reports that to its makers through this package; without it, nothing is sent.
# Here, since everything that imports OpenVINO has imported this before.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
