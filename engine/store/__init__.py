"""What was seen, in all recordings and streams, kept so that it can be found again."""

from engine.store.seen import Hit, Question, Recording, SeenStore, Sighting, default_store_path
from engine.store.sink import StoreSink

__all__ = [
    "Hit",
    "Question",
    "Recording",
    "SeenStore",
    "Sighting",
    "StoreSink",
    "default_store_path",
]
