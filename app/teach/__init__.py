"""Teach: name an action, show it a few times, and have it recognised."""
