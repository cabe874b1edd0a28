"""Model bundles: what they are, which heads run, from which probability on, how fast."""
