"""All checks, one after the other."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.ahead import read_ahead
from engine.backends import create_backend, probe_backends
from engine.bundle import load_bundle
from engine.errors import SourceError
from engine.predictor import Predictor
from engine.sources import open_source
from engine.timeline import StateTimeline
from engine.verify.exports import check_exports
from engine.verify.outcome import Outcome
from engine.verify.playing import WindowPlay, play_as_export
from engine.verify.runtimes import check_runtimes
from engine.verify.seeks import CHECK as SEEKS
from engine.verify.seeks import check_seeks
from engine.verify.steps import check_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.backends.base import Backend
    from engine.bundle import Bundle
    from engine.sources.base import Source


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """What to check.

    Attributes
    ----------
    backends
        Runtimes by name; the first is what the others are compared with, and what runs the other
        checks. None takes every one installed.
    targets
        Jumps at random.
    """

    clip: str
    bundle: str | Path = "default"
    backends: tuple[str, ...] | None = None
    targets: int = 20
    seed: int = 0


def verify(options: VerifyOptions) -> Iterator[Outcome]:
    """Yield an outcome after each check.

    Raises
    ------
    engine.errors.LongtakeError
        When the recording, the bundle or a runtime cannot be used at all.
    """
    _open(options.clip).close()
    bundle = load_bundle(options.bundle)
    names = options.backends or tuple(p.name for p in probe_backends() if p.available)
    reference = create_backend(bundle, names[0])
    try:
        yield from _check_playing(bundle, reference, options)
        yield check_steps(bundle, _open(options.clip))
        for name in names[1:]:
            other = create_backend(bundle, name)
            try:
                yield check_runtimes(bundle, reference, other, _open(options.clip))
            finally:
                other.close()
    finally:
        reference.close()


def _check_playing(bundle: Bundle, backend: Backend, options: VerifyOptions) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory(prefix="longtake-verify-") as folder:
        files = (Path(folder) / "exported.jsonl", Path(folder) / "shown.jsonl")
        source = _open(options.clip)
        related, seekable = source.info.related, source.info.seekable
        ahead = read_ahead(source, backend, bundle.manifest.input)  # as an export reads
        exported = play_as_export(ahead, Predictor(bundle, backend, related=related), files[0])
        predictor = Predictor(bundle, backend, related=related)
        with WindowPlay(_open(options.clip), predictor, StateTimeline(), files[1]) as window:
            yield check_exports(exported, window.play(), files)
            if seekable:
                yield check_seeks(window, exported, options.targets, options.seed)
            else:
                yield Outcome.skipped(SEEKS, "the source cannot be searched")


def _open(address: str) -> Source:
    source = open_source(address)
    if source.info.live:
        source.close()
        raise SourceError(
            f"{source.info.title} is a live stream, which cannot be played twice.",
            "Verify a recording of it.",
        )
    return source
