"""How large the parts of a bundle may be: far above any honest one, far below what hurts.

Every limit is checked before the memory that it bounds is asked for.
"""

from __future__ import annotations

from typing import Final

MANIFEST_BYTES: Final = 4 << 20
FILE_BYTES: Final = 512 << 20
"""Of one file in a bundle."""
BUNDLE_BYTES: Final = 1 << 30
"""Of all files together."""
FILES: Final = 64
WEIGHTS_HEADER_BYTES: Final = 8 << 20
STATE_BYTES: Final = 256 << 20
"""Of the memory that one stream carries from frame to frame."""
STATES: Final = 1024
TENSOR_BYTES: Final = 1 << 30
"""Of any one tensor that the graph works out for one stream."""
GRAPH_STRUCTURE_BYTES: Final = 8 << 20
"""Of a graph without its weights; parsed, it takes tens of times as much."""
GRAPH_FIELDS: Final = 400_000
"""Of a graph's fields, as they are written; a hundred times those of the shipped models."""
