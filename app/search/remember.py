"""What live streams show, kept for the search when the user wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.recent import without_credentials
from engine.store import Recording, SeenStore, StoreSink, default_store_path
from engine.store.seen import now_s

if TYPE_CHECKING:
    from engine.sources.base import SourceInfo
    from models.spec import Manifest


def remembering(address: str, info: SourceInfo, manifest: Manifest) -> list[StoreSink]:
    """Return a sink that keeps what a live stream shows; none for recordings.

    Recordings are watched whole by `longtake batch`; what a window happened to play of one would
    only be half of it.
    """
    if not info.live:
        return []
    model = f"{manifest.name} {manifest.version}"
    stream = Recording(without_credentials(address), info.title, model, now_s(), live=True)
    return [StoreSink(lambda: SeenStore(default_store_path()), stream, manifest)]
