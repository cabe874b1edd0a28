"""The timeline: lanes of what was recognised when."""
