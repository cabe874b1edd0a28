"""The heads of a bundle at work: each is trained, measured and described in its own way."""
