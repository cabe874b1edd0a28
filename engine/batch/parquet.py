"""All that a batch recognised as one table, for tools that read Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.batch.ledger import FileState
from engine.batch.sightings import sightings_in
from engine.errors import SinkError
from engine.sinks.part_file import PartFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from engine.batch.ledger import Entry
    from engine.batch.run import Batch

_COLUMNS: Final = ("file", "head", "label", "label_zh", "start_s", "end_s", "peak")


def write_parquet(path: Path, entries: Iterable[Entry], batch: Batch) -> None:
    """Write a row for each interval of an action and for each thing tracked.

    Raises
    ------
    SinkError
        When it cannot be written, or what writes it is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise SinkError(
            "Parquet needs more than is installed.", 'Run: pip install "longtake[ray]"'
        ) from error
    schema = pa.schema(
        [(name, pa.string()) for name in _COLUMNS[:4]]
        + [(name, pa.float64()) for name in _COLUMNS[4:]]
    )
    part = PartFile(path)
    try:
        with pq.ParquetWriter(part.path, schema) as writer:
            for entry in entries:
                if entry.state is FileState.DONE:
                    writer.write_table(pa.Table.from_pylist(_rows(entry, batch), schema))
    except OSError as error:
        raise SinkError(f"{path} cannot be written: {error.strerror or error}.") from error
    part.finish()


def _rows(entry: Entry, batch: Batch) -> list[dict[str, Any]]:
    return [
        {
            "file": entry.name,
            "head": seen.head,
            "label": seen.label,
            "label_zh": seen.label_zh,
            "start_s": seen.start_s,
            "end_s": seen.end_s,
            "peak": seen.peak,
        }
        for seen in sightings_in(batch.labels_path(entry), batch.bundle.manifest)
    ]
