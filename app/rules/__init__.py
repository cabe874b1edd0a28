"""Rules as the window offers them: edited, drawn on the picture, followed while streams play."""
