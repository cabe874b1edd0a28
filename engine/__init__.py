"""Streaming inference with carried state: sources, pipeline, backends, sinks."""
