"""Consumers of results: video files, label files, the display."""
