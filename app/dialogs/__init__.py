"""Dialogs. None of them stops the stream."""
