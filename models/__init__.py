"""Networks, their data, training and evaluation; what the engine reads of them is in `spec`."""
