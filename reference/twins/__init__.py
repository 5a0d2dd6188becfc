"""Twins: servers that differ only where the guide leaves a choice."""
