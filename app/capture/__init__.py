"""Cameras and the screen: found, chosen, and noticed when they are plugged in."""
