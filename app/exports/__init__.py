"""Exports as the window offers them: what to write, and the queue of what is being written."""
