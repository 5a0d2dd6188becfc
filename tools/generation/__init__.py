"""Measures what generated requests detect and cost."""
