"""What a stream has shown so far, kept small and by time, for panels and timeline. Knows no Qt."""
