"""Encoders: one picture in, feature maps out, no state."""
