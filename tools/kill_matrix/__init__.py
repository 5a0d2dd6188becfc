"""Judges every known fault, and writes docs/kill-matrix.md."""
