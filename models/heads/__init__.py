"""Recurrent heads on the encoder's maps."""
