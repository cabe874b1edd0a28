"""Actions that a user teaches: a small head on what a bundle's encoder sees. NumPy alone."""
