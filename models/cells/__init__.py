"""Recurrent cells, written from their equations and checked against references."""
