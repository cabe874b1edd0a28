"""Whether what is computed faster still says the same after thousands of frames."""
