"""Producers of frames: files, cameras, network streams, image folders, test pictures."""
