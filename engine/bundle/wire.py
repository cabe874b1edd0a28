"""Measures an ONNX file as bytes, before it is parsed.

A parsed graph takes tens of times the memory of its bytes, so a file of empty nodes well below any
limit on files would fill the machine. Walking the wire format (protocol buffers: a key, then a
number or a length and that many bytes) costs no memory, and steps over the weights, which are most
of an honest file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.bundle import limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT: Final = 10


class WireError(ValueError):
    """The bytes are no protocol buffer, or one too large to parse."""


@dataclass(frozen=True)
class _Message:
    """Which fields of a message lead on to weights, by their number in ``onnx.proto``."""

    parts: Mapping[int, _Message]
    weights: frozenset[int] = frozenset()


_TENSOR: Final = _Message({}, frozenset({4, 5, 7, 9, 10, 11}))  # *_data, packed, and raw_data
_ATTRIBUTE: Final = _Message({5: _TENSOR, 10: _TENSOR})
_NODE: Final = _Message({5: _ATTRIBUTE})
_GRAPH: Final = _Message({1: _NODE, 5: _TENSOR})
_MODEL: Final = _Message({7: _GRAPH})


def verify_wire(data: bytes) -> None:
    """Check that `data` is framed as a model and small but for its weights.

    Raises
    ------
    WireError
        When it is not.
    """
    _Scan(data).walk(_MODEL, 0, len(data))


class _Scan:
    """Adds up what is not weights, and stops when it is too much."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._fields = 0
        self._structure = 0

    def walk(self, kind: _Message, start: int, end: int) -> None:
        for number, wire, begin, stop in self._split(start, end):
            if wire == _BYTES and number in kind.parts:
                self.walk(kind.parts[number], begin, stop)
            elif not (wire == _BYTES and number in kind.weights):
                self._structure += stop - begin
            if self._structure > limits.GRAPH_STRUCTURE_BYTES:
                raise WireError("there is more to it besides its weights than any model needs")

    def _split(self, start: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        """Yield number, wire type, and where the content begins and stops, of every field."""
        place = start
        while place < end:
            self._fields += 1
            if self._fields > limits.GRAPH_FIELDS:
                raise WireError("it has more parts than any model needs")
            key, place = self._varint(place, end)
            begin, stop = self._content(key & 7, place, end)
            if stop > end:
                raise WireError("it is cut off")
            yield key >> 3, key & 7, begin, stop
            place = stop

    def _content(self, wire: int, place: int, end: int) -> tuple[int, int]:
        if wire == _BYTES:
            length, begin = self._varint(place, end)
            return begin, begin + length
        if wire == _VARINT:
            return place, self._varint(place, end)[1]
        if wire in (_FIXED32, _FIXED64):
            return place, place + (4 if wire == _FIXED32 else 8)
        raise WireError("it is not framed as a model")

    def _varint(self, place: int, end: int) -> tuple[int, int]:
        """Return the number at `place` and where it ends."""
        value = 0
        for shift in range(_LONGEST_VARINT):
            if place + shift >= end:
                raise WireError("it is cut off")
            byte = self._data[place + shift]
            value |= (byte & 0x7F) << (7 * shift)
            if byte < 0x80:
                return value, place + shift + 1
        raise WireError("it is not framed as a model")
