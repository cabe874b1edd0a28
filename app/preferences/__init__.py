"""Preferences: what is chosen once and kept."""
