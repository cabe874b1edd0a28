"""From float32 graphs to ones that compute in eight-bit integers."""
