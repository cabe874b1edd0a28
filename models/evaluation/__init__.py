"""Figures of models, on people and recordings they were not trained on."""
