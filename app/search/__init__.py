"""Finding what was seen: a list of moments with pictures, each of which opens."""
