"""Faults: each class adds exactly one bug to the server."""
