"""Docked panels beside the picture."""
