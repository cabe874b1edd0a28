"""Many streams side by side in a window of their own, over one model."""
