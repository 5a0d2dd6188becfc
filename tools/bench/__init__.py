"""Measures what a run costs, and writes docs/benchmark.md."""
