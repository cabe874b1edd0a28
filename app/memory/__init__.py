"""What the model remembers, and what that is worth: the memory inspector."""
