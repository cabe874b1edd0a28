"""Feeds spoilt bundles to everything that reads them, and counts what is not a clean refusal.

    python -m benchmarks.fuzz_bundles --cases 100000

A case passes when the reader accepts it or raises `BundleError` within two seconds of CPU time,
counted from when the spoilt file lies there. Any other error, a crash of the process, or more
memory than the limit fails; the case's number brings it back: ``--first NUMBER --cases 1``. Cases
run in processes of their own, so that one that takes its process down is counted and named.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import struct
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import onnx

from benchmarks.mutations import mutate_bytes, mutate_json
from engine.bundle.archive import unpack_archive
from engine.bundle.contract import verify_contract
from engine.bundle.graph import parse_graph
from engine.bundle.manifest import parse_manifest, read_manifest
from engine.bundle.operators import verify_operators
from engine.bundle.shapes import verify_shapes
from engine.bundle.stored import verify_stored
from engine.bundle.weights import verify_weights
from engine.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

Reading: TypeAlias = "Callable[[], object]"
"""Reads what was spoilt."""
LIMIT_S: Final = 2.0
MEMORY_BYTES: Final = 8 << 30
_BATCH: Final = 2_000


@dataclass
class Tally:
    """What came of a number of cases."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Take in what came of other cases."""
        self.outcomes += other.outcomes
        self.failures += other.failures
        self.slowest_s = max(self.slowest_s, other.slowest_s)


class Readers:
    """The readers of a bundle's parts, each with a sound example to spoil."""

    def __init__(self, bundle: Path, scratch: Path) -> None:
        self._scratch = scratch
        self._manifest = (bundle / "manifest.json").read_bytes()
        self._sound = parse_manifest(self._manifest, bundle / "manifest.json")
        self._graph = (bundle / "model.onnx").read_bytes()
        self._weights = _sound_weights()
        self._archive = _sound_archive(bundle)
        self.kinds: dict[str, Callable[[random.Random], Reading]] = {
            "manifest": self.spoil_manifest,
            "graph": self.spoil_graph,
            "weights": self.spoil_weights,
            "archive": self.spoil_archive,
        }

    def spoil_manifest(self, dice: random.Random) -> Reading:
        """Spoil a manifest."""
        spoil = dice.choice((mutate_bytes, mutate_json, mutate_json))
        (self._scratch / "manifest.json").write_bytes(spoil(self._manifest, dice))
        return lambda: read_manifest(self._scratch)

    def spoil_graph(self, dice: random.Random) -> Reading:
        """Spoil a graph."""
        if dice.random() < 0.5:
            data = mutate_bytes(self._graph, dice)
        else:
            data = _mutate_graph(self._graph, dice)
        return lambda: self._read_graph(data)

    def _read_graph(self, data: bytes) -> None:
        path = Path("model.onnx")
        model = parse_graph(data, path)
        # On their own, so that what one refuses still reaches the others; but for the last, which
        # may rely on sound tensors, as it does when a bundle is loaded.
        refusals = [
            _refusal(lambda: verify_operators(model, path)),
            _refusal(lambda: verify_contract(model.graph, self._sound, path)),
        ]
        verify_stored(model.graph, path)
        verify_shapes(model, path)
        for refusal in filter(None, refusals):
            raise refusal

    def spoil_weights(self, dice: random.Random) -> Reading:
        """Spoil a weights file."""
        data = self._weights
        if dice.random() < 0.5:
            length = int.from_bytes(data[:8], "little")
            header = mutate_json(data[8 : 8 + length], dice)
            data = struct.pack("<Q", len(header)) + header + data[8 + length :]
        else:
            data = mutate_bytes(data, dice)
        path = self._scratch / "weights.safetensors"
        path.write_bytes(data)
        return lambda: verify_weights(path)

    def spoil_archive(self, dice: random.Random) -> Reading:
        """Spoil a ZIP file."""
        path = self._scratch / "bundle.zip"
        path.write_bytes(mutate_bytes(self._archive, dice))
        return lambda: self._unpack(path)

    def _unpack(self, path: Path) -> None:
        with tempfile.TemporaryDirectory(dir=self._scratch) as target:
            unpack_archive(path, Path(target))


