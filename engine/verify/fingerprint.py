"""Fingerprints of results and of memory: equal only when every bit is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.carry import Snapshot
    from engine.results import FrameResult

_DIGEST_BYTES = 16
_TAKES_TIME = frozenset({"inference_ns"})
"""Fields that measure the machine, not the stream."""
_OF_THE_NEXT_FRAME = frozenset({"mark"})


def result_digest(result: FrameResult) -> bytes:
    """Return 16 bytes that stand for everything recognised in a frame."""
    return _digest(result, _TAKES_TIME)


def memory_digest(snapshot: Snapshot) -> bytes:
    """Return 16 bytes that stand for everything that carries over into the next frame."""
    return _digest(snapshot, _OF_THE_NEXT_FRAME)


def _digest(value: object, without: frozenset[str]) -> bytes:
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    _feed(digest, value, without)
    return digest.digest()


def _feed(digest: hashlib.blake2b, value: object, without: frozenset[str]) -> None:
    """Take in a value by its structure; names, types and shapes count."""
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name not in without:
                digest.update(field.name.encode())
                _feed(digest, getattr(value, field.name), without)
    elif isinstance(value, Mapping):
        for name in sorted(value):
            digest.update(str(name).encode())
            _feed(digest, value[name], without)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for item in value:
            _feed(digest, item, without)
    else:
        digest.update(f"{type(value).__name__}:{value!r};".encode())
