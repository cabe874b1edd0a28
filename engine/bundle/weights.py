"""The ``weights.safetensors`` of a bundle, which torch reads: its header, before anything else is.

The format: eight bytes with the length of a JSON header, the header, then the values of all tensors
side by side. The header is a stranger's, so it is measured before it is read, and every tensor in
it before it is believed.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from engine.bundle import limits
from engine.bundle.files import open_data_file
from engine.bundle.names import AVOID
from engine.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_LENGTH_BYTES: Final = 8
_METADATA: Final = "__metadata__"
_ITEM_BYTES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("BOOL", "U8", "I8"), 1),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 2),
    **dict.fromkeys(("U32", "I32", "F32"), 4),
    **dict.fromkeys(("U64", "I64", "F64"), 8),
}
_FLOATS: Final[Mapping[str, str]] = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}


class _Entry(BaseModel):
    """Where a tensor lies, as the header says; offsets count from the end of the header."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dtype: str
    shape: tuple[int, ...] = Field(max_length=8)
    data_offsets: tuple[int, int]


_HEADER: Final = TypeAdapter(dict[str, _Entry])


def verify_weights(path: Path) -> None:
    """Check a safetensors file without loading it into any framework.

    Raises
    ------
    BundleError
        If the header is too large or no header, tensors overlap, leave holes or are not as large
        as they say, or weights are no finite numbers.
    """
    with open_data_file(path, limits.FILE_BYTES) as file:
        length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if length > limits.WEIGHTS_HEADER_BYTES:
            raise BundleError(f"{path} has a header of {length >> 20} MB, which is refused.", AVOID)
        header = _parse(file.read(length), path)
        values = file.read()
    _verify_places(header.values(), len(values), path)
    for name, entry in header.items():
        if not _is_finite(entry, values):
            raise BundleError(f"{path} holds weights that are no numbers: {name[:80]!r}.", AVOID)


def _parse(text: bytes, path: Path) -> dict[str, _Entry]:
    try:
        fields = json.loads(text, object_pairs_hook=_without_doubles)
        if isinstance(fields, dict):
            fields.pop(_METADATA, None)
        return _HEADER.validate_python(fields)
    except (ValueError, RecursionError) as error:  # ValidationError is a ValueError
        what = "it is cut off or damaged"
        if isinstance(error, ValidationError):
            what = "a tensor in its header makes no sense"
        raise BundleError(f"{path} is no safetensors file: {what}.", AVOID) from error


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name appears twice")
    return found


def _verify_places(entries: Iterable[_Entry], size: int, path: Path) -> None:
    """Check that the tensors lie side by side and fill the file, each as large as it says."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.data_offsets):
        begin, stop = entry.data_offsets
        wanted = math.prod(entry.shape) * _ITEM_BYTES.get(entry.dtype, -1)
        if begin != end:
            what = "overlap" if begin < end else "leave holes"
            raise BundleError(f"{path} has tensors that {what}.", AVOID)
        if min(entry.shape, default=0) < 0 or stop - begin != wanted:
            raise BundleError(f"{path} has a tensor of another size than it says.", AVOID)
        end = stop
    if end != size:
        raise BundleError(f"{path} is not as long as its tensors are together.", AVOID)


def _is_finite(entry: _Entry, values: bytes) -> bool:
    begin, stop = entry.data_offsets
    raw = memoryview(values)[begin:stop]
    if entry.dtype == "BF16":
        return bool(((np.frombuffer(raw, "<u2") & 0x7F80) != 0x7F80).all())
    if entry.dtype not in _FLOATS:
        return True
    return bool(np.isfinite(np.frombuffer(raw, _FLOATS[entry.dtype])).all())