def _refusal(check: Callable[[], None]) -> BundleError | None:
    try:
        check()
    except BundleError as error:
        return error
    return None


def _mutate_graph(data: bytes, dice: random.Random) -> bytes:
    """Change names, sizes, types and operators of a graph that stays well framed."""
    model = onnx.ModelProto.FromString(data)
    graph = model.graph
    for _ in range(dice.randint(1, 4)):
        node = dice.choice(graph.node)
        tensor = dice.choice(graph.initializer)
        value = dice.choice([*graph.input, *graph.output])
        change = dice.randrange(8)
        if change == 0:
            node.op_type = dice.choice(("Loop", "If", "Resize", "Tile", "NonZero", "", "Eye"))
        elif change == 1:
            node.input[:] = [dice.choice(graph.node).output[0], *list(node.input)[1:]]
        elif change == 2:
            tensor.dims[:] = [dice.choice((-1, 0, 7, 1 << 40, 1 << 62))] * dice.randint(0, 9)
        elif change == 3:
            tensor.data_type = dice.randrange(-1, 40) & 0x3F
        elif change == 4:
            del value.type.tensor_type.shape.dim[:1]
        elif change == 5:
            value.type.tensor_type.elem_type = dice.randrange(30)
        elif change == 6:
            node.attribute.add(name=dice.choice(("axes", "to", "value")), i=-(1 << 60), type=2)
        else:
            tensor.raw_data = dice.randbytes(dice.randint(0, 64))
    return model.SerializeToString()


def _sound_weights() -> bytes:
    header = {
        "__metadata__": {"architecture": "{}"},
        "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "b": {"dtype": "F16", "shape": [4], "data_offsets": [24, 32]},
        "c": {"dtype": "I64", "shape": [], "data_offsets": [32, 40]},
    }
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(40)


def _sound_archive(bundle: Path) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(bundle.iterdir()):
            archive.write(path, path.name)
    return packed.getvalue()


def run_cases(bundle: Path, first: int, count: int, only: str | None = None) -> Tally:
    """Run cases `first` to `first` + `count` here, in this process."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as scratch:
        readers = Readers(bundle, Path(scratch))
        kinds = [only] if only else list(readers.kinds)
        for number in range(first, first + count):
            _run_case(readers, kinds[number % len(kinds)], number, tally)
    return tally


def _run_case(readers: Readers, kind: str, number: int, tally: Tally) -> None:
    read = readers.kinds[kind](random.Random(number))
    begun = time.process_time()  # not of the clock: it says what else the machine does
    outcome = "accepted"
    try:
        read()
    except BundleError:
        outcome = "refused"
    except Exception as error:  # whatever else it is, it is what this looks for
        outcome = "failed"
        tally.failures.append(f"case {number} ({kind}): {type(error).__name__}: {error}"[:300])
    took_s = time.process_time() - begun
    if took_s > LIMIT_S:
        outcome = "failed"
        tally.failures.append(f"case {number} ({kind}): {took_s:.1f} s")
    tally.slowest_s = max(tally.slowest_s, took_s)
    tally.outcomes[f"{kind} {outcome}"] += 1


def _work(pipe: Connection, bundle: Path, first: int, count: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    pipe.send(run_cases(bundle, first, count))


def run_isolated(bundle: Path, first: int, count: int) -> Tally:
    """Run cases in a process of their own; one that dies is a failure."""
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, bundle, first, count))
    process.start()
    theirs.close()
    try:
        tally: Tally = ours.recv()
    except EOFError:
        process.join()
        tally = Tally(failures=[f"cases {first}..{first + count}: died ({process.exitcode})"])
    process.join()
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    from tests.fixtures.bundles import make_bundle

    tally, begun = Tally(), time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        bundle = make_bundle(Path(scratch) / "tiny")
        end = options.first + options.cases
        for first in range(options.first, end, _BATCH):
            tally.add(run_isolated(bundle, first, min(_BATCH, end - first)))
    for outcome, count in sorted(tally.outcomes.items()):
        print(f"{count:8}  {outcome}")
    print(f"{options.cases} cases in {time.monotonic() - begun:.0f} s", end="")
    print(f", the slowest {tally.slowest_s * 1000:.0f} ms, {len(tally.failures)} failures")
    for failure in tally.failures[:20]:
        print(f"  {failure}")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
